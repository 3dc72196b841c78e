//! The chart as its users see it: well-formed whatever goes in, coloured by class only, small enough, and right where it
//! can be measured.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod bars;
mod samples;

use proptest::prelude::*;
use refill_engine::chart::*;
use samples::{DAY, HOUR, NOW, Scene};
use std::collections::BTreeSet;

/// Reads a picture as XML and hands back its elements as (name, class, text).
fn elements(svg: &str) -> Vec<(String, String, String)> {
    let document =
        resvg::usvg::roxmltree::Document::parse(svg).unwrap_or_else(|error| panic!("{error}\n{svg}"));
    document
        .descendants()
        .filter(|node| node.is_element())
        .map(|node| {
            (
                node.tag_name().name().to_owned(),
                node.attribute("class").unwrap_or_default().to_owned(),
                node.text().unwrap_or_default().to_owned(),
            )
        })
        .collect()
}

fn texts(svg: &str, class: &str) -> Vec<String> {
    elements(svg).into_iter().filter(|(_, c, _)| c == class).map(|(_, _, text)| text).collect()
}

fn count(svg: &str, class: &str) -> usize {
    elements(svg).iter().filter(|(_, c, _)| c == class).count()
}

/// Px of the first path with a class: its vertices.
fn path(svg: &str, class: &str) -> Vec<(f64, f64)> {
    let start =
        svg.find(&format!("<path class=\"{class}\" d=\"")).unwrap_or_else(|| panic!("no {class} in {svg}"));
    let data = svg[start..].split('"').nth(3).unwrap();
    vertices(data)
}

fn vertices(data: &str) -> Vec<(f64, f64)> {
    let mut points = Vec::new();
    let (mut x, mut y) = (0.0, 0.0);
    let starts: Vec<_> = data.match_indices(|c: char| c.is_ascii_alphabetic()).map(|(at, _)| at).collect();
    let ends = starts.iter().skip(1).copied().chain([data.len()]);
    for (&start, end) in starts.iter().zip(ends) {
        let numbers: Vec<f64> = data[start + 1..end].split(' ').flat_map(str::parse).collect();
        match (&data[start..=start], &numbers[..]) {
            ("M" | "L", &[px, py]) => (x, y) = (px, py),
            ("H", &[px]) => x = px,
            ("V", &[py]) => y = py,
            ("Z", &[]) => continue,
            _ => panic!("{}", &data[start..end]),
        }
        points.push((x, y));
    }
    points
}

/// Vertices of the history, its dotted parts and the area.
fn drawn_points(svg: &str) -> usize {
    let curve = ["class=\"c-history\"", "class=\"c-history c-gap\"", "class=\"c-area\""];
    svg.lines()
        .filter(|line| curve.iter().any(|class| line.contains(class)))
        .map(|line| vertices(line.split('"').nth(3).unwrap()).len())
        .sum()
}

fn assert_sound(chart: &Chart) {
    let known: BTreeSet<String> = stylesheet()
        .lines()
        .filter_map(|line| Some(line.strip_prefix(".c-")?.split(' ').next()?.to_owned()))
        .map(|class| format!("c-{}", class.replace('.', " ")))
        .collect();
    for (name, class, _) in elements(&chart.svg) {
        let structural = matches!(name.as_str(), "svg" | "title" | "desc");
        assert!(
            structural || known.contains(&class),
            "<{name} class={class:?}> has no rule in the stylesheet"
        );
    }
    let drawing = chart.svg.split("</desc>").nth(1).unwrap();
    let markup: String = drawing.split('<').filter_map(|tag| tag.split('>').next()).collect();
    for literal in ["fill=", "stroke=", "style=", "#", "rgb", "NaN", "inf"] {
        assert!(!markup.contains(literal), "{literal} in {markup}");
    }
    assert!(!chart.svg.to_ascii_uppercase().contains("#FA11"), "a key colour is left");
    assert!(drawn_points(&chart.svg) <= 2_000, "{} points drawn", drawn_points(&chart.svg));
    assert!(chart.points.len() <= 2_000, "{} points to point at", chart.points.len());
    for point in &chart.points {
        assert!(
            (0.0..=chart.width).contains(&point.x) && (0.0..=chart.height).contains(&point.y),
            "{point:?}"
        );
    }
    assert!(chart.points.windows(2).all(|pair| pair[0].x <= pair[1].x));
}

#[test]
fn every_scene_is_sound() {
    for scene in [samples::detergent(), samples::ink(), samples::pods(), samples::filter()] {
        for range in [Range::Month, Range::ThreeMonths, Range::Year] {
            for text_scale in [1.0, 2.0] {
                let size = Size { text_scale, ..scene.size };
                assert_sound(&render(&ChartInput { range, size, ..scene.input() }));
            }
        }
    }
}

#[test]
fn a_small_chart_looks_like_this() {
    let mut scene = Scene::empty("ml", "Soap & water");
    scene.size = Size { width: 400.0, height: 160.0, text_scale: 1.0 };
    scene.shape = Shape::Steps;
    scene.range = Range::Month;
    for (days, level) in
        [(28, 300.0), (27, 280.0), (26, 270.0), (20, 120.0), (19, 420.0), (18, 400.0), (1, 210.0)]
    {
        scene.series.push(Sample { at: NOW - days * DAY, level });
    }
    scene.now_level = Some(210.0);
    scene.low = Some((100.0, "Low mark, 100 ml".to_owned()));
    scene.mark(19, MarkerKind::Replaced, "Replaced", Some(420.0));
    scene.mark(-4, MarkerKind::Expected, "Expected", Some(510.0));
    scene.forecast =
        Some(Forecast { earliest: NOW + 6 * DAY, likely: NOW + 8 * DAY, latest: Some(NOW + 11 * DAY) });
    scene.order = Some(ExpectedOrder {
        at: NOW + 4 * DAY,
        level_after: 410.0,
        earliest: NOW + 14 * DAY,
        likely: NOW + 17 * DAY,
        latest: None,
    });
    insta::assert_snapshot!(render(&scene.input()).svg);
}

#[test]
fn amounts_name_their_unit_once() {
    let chart = render(&samples::detergent().input());
    assert_eq!(texts(&chart.svg, "c-axis")[..6], ["0", "0.5", "1", "1.5", "2", "2.5 l"].map(str::to_owned));
    assert_eq!(texts(&chart.svg, "c-axis")[6..9], ["Sep", "Oct", "Nov"].map(str::to_owned));
    assert_eq!(texts(&chart.svg, "c-todayt"), ["Today"]);
    assert_eq!(texts(&chart.svg, "c-lowt"), ["Low mark, 400 ml"]);
    assert_eq!(texts(&chart.svg, "c-likelyt"), ["2 Dec"]);
}

#[test]
fn the_future_is_as_wide_as_it_needs_within_its_limits() {
    let mut scene = samples::detergent();
    let share = |scene: &Scene| {
        let plot = render(&scene.input()).plot;
        (plot.right - plot.now) / (plot.right - plot.left)
    };
    for (days, wanted) in [(2, 0.2), (17, 0.2), (35, 0.295), (300, 0.4), (100_000, 0.4)] {
        scene.forecast = Some(Forecast { earliest: NOW, likely: NOW + DAY, latest: Some(NOW + days * DAY) });
        assert!((share(&scene) - wanted).abs() < 0.005, "{days}: {} for {wanted}", share(&scene));
    }
    scene.forecast = None;
    assert!((share(&scene) - 0.2).abs() < 0.005);
}

#[test]
fn the_triangle_starts_at_now_and_ends_at_its_dates() {
    let scene = samples::detergent();
    let chart = render(&scene.input());
    let forecast = scene.forecast.unwrap();
    let ms_per_px = {
        let first = &chart.points[0];
        (NOW - first.at) as f64 / (chart.plot.now - first.x)
    };
    let x = |at: i64| chart.plot.now + (at - NOW) as f64 / ms_per_px;
    let corners = path(&chart.svg, "c-band");
    assert!((corners[0].0 - chart.plot.now).abs() < 0.2, "{corners:?}");
    for (corner, at) in [(corners[1], forecast.earliest), (corners[2], forecast.latest.unwrap())] {
        assert!((corner.0 - x(at)).abs() < 0.5 && (corner.1 - chart.plot.bottom).abs() < 0.2, "{corner:?}");
    }
    assert!((path(&chart.svg, "c-likely")[1].0 - x(forecast.likely)).abs() < 0.5);
}

#[test]
fn silences_are_dotted_and_only_they() {
    let mut scene = Scene::empty("%", "Ink");
    for hour in (0..480).rev() {
        if !(100..149).contains(&hour) && !(300..347).contains(&hour) {
            scene.series.push(Sample { at: NOW - hour * HOUR, level: 50.0 + hour as f64 / 10.0 });
        }
    }
    scene.now_level = Some(50.0);
    let svg = render(&scene.input()).svg;
    assert_eq!(count(&svg, "c-history c-gap"), 1, "50 h without a reading are dotted, 48 h are not");
    assert_eq!(count(&svg, "c-history"), 2);
}

#[test]
fn refills_stay_cliffs_among_many_readings() {
    let mut scene = Scene::empty("l", "Detergent");
    scene.shape = Shape::Steps;
    scene.range = Range::Year;
    for minute in 0..100_000_i64 {
        let level = 5.0 - (minute % 20_000) as f64 / 4_500.0;
        scene.series.push(Sample { at: NOW - (100_000 - minute) * 300_000, level });
    }
    scene.now_level = scene.series.last().map(|s| s.level);
    let chart = render(&scene.input());
    assert_sound(&chart);
    let cliffs = path(&chart.svg, "c-history")
        .windows(2)
        .filter(|p| p[1].0 == p[0].0 && p[0].1 - p[1].1 > 150.0)
        .count();
    assert_eq!(cliffs, 4);
}

#[test]
fn near_markers_become_one_with_a_count() {
    let mut scene = samples::detergent();
    scene.markers.clear();
    for days in [41, 40, 36, 10] {
        scene.mark(days, MarkerKind::Bought, "Bought", None);
    }
    let svg = render(&scene.input()).svg;
    assert_eq!(texts(&svg, "c-markt"), ["2"], "14 px are 1.8 days here");
    assert_eq!(count(&svg, "c-stem"), 3);
    scene.mark(41, MarkerKind::Corrected, "Corrected", None);
    let svg = render(&scene.input()).svg;
    assert_eq!(texts(&svg, "c-markt"), ["3"]);
}

#[test]
fn points_answer_for_readings_events_and_the_forecast() {
    let scene = samples::detergent();
    let points = render(&scene.input()).points;
    let of = |kind: PointKind| points.iter().filter(|p| p.kind == kind).collect::<Vec<_>>();
    assert_eq!(of(PointKind::Bought)[0].text, "Sat 24 Oct\nBought 1.5 l\n2.09 l left");
    assert_eq!(of(PointKind::Today)[0].level, scene.now_level);
    let band = of(PointKind::Forecast);
    assert_eq!(band.len(), 16, "a point each day until it is certainly empty");
    assert_eq!(band[0].text, "Sun 22 Nov\n0.59 l to 0.61 l, likely 0.6 l");
    assert_eq!(band[15].text, "Mon 7 Dec\n0 l to 0.02 l, likely 0 l");
    assert_eq!(of(PointKind::Reading).len(), 92);
}

#[test]
fn without_readings_something_sensible_is_drawn() {
    let nothing = Scene::empty("ml", "Soap");
    let svg = render(&nothing.input()).svg;
    assert_eq!((count(&svg, "c-today"), count(&svg, "c-grid"), count(&svg, "c-history")), (1, 0, 0));

    let svg = render(&samples::filter().input()).svg;
    assert_eq!((count(&svg, "c-span"), count(&svg, "c-band"), texts(&svg, "c-likelyt").len()), (1, 0, 1));

    let mut one = Scene::empty("ml", "Soap");
    one.series.push(Sample { at: NOW - 3 * DAY, level: 300.0 });
    assert_eq!(count(&render(&one.input()).svg, "c-dot"), 1, "one reading and no idea of now");
    one.now_level = Some(300.0);
    let svg = render(&one.input()).svg;
    assert_eq!((count(&svg, "c-history c-gap"), count(&svg, "c-dot")), (1, 1));

    let mut later = samples::detergent();
    later.now = NOW - 60 * DAY;
    let chart = render(&later.input());
    assert_sound(&chart);
    assert!(
        path(&chart.svg, "c-history").iter().all(|p| p.0 <= chart.plot.now),
        "readings after now are not history"
    );
}

#[test]
fn hostile_words_stay_text() {
    let hostile = "<script>alert(1)</script>\"'&\u{0}\u{7}\u{202E}]]>";
    let mut scene = samples::pods();
    scene.words.name = hostile.to_owned();
    scene.words.unit = "<svg onload='x'>";
    scene.low = Some((3.0, hostile.to_owned()));
    scene.markers[0].text = hostile.to_owned();
    let input = ChartInput { id: "\"><script>", ..scene.input() };
    let chart = render(&input);
    assert_sound(&chart);
    assert!(chart.svg.contains("id=\"script-title\""));
    let names: BTreeSet<_> = elements(&chart.svg).into_iter().map(|(name, _, _)| name).collect();
    assert_eq!(names.into_iter().collect::<Vec<_>>(), ["circle", "desc", "path", "svg", "text", "title"]);
    assert!(texts(&chart.svg, "c-lowt")[0].starts_with("<script>alert(1)</script>\"'&]]>"));
    assert!(chart.points.iter().all(|p| !p.text.contains(['\u{0}', '\u{202E}'])));
    elements(&export::standalone_svg(&input, hostile, hostile));
}

#[test]
fn an_export_stands_alone() {
    let scene = samples::ink();
    let svg = export::standalone_svg(&scene.input(), "Cyan ink", "Refill, 21 Nov 2026");
    let all = elements(&svg);
    assert!(all.iter().all(|(_, class, _)| class.is_empty()), "no class is left");
    assert!(!svg.contains("var(") && !svg.to_ascii_uppercase().contains("#FA11"));
    for word in ["Cyan ink", "Replaced", "Expected", "Forecast", "Refill, 21 Nov 2026"] {
        assert!(all.iter().any(|(name, _, text)| name == "text" && text == word), "{word}");
    }
    let png = export::png(&svg).unwrap();
    let picture = resvg::tiny_skia::Pixmap::decode_png(&png).unwrap();
    assert_eq!((picture.width(), picture.height()), (1600, 760));
    let colours: BTreeSet<_> = picture.pixels().iter().map(|p| (p.red(), p.green(), p.blue())).collect();
    for wanted in [(255, 255, 255), (0xcf, 0xe1, 0xe7), (0xe9, 0xee, 0xf0)] {
        assert!(colours.contains(&wanted), "{wanted:?} is in the picture");
    }
}

fn any_time() -> impl Strategy<Value = i64> {
    prop_oneof![8 => (-500_i64..500).prop_map(|d| NOW + d * DAY / 3), 1 => any::<i64>(), 1 => Just(NOW)]
}

fn any_level() -> impl Strategy<Value = f64> {
    prop_oneof![
        6 => 0.0_f64..500.0,
        1 => any::<f64>(),
        1 => prop::sample::select(vec![0.0, -1.0, f64::NAN, f64::INFINITY, f64::MAX, 1e-300]),
    ]
}

prop_compose! {
    fn any_scene()(
        mut series in prop::collection::vec((any_time(), any_level()), 0..120),
        sorted in prop::bool::weighted(0.8),
        steps: bool,
        marks in prop::collection::vec((any_time(), 0_usize..5, prop::option::of(any_level()), ".{0,30}"), 0..12),
        forecast in prop::option::of((any_time(), any_time(), prop::option::of(any_time()))),
        order in prop::option::of((any_time(), any_level(), any_time(), any_time(), prop::option::of(any_time()))),
        (low, at_least, now_level) in
            (prop::option::of((any_level(), ".{0,60}")), prop::option::of(any_level()), prop::option::of(any_level())),
        now in any_time(),
        range in prop::sample::select(vec![Range::Month, Range::ThreeMonths, Range::Year]),
        (width, height, text_scale) in (any_level(), any_level(), prop_oneof![0.5_f64..2.5, any_level()]),
        (whole, offset, name) in (any::<bool>(), any::<i32>(), ".{0,40}"),
    ) -> Scene {
        if sorted {
            series.sort_by_key(|s| s.0);
        }
        let mut scene = Scene::empty("ml", &name);
        scene.series = series.into_iter().map(|(at, level)| Sample { at, level }).collect();
        scene.shape = if steps { Shape::Steps } else { Shape::Lines };
        scene.markers = marks
            .into_iter()
            .map(|(at, kind, level, text)| Marker { at, kind: MarkerKind::ALL[kind], text, level })
            .collect();
        scene.forecast = forecast.map(|(earliest, likely, latest)| Forecast { earliest, likely, latest });
        scene.order = order.map(|(at, level_after, earliest, likely, latest)| {
            ExpectedOrder { at, level_after, earliest, likely, latest }
        });
        (scene.low, scene.at_least, scene.now_level) = (low, at_least, now_level);
        (scene.now, scene.range, scene.whole) = (now, range, whole);
        scene.size = Size { width, height, text_scale };
        scene.offset = Box::new(move |_| offset);
        scene
    }
}

impl std::fmt::Debug for Scene {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{:?} {:?} {:?} {:?} {:?} {:?} {:?} now {} {:?} {:?} {:?}",
            self.series,
            self.shape,
            self.markers,
            self.forecast,
            self.order,
            self.low,
            self.at_least,
            self.now,
            self.now_level,
            self.range,
            self.size
        )
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn whatever_goes_in_a_sound_picture_comes_out(scene in any_scene()) {
        assert_sound(&render(&scene.input()));
    }

    #[test]
    fn many_readings_never_cost_more_than_the_limit(
        steps: bool,
        step_hours in 1_i64..90,
        burst in 1_usize..40,
        seed in 1_u64..1_000,
    ) {
        // Bursts of readings with silences between them: the most dotted parts a year can hold.
        let mut scene = Scene::empty("%", "Ink");
        scene.range = Range::Year;
        scene.shape = if steps { Shape::Steps } else { Shape::Lines };
        let mut at = NOW - 366 * DAY;
        let mut random = seed;
        while at < NOW {
            for minute in 0..burst as i64 {
                random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                scene.series.push(Sample { at: at + minute * 60_000, level: (random >> 40) as f64 % 100.0 });
            }
            at += step_hours * HOUR;
        }
        scene.now_level = Some(3.0);
        assert_sound(&render(&ChartInput { gap_ms: 0, ..scene.input() }));
    }
}
