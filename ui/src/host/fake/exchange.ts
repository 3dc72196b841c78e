// Dossiers between here and the maker's cloud: `?registered=none` the cloud keeps none, `same`, `mine`, `theirs`; without it
// both changed. `?registered=refused` the cloud takes nothing.

import type { AtCloud, Commands, Exchanged } from '../types';
import type { registration } from './registration';

type Name = 'cloud_models' | 'model_at_cloud' | 'exchange_model';
type Answers = { [C in Name]: (args: Commands[C]['args']) => Commands[C]['answer'] };
type Models = ReturnType<typeof registration>;

export function exchanging(models: Models, query: URLSearchParams): Models & Answers {
  const way = query.get('registered') ?? '';
  const standings = { none: 'absent', same: 'same', mine: 'mine', theirs: 'theirs' } as const;
  let standing: AtCloud['standing'] = standings[way as keyof typeof standings] ?? 'both';
  const now = (at: string): AtCloud => ({
    server: 'home.larkfield.example',
    at,
    standing,
    differs:
      standing === 'same' || standing === 'absent'
        ? []
        : [
            { field: 'manufacturer', mine: 'Larkfield', theirs: 'Larkfield Home' },
            { field: 'slots[0].names.de-DE', mine: 'Schwarze Tinte', theirs: null },
          ],
    refused: [],
    seen: standing,
  });
  return {
    ...models,
    cloud_models: () => [
      { id: 'BREW-1', name: 'Brew' },
      { id: 'InkWell-640', name: 'InkWell 640' },
    ],
    model_at_cloud: ({ at }) => now(at),
    exchange_model: ({ form }): Exchanged => {
      if (way === 'refused')
        return { is: 'refused', why: 'The model in the catalogue has no slot of this instance.' };
      standing = 'same';
      return { is: 'done', view: models.model({ model: form.model }), now: now(form.at) };
    },
  };
}
