//! The bars of use over time: what is known, known in part and not known look different, and any input gives a sound
//! picture.

use super::{assert_sound, count, texts};
use crate::samples::NOW;
use refill_engine::chart::{Chart, Size, bars};

fn bar(value: Option<f64>, whole: bool, text: &str) -> bars::Bar {
    bars::Bar { at: NOW, value, whole, label: text.to_owned(), text: format!("{text}\n1") }
}

fn drawn(list: &[bars::Bar], mean: Option<f64>, size: Size) -> Chart {
    bars::render(&bars::Input {
        id: "use",
        title: "<b>Pods & more</b>",
        description: "12 used",
        bars: list,
        mean,
        whole_numbers: true,
        size,
        axis: &|value, with_unit| if with_unit { format!("{value} l") } else { value.to_string() },
    })
}

const BARS: Size = Size { width: 640.0, height: 240.0, text_scale: 1.0 };

#[test]
fn bars_tell_whole_part_and_not_observed_apart() {
    let list = [
        bar(None, false, "31 Aug"),
        bar(Some(3.0), false, "7 Sep"),
        bar(Some(14.0), true, "14 Sep"),
        bar(Some(0.0), true, "21 Sep"),
        bar(Some(f64::NAN), true, "28 Sep"),
    ];
    let chart = drawn(&list, Some(7.0), BARS);
    assert_sound(&chart);
    let bars = (count(&chart.svg, "c-bar"), count(&chart.svg, "c-bar-part"), count(&chart.svg, "c-likely"));
    assert_eq!(bars, (1, 1, 1), "nothing is drawn for nothing used");
    let axis = texts(&chart.svg, "c-axis");
    assert!(axis.contains(&"–".to_owned()) && axis.contains(&"15 l".to_owned()), "{axis:?}");
    assert_eq!(axis.iter().filter(|text| text.ends_with("Sep") || text.ends_with("Aug")).count(), 5);
    assert!(chart.svg.contains("&lt;b&gt;Pods &amp; more"));
    let levels: Vec<Option<f64>> = chart.points.iter().map(|point| point.level).collect();
    assert_eq!(levels, [None, Some(3.0), Some(14.0), Some(0.0), None]);
    assert!(chart.points[2].y < chart.points[1].y && chart.points[3].y == chart.plot.bottom);
}

#[test]
fn many_bars_have_few_labels_and_none_still_a_picture() {
    let list: Vec<bars::Bar> = (0..600).map(|n| bar(Some(f64::from(n)), true, "31 Aug")).collect();
    let chart = drawn(&list, None, BARS);
    assert_sound(&chart);
    assert_eq!(chart.points.len(), 530, "the newest");
    assert!(texts(&chart.svg, "c-axis").iter().filter(|text| *text == "31 Aug").count() < 20);
    for size in [
        Size { width: f64::NAN, height: f64::INFINITY, text_scale: -1.0 },
        Size { width: 0.0, height: 0.0, text_scale: 1e9 },
    ] {
        assert_sound(&drawn(&[], Some(f64::NAN), size));
        assert_sound(&drawn(&[bar(Some(1e300), true, "")], Some(f64::INFINITY), size));
    }
}
