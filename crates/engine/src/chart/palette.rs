//! Every role a stroke, area or text of a chart can have, in one table: its classes, its colours as design tokens, its
//! width and dash. The screen's stylesheet and the literal colours of print and PNG both come from this table, so they
//! cannot differ.
//!
//! Through plotters a role travels as a reserved key colour ([`Role::key`]); the canvas turns it back ([`Role::of_key`])
//! and writes the class. No key colour ever reaches the text of a picture.

use plotters::style::RGBColor;
use std::fmt::Write as _;

/// A colour token of `ui/src/styles/tokens.css` and its light value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Token {
    /// The custom property, `--c-grid`.
    pub name: &'static str,
    /// The value it has in the light theme, `#rrggbb`.
    pub light: &'static str,
}

const fn token(name: &'static str, light: &'static str) -> Token {
    Token { name, light }
}

const SURFACE: Token = token("--bg", "#fcfcfb");
const TEXT: Token = token("--text", "#1b1d1f");
const AXIS: Token = token("--c-axis", "#63676c");
const GRID: Token = token("--c-grid", "#e6e6e2");
const HISTORY: Token = token("--c-history", "#1b1d1f");
const AREA: Token = token("--c-area", "#e9eef0");
const LIKELY: Token = token("--c-likely", "#0f5f78");
const BAND: Token = token("--c-band", "#cfe1e7");
const LOW: Token = token("--c-low", "#a5301a");
const BAR: Token = token("--mark-fill", "#688a96");
const TODAY: Token = token("--c-today", "#7f8388");
const MARK: Token = token("--c-mark", "#1b1d1f");
/// What print and PNG stand on, and what fills hollow shapes there.
pub(crate) const PAPER: Token = token("--bg-raised", "#ffffff");
/// Second lines around an exported picture.
pub(crate) const TEXT_2: Token = token("--text-2", "#515559");

/// The tokens this crate repeats, for the test that compares them with the stylesheet.
#[cfg(test)]
const TOKENS: [Token; 14] =
    [SURFACE, TEXT, AXIS, GRID, HISTORY, AREA, LIKELY, BAND, LOW, BAR, TODAY, MARK, PAPER, TEXT_2];

/// How a role looks. A missing fill or stroke is `none`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Look {
    /// Class names as they stand in the `class` attribute; the last one is the role's own.
    pub class: &'static str,
    pub fill: Option<Token>,
    pub stroke: Option<Token>,
    /// Stroke width in px at scale 1.
    pub width: f64,
    /// Dash and gap lengths in px at scale 1, empty for a solid line.
    pub dash: &'static str,
    pub opacity: f64,
    /// Font weight of text, 0 for shapes.
    pub weight: u16,
}

impl Look {
    const fn line(class: &'static str, stroke: Token, width: f64) -> Self {
        Self { class, fill: None, stroke: Some(stroke), width, dash: "", opacity: 1.0, weight: 0 }
    }
    const fn shape(class: &'static str, fill: Token) -> Self {
        Self { class, fill: Some(fill), stroke: None, width: 0.0, dash: "", opacity: 1.0, weight: 0 }
    }
    const fn text(class: &'static str, fill: Token, weight: u16) -> Self {
        Self { weight, ..Self::shape(class, fill) }
    }
    const fn hollow(self) -> Self {
        Self { fill: Some(SURFACE), ..self }
    }
    const fn dashed(self, dash: &'static str) -> Self {
        Self { dash, ..self }
    }
    const fn faint(self, opacity: f64) -> Self {
        Self { opacity, ..self }
    }
}

macro_rules! roles {
    ($($(#[$doc:meta])* $role:ident => $look:expr,)+) => {
        /// What a stroke, area or text of a chart means.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[repr(u8)]
        pub(crate) enum Role { $($(#[$doc])* $role),+ }

        impl Role {
            /// All roles, in the order of the stylesheet.
            pub(crate) const ALL: &'static [Role] = &[$(Role::$role),+];
        }

        /// One look per role, in the order of the enum.
        static LOOKS: &[Look] = &[$($look),+];
    };
}

roles! {
    /// Horizontal lines at the labelled amounts above zero.
    Grid => Look::line("c-grid", GRID, 1.0),
    /// The zero line and the ticks under it.
    AxisLine => Look::line("c-axisline", TODAY, 1.0),
    /// Amounts and months.
    Axis => Look::text("c-axis", AXIS, 400),
    /// Below the history.
    Area => Look::shape("c-area", AREA),
    /// What was left.
    History => Look::line("c-history", HISTORY, 1.75),
    /// What was left while nothing was read.
    Gap => Look::line("c-history c-gap", HISTORY, 1.75).dashed("0.1 4"),
    /// Between running out at the earliest and at the latest.
    Band => Look::shape("c-band", BAND),
    /// The edges of that, and of the picture after an open order.
    BandEdge => Look::line("c-band-edge", LIKELY, 1.0).faint(0.65),
    /// The likely course.
    Likely => Look::line("c-likely", LIKELY, 1.75).dashed("5 4"),
    /// The rise when an open order arrives.
    Rise => Look::line("c-likely c-rise", LIKELY, 1.75).dashed("0.1 3.5"),
    /// The likely date on the axis.
    LikelyText => Look::text("c-likelyt", LIKELY, 600),
    /// The low mark.
    Low => Look::line("c-low", LOW, 1.25).dashed("2 3"),
    /// The low mark's label.
    LowText => Look::text("c-lowt", LOW, 400),
    /// Earliest to latest on the zero line.
    Span => Look::line("c-span", LIKELY, 3.0),
    /// The line of now.
    Today => Look::line("c-today", TODAY, 1.0),
    /// Its label.
    TodayText => Look::text("c-todayt", TEXT, 500),
    /// From a marker to the curve.
    Stem => Look::line("c-stem", MARK, 1.0).faint(0.35),
    /// From an expected delivery to the curve.
    StemExpected => Look::line("c-stem c-expected", MARK, 1.0).faint(0.35).dashed("2 2"),
    /// A marker in the lane.
    Mark => Look::line("c-mark", MARK, 1.4).hollow(),
    /// An expected delivery in the lane.
    MarkExpected => Look::line("c-mark c-expected", MARK, 1.4).hollow().dashed("2 2"),
    /// The count of merged markers.
    MarkText => Look::text("c-markt", TEXT, 500),
    /// The hollow dot at the level of now.
    Dot => Look::line("c-dot", HISTORY, 1.75).hollow(),
    /// What was used in a week or month.
    Bar => Look::shape("c-bar", BAR),
    /// The same where only a part of it was observed.
    BarPart => Look::line("c-bar-part", BAR, 1.5).hollow().dashed("4 3"),
}

/// First two bytes of every key colour; the third is the role.
const KEY: (u8, u8) = (0xFA, 0x11);

impl Role {
    /// The colour that stands for this role inside plotters.
    pub(crate) const fn key(self) -> RGBColor {
        RGBColor(KEY.0, KEY.1, self as u8)
    }

    /// The role a key colour stands for; none for any other colour.
    pub(crate) fn of_key(rgb: (u8, u8, u8)) -> Option<Self> {
        if (rgb.0, rgb.1) != KEY {
            return None;
        }
        Self::ALL.get(usize::from(rgb.2)).copied()
    }

    /// How the role looks.
    pub(crate) fn look(self) -> &'static Look {
        &LOOKS[self as usize]
    }
}

/// The stylesheet of charts on screen, from the table above. `ui/src/styles/chart.css` is this text (a test compares
/// them; the example `chart_gallery` writes it).
pub fn stylesheet() -> String {
    let mut css = String::from(
        "/* Made from the table of roles in crates/engine/src/chart/palette.rs; a test compares the two.\n   \
         To change a look, change the table and run: cargo run -p refill-engine --example chart_gallery -- OUTDIR */\n\n\
         .chart { display: block; overflow: visible; }\n\
         .chart text { font-family: var(--font-ui); font-variant-numeric: tabular-nums; }\n\
         .chart path, .chart circle { stroke-linejoin: round; }\n",
    );
    for role in Role::ALL {
        let look = role.look();
        let own = look.class.replace(' ', ".");
        let _ = write!(css, ".{own} {{");
        let _ = match look.fill {
            Some(fill) => write!(css, " fill: var({});", fill.name),
            None => write!(css, " fill: none;"),
        };
        if let Some(stroke) = look.stroke {
            let _ = write!(css, " stroke: var({}); stroke-width: {};", stroke.name, look.width);
        }
        if !look.dash.is_empty() {
            let _ = write!(css, " stroke-dasharray: {};", look.dash);
        }
        if round_cap(*role) {
            css.push_str(" stroke-linecap: round;");
        }
        if look.opacity < 1.0 {
            let _ = write!(css, " opacity: {};", look.opacity);
        }
        if look.weight != 0 {
            let _ = write!(css, " font-weight: {};", look.weight);
        }
        css.push_str(" }\n");
    }
    css.push_str(
        "\n@media (prefers-contrast: more) {\n  .c-grid { stroke: var(--control-border); }\n  \
         .c-stem, .c-band-edge { opacity: 1; }\n}\n\n\
         @media (forced-colors: active) {\n  .chart text { fill: CanvasText; }\n  \
         .c-history, .c-dot, .c-mark, .c-stem, .c-today, .c-axisline, .c-low { stroke: CanvasText; }\n  \
         .c-bar { fill: CanvasText; }\n  .c-bar-part { fill: Canvas; stroke: CanvasText; }\n  \
         .c-dot, .c-mark, .c-area, .c-band { fill: Canvas; }\n  .c-grid { stroke: GrayText; }\n  \
         .c-likely, .c-band-edge, .c-span { stroke: Highlight; }\n}\n",
    );
    css
}

/// Dots need round ends, and the strokes inside markers look better with them.
pub(crate) fn round_cap(role: Role) -> bool {
    matches!(role, Role::Gap | Role::Rise | Role::Mark | Role::MarkExpected)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn style_file(name: &str) -> Option<String> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui/src/styles");
        std::fs::read_to_string(root.join(name)).ok()
    }

    #[test]
    fn keys_are_distinct_and_lead_back() {
        assert_eq!(LOOKS.len(), Role::ALL.len());
        for (at, role) in Role::ALL.iter().enumerate() {
            let RGBColor(r, g, b) = role.key();
            assert_eq!(usize::from(b), at);
            assert_eq!(Role::of_key((r, g, b)), Some(*role));
        }
        assert_eq!(Role::of_key((KEY.0, KEY.1, 200)), None);
        assert_eq!(Role::of_key((0, 0, 0)), None);
    }

    #[test]
    fn light_values_are_those_of_the_tokens() {
        let Some(css) = style_file("tokens.css") else {
            eprintln!("skipped: 1 (ui/src/styles/tokens.css is not there)");
            return;
        };
        let light = css.split("@media").next().unwrap();
        for token in TOKENS {
            let wanted = format!("{}: {};", token.name, token.light);
            assert!(light.contains(&wanted), "tokens.css does not say `{wanted}` in its light block");
        }
    }

    #[test]
    fn the_stylesheet_on_disk_is_the_one_of_the_table() {
        let Some(css) = style_file("chart.css") else {
            eprintln!("skipped: 1 (ui/src/styles/chart.css is not there)");
            return;
        };
        assert_eq!(css, stylesheet(), "run the example chart_gallery to write ui/src/styles/chart.css again");
    }
}
