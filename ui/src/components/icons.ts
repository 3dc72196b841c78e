// The icons: 16 px, one stroke of 1.4, drawn for Refill. The strings are constants of the program, never input.

const circle = (x: number, y: number, r: number) => `<circle cx="${x}" cy="${y}" r="${r}"/>`;
const path = (d: string) => `<path d="${d}"/>`;

export const icons = {
  supplies:
    '<rect x="2.7" y="2.5" width="4.2" height="11" rx="1.3"/><rect x="9.1" y="2.5" width="4.2" height="11" rx="1.3"/><path d="M2.7 9.5h4.2M9.1 5.8h4.2"/>',
  link: path(
    'M6.6 9.4 9.4 6.6M7.3 4.6l1.6-1.6a2.9 2.9 0 0 1 4.1 4.1l-1.6 1.6M8.7 11.4 7.1 13A2.9 2.9 0 0 1 3 8.9l1.6-1.6',
  ),
  settings:
    path('M2.5 4.5h6M12 4.5h1.5M2.5 11.5H4M7.5 11.5h6') + circle(10.2, 4.5, 1.7) + circle(5.8, 11.5, 1.7),
  home: path('M2.5 7.500 8 2.800l5.500 4.700M4 6.500v7h8v-7M6.700 13.500V9.800h2.600v3.700'),
  printer:
    path('M4.5 6V2.5h7V6M4.5 11.5h-2V6.8c0-.4.4-.8.8-.8h9.4c.4 0 .8.4.8.8v4.7h-2') + path('M4.5 9.5h7v4h-7z'),
  coffee_machine:
    path('M3 5.5h8v4a3.5 3.5 0 0 1-3.5 3.5h-1A3.5 3.5 0 0 1 3 9.5zM11 6.5h1a1.7 1.7 0 0 1 0 3.4h-1') +
    path('M5.5 3.5v-1M8.5 3.5v-1'),
  washing_machine:
    path('M3.3 2.5h9.4c.4 0 .8.4.8.8v9.4c0 .4-.4.8-.8.8H3.3c-.4 0-.8-.4-.8-.8V3.3c0-.4.4-.8.8-.8z') +
    circle(8, 9, 2.9) +
    path('M4.7 4.7h1.6'),
  dishwasher:
    path(
      'M3.3 2.5h9.4c.4 0 .8.4.8.8v9.4c0 .4-.4.8-.8.8H3.3c-.4 0-.8-.4-.8-.8V3.3c0-.4.4-.8.8-.8zM2.5 5.7h11',
    ) + path('M5 8.2v2.6M8 8.2v2.6M11 8.2v2.6M4.7 4.1h1.6'),
  vacuum: circle(8, 8, 5.6) + path('M3.3 6.2h9.4') + circle(8, 9.6, 1.1),
  air_purifier:
    '<rect x="4" y="2.5" width="8" height="11" rx="1.5"/><path d="M6.2 5.2h3.6M6.2 7.2h3.6M6.2 9.2h3.6"/>',
  pet_feeder: path('M2.5 9h11l-1.2 4.5H3.7zM5 9a3 3 0 0 1 6 0M8 6V4.2M6.5 3.7h3'),
  battery_device:
    '<rect x="2" y="5" width="10.5" height="6" rx="1.3"/><path d="M14.2 7.2v1.6M4.5 7.3v1.4M7.2 7.3v1.4"/>',
  other: '<rect x="3" y="3" width="10" height="10" rx="1.5"/><path d="M6 8h4"/>',
  orders: path('M2.5 5.2 8 2.5l5.5 2.7v5.6L8 13.5l-5.5-2.7zM2.5 5.2 8 8l5.5-2.8M8 8v5.5'),
  plus: path('M8 3v10M3 8h10'),
  minus: path('M3 8h10'),
  search: circle(7, 7, 4.2) + path('m10.2 10.2 3.3 3.3'),
  more: '<path d="M3.5 8h.01M8 8h.01M12.5 8h.01" stroke-width="2.2"/>',
  menu: path('M2.5 4.5h11M2.5 8h11M2.5 11.5h11'),
  down: path('m4.5 6.2 3.5 3.5 3.5-3.5'),
  right: path('m6 3.5 4.5 4.5L6 12.5'),
  back: path('M10 3.5 5.5 8l4.5 4.5'),
  computer: path('M2 3h12v8H2zM6 13.5h4M8 11v2.5'),
  cloud: path('M4.6 12.5a3.1 3.1 0 0 1-.3-6.2 4 4 0 0 1 7.7.9 2.7 2.7 0 0 1-.3 5.3z'),
  offline: path('M4.6 12.5a3.1 3.1 0 0 1-.3-6.2M6.5 4a4 4 0 0 1 5.5 3.2 2.7 2.7 0 0 1 1.3 4.3M2.5 2.5l11 11'),
  open: path('M6 3.5h6.5V10M12.3 3.7 4 12'),
  chart: path('M2.5 13.5h11M4 13.5V7M8 13.5v-10M12 13.5V9.5'),
  copy: path('M5.5 5.5h8v8h-8z') + path('M10.5 5.5v-3h-8v8h3'),
  image: path('M2.5 3h11v10h-11zM2.5 11l3.3-3.3 2.7 2.7 2-2 3 2.8'),
  table: path('M2.5 3h11v10h-11zM2.5 6.3h11M2.5 9.6h11M6.3 6.3V13'),
  list: path('M3.5 2.5h9v11h-9zM5.8 5.5h4.4M5.8 8h4.4M5.8 10.5h2.4'),
  lock: path('M4 7h8v6.5H4zM5.7 7V5a2.3 2.3 0 0 1 4.6 0v2'),
  edit: path('M3 13l.6-2.8L10.9 2.9l2.2 2.2L5.8 12.4zM9.5 4.3l2.2 2.2'),
  trash: path('M3 4.5h10M6.5 4.5v-2h3v2M4.3 4.5l.6 9h6.2l.6-9M6.7 7v4M9.3 7v4'),
  undo: path('M5.5 3.5 2.5 6.5l3 3M2.8 6.5h6.7a3.5 3.5 0 0 1 0 7H7'),
  reload: path('M13 8a5 5 0 1 1-1.6-3.7M13 2.5v2.3h-2.3'),
  mute: path('M4.5 11.5V7a3.5 3.5 0 0 1 5.7-2.7M11.5 7.5v4h-8M7 13.5h2M2.5 2.5l11 11'),
  bell: path('M4.5 11.5V7a3.5 3.5 0 0 1 7 0v4.5M3 11.5h10M7 13.5h2'),
  close: path('m4 4 8 8M12 4l-8 8'),
  check: path('m3 8.5 3.2 3.2L13 4.8'),
  key: circle(5.5, 10.5, 2.7) + path('m7.5 8.5 5-5M10.5 5.5l1.8 1.8'),
  file: path('M4 2.5h5l3 3v8H4zM9 2.5v3h3'),
} as const;

export type IconName = keyof typeof icons;

export const glyphs = {
  now: '<path class="f" d="M6 .6 11.4 6 6 11.4.6 6z"/>',
  soon: '<circle cx="6" cy="6" r="4.7"/><path class="f" d="M6 1.3a4.7 4.7 0 0 1 0 9.4z"/>',
  coming: path('M1.2 6h8.3M6.3 2.5 9.8 6 6.3 9.5'),
  unknown: '<circle cx="6" cy="6" r="4.7" stroke-dasharray="1.8 2.1"/>',
  done: path('m1.8 6.4 2.7 2.7L10.2 3'),
  paused: path('M4 2.5v7M8 2.5v7'),
  refused: circle(6, 6, 4.7) + path('m2.7 9.3 6.6-6.6'),
  waiting: circle(6, 6, 4.7) + path('M6 3.3V6l1.8 1.3'),
  later: circle(6, 6, 4.7),
  asks: circle(6, 6, 4.7) + path('M4.6 4.7a1.45 1.45 0 1 1 2.1 1.3c-.5.25-.7.5-.7 1M6 8.8v.01'),
  delivered: path('M1.8 1.8h8.4v8.4H1.8zM6 3.8v4M4.2 6.2 6 8l1.8-1.8'),
} as const;

export type GlyphName = keyof typeof glyphs;
