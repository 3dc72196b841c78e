//! Writes sample charts to look at: `cargo run -p refill-engine --example chart_gallery -- OUTDIR`. Makes OUTDIR with one
//! page per theme, an SVG and a PNG for print of each chart, and the stylesheet of charts, which it also puts into
//! `ui/src/styles/chart.css`.

#[path = "../tests/chart/samples.rs"]
mod samples;

use anyhow::Context as _;
use refill_engine::chart::{self, Range, export};
use samples::Scene;
use std::path::{Path, PathBuf};

fn main() -> anyhow::Result<()> {
    let out: PathBuf = std::env::args_os().nth(1).context("name the folder to write to")?.into();
    std::fs::create_dir_all(&out)?;
    let styles = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui/src/styles");
    let tokens = std::fs::read_to_string(styles.join("tokens.css"))?;
    let css = chart::stylesheet();
    std::fs::write(styles.join("chart.css"), &css)?;

    let scenes = scenes();
    for theme in ["light", "dark"] {
        let mut page = format!(
            "<!doctype html><html data-theme=\"{theme}\"><meta charset=\"utf-8\"><style>{tokens}{css}\
             body {{ background: var(--bg); color: var(--text); font-family: var(--font-ui); margin: 24px }}\
             h2 {{ font-size: 13px; margin: 20px 0 6px }}</style>"
        );
        for (name, scene) in &scenes {
            page.push_str(&format!("<h2>{name}</h2>{}", chart::render(&scene.input()).svg));
        }
        std::fs::write(out.join(format!("{theme}.html")), page)?;
    }
    for (name, scene) in &scenes {
        let heading = format!("{}: runs out about Thu 3 Dec", scene.words.name);
        let svg = export::standalone_svg(&scene.input(), &heading, "Refill, 21 Nov 2026");
        let file = name.replace(' ', "-");
        std::fs::write(out.join(format!("{file}.png")), export::png(&svg)?)?;
        std::fs::write(out.join(format!("{file}.svg")), svg)?;
    }
    Ok(())
}

fn scenes() -> Vec<(&'static str, Scene)> {
    let sized = |mut scene: Scene, width: f64, height: f64, text_scale: f64| {
        scene.size = chart::Size { width, height, text_scale };
        scene
    };
    let in_range = |mut scene: Scene, range: Range| {
        scene.range = range;
        scene
    };
    let mut nothing = Scene::empty("ml", "New supply");
    nothing.low = Some((120.0, "Low mark, 120 ml".to_owned()));
    let mut one = Scene::empty("%", "Read once");
    one.at_least = Some(100.0);
    one.series.push(chart::Sample { at: samples::NOW - 6 * samples::DAY, level: 64.0 });
    one.now_level = Some(64.0);
    vec![
        ("detergent", samples::detergent()),
        ("ink year with order", samples::ink()),
        ("pods month", samples::pods()),
        ("ink 3 months", in_range(samples::ink(), Range::ThreeMonths)),
        ("filter without level", samples::filter()),
        ("nothing yet", nothing),
        ("read once", one),
        ("narrow", sized(samples::detergent(), 620.0, 190.0, 1.0)),
        ("text 200 percent", sized(samples::ink(), 912.0, 420.0, 2.0)),
        ("text 200 percent narrow", sized(samples::pods(), 520.0, 360.0, 2.0)),
    ]
}
