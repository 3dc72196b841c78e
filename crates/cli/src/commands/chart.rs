//! `refillctl chart`: the app's picture of one supply as an SVG or PNG file, or as JSON: the engine's `Chart` with the
//! picture's points and their words.

use crate::failure::Failure;
use crate::session::Session;
use crate::{pick, typed};
use clap::Args;
use refill_engine::chart::Range;
use refill_engine::form::ChartForm;
use refill_engine::picture;
use serde_json::json;
use std::path::{Path, PathBuf};

/// What to draw.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  refillctl chart \"cyan ink\" --png cyan.png --range year\n  \
    refillctl chart \"cyan ink\" --svg - > cyan.svg\n  refillctl chart \"cyan ink\" --json")]
pub struct ChartArgs {
    /// The supply
    slot: String,
    /// Write an SVG file; - is stdout
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    /// Write a PNG file; - is stdout
    #[arg(long, value_name = "FILE", conflicts_with = "svg")]
    png: Option<PathBuf>,
    /// How much of the past
    #[arg(long, default_value = "three-months",
        value_parser = typed::words::<Range>(&["month", "three-months", "year"]))]
    range: Range,
    /// Width in pixels
    #[arg(long, default_value_t = 800, value_parser = clap::value_parser!(u16).range(200..=4000))]
    width: u16,
    /// Height in pixels
    #[arg(long, default_value_t = 286, value_parser = clap::value_parser!(u16).range(120..=2000))]
    height: u16,
}

/// Draws it.
pub fn run(args: &ChartArgs, session: &mut Session) -> Result<(), Failure> {
    let out = session.out;
    let file = args.svg.as_deref().or(args.png.as_deref());
    match file {
        None if !out.is_json() => {
            return Err(Failure::usage("Say what to make: --svg FILE, --png FILE or --json."));
        }
        Some(file) if out.is_json() && file == Path::new("-") => {
            return Err(Failure::usage("The picture and --json can't both go to stdout; name a file."));
        }
        _ => {}
    }
    let household = session.look()?;
    let form = ChartForm {
        slot: pick::slot(&household, &args.slot)?,
        range: args.range,
        width: f64::from(args.width),
        height: f64::from(args.height),
        scale: 1.0,
    };
    let Some(file) = file else {
        return out.document(&household.chart(&form)?);
    };
    let svg = household.chart_svg(&form)?;
    let bytes = if args.png.is_some() { picture::png(&svg)? } else { svg.into_bytes() };
    if file == Path::new("-") {
        return out.raw(&bytes);
    }
    std::fs::write(file, &bytes)
        .map_err(|cause| Failure::io(&format!("{} can't be written", file.display()), &cause))?;
    let name = file.display().to_string();
    let say = session.say(&household);
    out.show(&json!({ "file": name, "bytes": bytes.len() }), || {
        Ok(vec![say.say("done_written", &[("file", &name)])])
    })
}
