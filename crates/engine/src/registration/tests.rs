//! Pictures made here in all formats, and a dossier with its files in a temporary folder.

use super::picture::{LOOK_MAX, look};
use super::sentences::Sentences;
use super::{files, sheet};
use crate::error::Code;
use crate::words::Words;
use chrono::NaiveDate;
use image::{DynamicImage, Rgba, RgbaImage};
use refill_domain::locale::Locale;
use refill_domain::registration::{
    Background, Dossier, DossierImage, Finding, ImageFormat, Label, Note, Refusal, Rule, Stage, Step,
    Unknown, What, Why, judge, read, write,
};
use std::io::Cursor;
use std::path::Path;

const WHITE: Rgba<u8> = Rgba([255, 255, 255, 255]);
const CLEAR: Rgba<u8> = Rgba([9, 9, 9, 0]);
const GREY: Rgba<u8> = Rgba([200, 200, 200, 255]);

/// A black device on a ground.
fn device(ground: Rgba<u8>) -> RgbaImage {
    let inside = |x: u32, y: u32| (20..80).contains(&x) && (15..45).contains(&y);
    RgbaImage::from_fn(100, 60, |x, y| if inside(x, y) { Rgba([0, 0, 0, 255]) } else { ground })
}

fn packed(picture: RgbaImage, format: image::ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let picture = DynamicImage::ImageRgba8(picture);
    let picture = match format {
        image::ImageFormat::Jpeg => DynamicImage::ImageRgb8(picture.to_rgb8()),
        _ => picture,
    };
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn png(ground: Rgba<u8>) -> Vec<u8> {
    packed(device(ground), image::ImageFormat::Png)
}

#[test]
fn the_four_formats_are_known_by_their_content() {
    for (packing, format) in [
        (image::ImageFormat::Bmp, ImageFormat::Bmp),
        (image::ImageFormat::Jpeg, ImageFormat::Jpg),
        (image::ImageFormat::Png, ImageFormat::Png),
        (image::ImageFormat::Gif, ImageFormat::Gif),
    ] {
        let bytes = packed(device(WHITE), packing);
        let seen = look("called.txt", &bytes).unwrap();
        assert_eq!((seen.format, seen.width, seen.height), (format, 100, 60));
        assert_eq!((seen.file.as_str(), seen.bytes), ("called.txt", bytes.len() as u64));
        assert!(seen.background.fits(), "{format:?}: {:?}", seen.background);
    }
}

#[test]
fn the_border_says_what_the_background_is() {
    let seen = |picture| look("a.png", &packed(picture, image::ImageFormat::Png)).unwrap().background;
    assert_eq!(seen(device(WHITE)), Background { white: 1000, transparent: 0 });
    assert_eq!(seen(device(CLEAR)), Background { white: 0, transparent: 1000 });
    assert_eq!(seen(device(GREY)), Background { white: 0, transparent: 0 });
    assert!(seen(device(Rgba([200, 200, 200, 40]))).fits(), "a shadow that is hardly there looks white");
    assert!(!seen(device(Rgba([0, 0, 0, 128]))).fits());
    let mut touching = device(WHITE);
    for x in 45..55 {
        touching.put_pixel(x, 59, Rgba([0, 0, 0, 255]));
    }
    assert!(seen(touching).fits(), "ten of 316 pixels are the device's foot");
    let mut framed = device(WHITE);
    for x in 0..100 {
        framed.put_pixel(x, 0, GREY);
    }
    assert!(!seen(framed).fits());
    for (width, height) in [(1, 1), (1, 7), (7, 1), (2, 2)] {
        let tiny = seen(RgbaImage::from_pixel(width, height, WHITE));
        assert_eq!(tiny, Background { white: 1000, transparent: 0 }, "{width} by {height}");
    }
}

#[test]
fn what_is_no_picture_or_too_large_is_refused() {
    let refused = |bytes: &[u8], why: &str| {
        let error = look("a.png", bytes).unwrap_err();
        assert_eq!((error.code, error.field.as_deref()), (Code::BadFile, Some("image")));
        assert!(error.message.contains(why), "{}", error.message);
    };
    refused(b"", "BMP, JPG, PNG or GIF");
    refused(b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>", "BMP, JPG, PNG or GIF");
    refused(b"RIFF\x10\0\0\0WEBPVP8 ", "BMP, JPG, PNG or GIF");
    let whole = png(WHITE);
    for end in [8, 30, whole.len() / 2] {
        refused(&whole[..end], "broken");
    }
    refused(&vec![0; LOOK_MAX + 1], "16 MB");
    // A bomb: a PNG of a few bytes that claims 60,000 pixels a side, and one within the sides but not the area.
    let claiming = |width: u32, height: u32| {
        let mut bytes = whole.clone();
        bytes[16..20].copy_from_slice(&width.to_be_bytes());
        bytes[20..24].copy_from_slice(&height.to_be_bytes());
        let sum = crc(&bytes[12..29]);
        bytes[29..33].copy_from_slice(&sum.to_be_bytes());
        bytes
    };
    refused(&claiming(60_000, 60_000), "broken");
    refused(&claiming(10_000, 10_000), "too many");
    assert!(look("a.png", &claiming(100, 60)).is_ok(), "the sum is right, so the size is what was refused");
}

/// PNG's checksum.
fn crc(bytes: &[u8]) -> u32 {
    let shift = |sum: u32| if sum & 1 == 1 { 0xedb8_8320 ^ (sum >> 1) } else { sum >> 1 };
    let step = |sum: u32, byte: &u8| (0..8).fold(sum ^ u32::from(*byte), |sum, _| shift(sum));
    !bytes.iter().fold(u32::MAX, step)
}

fn today() -> NaiveDate {
    "2026-11-21".parse().unwrap()
}

fn say(language: &str) -> Sentences {
    let locale = if language == "de" { Locale::DeDe } else { Locale::EnGb };
    Sentences::new(Words::of(language), locale, today())
}

fn dossier(bytes: &[u8]) -> Dossier {
    let image = look("inkwell-640.png", bytes).unwrap();
    let mut dossier = Dossier { image: Some(image), ..Dossier::new() };
    dossier.name = "Larkfield InkWell 640".into();
    dossier.model = "InkWell-640".into();
    dossier.slots[0].requested = Some("2026-11-16".parse().unwrap());
    dossier
}

fn home(bytes: &[u8]) -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("inkwell-640.png"), bytes).unwrap();
    files::save(&home.path().join("a.json"), &dossier(bytes)).unwrap();
    home
}

#[test]
fn a_dossier_is_judged_with_the_picture_that_lies_beside_it() {
    let home = home(&png(WHITE));
    let path = home.path().join("a.json");
    let check = || files::check(&path, today());
    assert_eq!(check().unwrap().beside, files::Beside::Looked);

    std::fs::write(home.path().join("inkwell-640.png"), png(GREY)).unwrap();
    let checked = check().unwrap();
    assert_eq!(checked.beside, files::Beside::Differs);
    let background = |finding: &Finding| matches!(finding.what, What::ImageBackground { .. });
    assert!(checked.verdict.findings.iter().any(background), "what was seen counts");

    std::fs::write(home.path().join("inkwell-640.png"), "no picture").unwrap();
    assert_eq!(check().unwrap_err().field.as_deref(), Some("image"));
    std::fs::remove_file(home.path().join("inkwell-640.png")).unwrap();
    assert_eq!(check().unwrap().beside, files::Beside::Absent);

    // A name that leads elsewhere is told and never followed.
    let mut outside = dossier(&png(WHITE));
    outside.image.as_mut().unwrap().file = "/etc/passwd".into();
    files::save(&path, &outside).unwrap();
    let checked = check().unwrap();
    assert_eq!(checked.beside, files::Beside::Absent);
    assert!(checked.verdict.findings.iter().any(|finding| finding.what == What::BadFile));

    std::fs::write(&path, "{}").unwrap();
    let error = check().unwrap_err();
    assert_eq!(error.code, Code::BadFile);
    assert!(error.message.starts_with("This is no dossier"), "{}", error.message);
    let gone = files::check(Path::new("/nowhere/a.json"), today()).unwrap_err();
    assert!(gone.message.contains("no such file"), "{}", gone.message);
}

#[test]
fn a_picture_is_taken_from_the_folder_of_its_dossier() {
    let home = home(&png(WHITE));
    let path = home.path().join("a.json");
    std::fs::write(home.path().join("new.gif"), packed(device(CLEAR), image::ImageFormat::Gif)).unwrap();
    let taken = files::illustrate(&path, &home.path().join("new.gif")).unwrap();
    assert_eq!(taken.image.as_ref().map(|image| image.format), Some(ImageFormat::Gif));
    assert_eq!(files::open(&path).unwrap(), taken);
    let elsewhere = tempfile::tempdir().unwrap();
    std::fs::write(elsewhere.path().join("b.png"), png(WHITE)).unwrap();
    let error = files::illustrate(&path, &elsewhere.path().join("b.png")).unwrap_err();
    assert_eq!(error.field.as_deref(), Some("image"));
    assert_eq!(files::open(&path).unwrap(), taken, "nothing was changed");
}

#[test]
fn a_folder_holds_everything_and_is_never_mixed() {
    let home = home(&png(WHITE));
    let to = home.path().join("out");
    let write = || files::folder(&home.path().join("a.json"), &to, say("en"), today(), Locale::EnGb);
    let names = ["dossier.json", "dossier.html", "discover-response.json", "contact.txt", "inkwell-640.png"];
    assert_eq!(write().unwrap(), names);
    for name in names {
        assert!(to.join(name).metadata().unwrap().len() > 20, "{name}");
    }
    assert_eq!(std::fs::read(to.join("inkwell-640.png")).unwrap(), png(WHITE));
    assert_eq!(files::open(&to.join("dossier.json")).unwrap(), dossier(&png(WHITE)));
    assert_eq!(std::fs::read_dir(&to).unwrap().count(), names.len(), "and nothing else");
    assert_eq!(write().unwrap_err().field.as_deref(), Some("to"));
}

#[test]
fn the_sheet_runs_nothing_and_says_everything() {
    let mut shown = dossier(&png(WHITE));
    shown.slots[0].description = "<script>alert(1)</script>\n\"two\" & 'more'\u{202e}".into();
    shown.name = "</title><script>".into();
    let page = sheet::html(&shown, &judge(&shown, today()), Some(&png(WHITE)), say("en"), Locale::EnGb);
    assert!(!page.contains("<script") && !page.contains('\u{202e}') && !page.contains("</title><script"));
    assert!(page.contains("default-src 'none'") && page.contains("data:image/png;base64,"));
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;<br>&quot;two&quot; &amp; &#39;more&#39;"));
    let mut plain = dossier(&png(WHITE));
    plain.marketplaces.insert(refill_domain::market::Marketplace::De, Default::default());
    let verdict = judge(&plain, today());
    for language in ["en", "de"] {
        let page = sheet::html(&plain, &verdict, None, say(language), Locale::EnGb);
        insta::assert_snapshot!(format!("sheet_{language}"), page);
    }
}

#[test]
fn everything_that_can_be_said_has_its_words() {
    let number = |word: &&str| serde_json::json!({ "is": word, "text": "x", "slot": "x", "marketplace": "DE", "other": "x" });
    for language in ["en", "de"] {
        let say = say(language);
        let good = |text: String| assert!(!text.starts_with("reg_") && !text.contains(['{', '}']), "{text}");
        for word in What::WORDS {
            let value = serde_json::json!({
                "is": word, "due": "2026-11-25", "left": 3, "chars": 61, "max": 60, "other": "CYAN", "text": "x",
                "count": 11, "bytes": 1_400_000, "clear": 300,
            });
            let what: What = serde_json::from_value(value).unwrap();
            good(say.what(&what));
        }
        Why::ALL.iter().for_each(|why| good(say.why(*why)));
        Label::ALL.iter().for_each(|label| good(say.label(*label)));
        Unknown::ALL.iter().for_each(|unknown| good(say.unknown(*unknown)));
        for step in [Step::Device, Step::Customise, Step::Slots, Step::Ids, Step::Accounts] {
            good(say.step(step));
        }
        for stage in [Stage::Request, Stage::Test, Stage::Certify] {
            good(say.stage(stage));
        }
        for word in ["assigned", "certified", "closed", "swapped", "id_changed"] {
            let rule: Rule = serde_json::from_value(number(&word)).unwrap();
            good(say.refusal(&Refusal { field: String::new(), slot: None, rule }));
        }
        for word in ["model", "instance", "measurement", "language", "asset", "id", "too_many"] {
            let note: Note = serde_json::from_value(number(&word)).unwrap();
            good(say.note(&note));
        }
        for word in ["measures_left", "knows_use", "knows_time"] {
            good(say.reason(serde_json::from_value(word.into()).unwrap()));
        }
    }
}

#[test]
fn sizes_never_read_as_the_limit_they_break() {
    let (english, german) = (say("en"), say("de"));
    assert_eq!(english.size(1_400_000), "1.4\u{a0}MB");
    assert_eq!(english.size(1_000_001), "1.1\u{a0}MB");
    assert_eq!(english.size(1_000_000), "1\u{a0}MB");
    assert_eq!(german.size(240_100), "241\u{a0}kB");
    assert_eq!(german.size(1_400_000), "1,4\u{a0}MB");
    let what = What::ImageBackground { clear: 949 };
    assert!(english.what(&what).contains("94%"), "{}", english.what(&what));
}

#[test]
fn the_headline_says_the_gravest() {
    let headline = |dossier: &Dossier| say("en").headline(&judge(dossier, today()), &dossier.name);
    let mut shown = dossier(&png(WHITE));
    assert_eq!(headline(&shown), "6 things are missing for Larkfield InkWell 640");
    shown.model = "a b".into();
    assert_eq!(headline(&shown), "7 things are open for Larkfield InkWell 640");
    assert_eq!(headline(&Dossier::new()), "10 things are missing for the new model");
}

#[test]
fn a_written_dossier_keeps_its_picture() {
    let image = DossierImage {
        file: "a.gif".into(),
        bytes: 1,
        format: ImageFormat::Gif,
        width: 1,
        height: 1,
        background: Background { white: 0, transparent: 1000 },
    };
    let dossier = Dossier { image: Some(image), ..Dossier::new() };
    assert_eq!(read(write(&dossier).as_bytes()).unwrap(), dossier);
}

mod desk {
    //! Models as they are worked on in the window.

    use super::*;
    use crate::registration::desk::Desk;
    use crate::view::ModelFile;
    use refill_domain::alexa::ReplenishmentId;
    use refill_domain::market::Marketplace;
    use uuid::Uuid;

    fn desk(home: &Path) -> Desk {
        Desk::new(home, say("en"), today(), Locale::EnGb)
    }

    fn id(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    #[test]
    fn a_model_goes_out_as_a_new_folder_and_is_never_mixed() {
        let home = tempfile::tempdir().unwrap();
        let out = tempfile::tempdir().unwrap();
        let desk = desk(home.path());
        let dossier = Dossier { model: "../Ink Well".into(), ..Dossier::new() };
        let model = desk.begin(id(1), &dossier).unwrap();
        let files = desk.export(&model, out.path()).unwrap();
        assert_eq!(files, ["dossier.json", "dossier.html", "discover-response.json", "contact.txt"]);
        assert!(out.path().join("---Ink-Well").join("dossier.json").exists());
        let again = desk.export(&model, out.path()).unwrap_err();
        assert_eq!((again.code, again.field.as_deref()), (Code::BadFile, Some("to")));
    }

    #[test]
    fn models_are_begun_kept_and_taken_away() {
        let home = tempfile::tempdir().unwrap();
        let desk = desk(home.path());
        assert_eq!(desk.list().unwrap().models, []);
        let named = |name: &str| Dossier { name: name.into(), ..Dossier::new() };
        let washer = desk.begin(id(2), &named("Washer")).unwrap();
        let printer = desk.begin(id(1), &named("Printer")).unwrap();
        let list = desk.list().unwrap();
        let names: Vec<&str> = list.models.iter().map(|line| line.name.as_str()).collect();
        assert_eq!(names, ["Printer", "Washer"]);
        assert_eq!(list.models[0].says, "9 things are missing for Printer");

        let mut changed = named("Printer 2");
        changed.marketplaces.insert(Marketplace::De, Default::default());
        let saved = desk.keep(&printer, &changed).unwrap();
        assert_eq!((saved.refused.len(), saved.view.dossier.name.as_str()), (0, "Printer 2"));
        assert_eq!(desk.show(&printer).unwrap(), saved.view, "it is on disk");
        assert_eq!(saved.view.marketplaces[0].marketplace, Marketplace::De);

        desk.remove(&washer).unwrap();
        assert_eq!(desk.list().unwrap().models.len(), 1);
        for gone in [washer.as_str(), "..", "../household.db", ""] {
            assert_eq!(desk.show(gone).unwrap_err().field.as_deref(), Some("model"), "{gone:?}");
            assert!(desk.remove(gone).is_err() && desk.keep(gone, &changed).is_err());
        }
    }

    #[test]
    fn what_the_console_no_longer_takes_is_refused_and_nothing_changed() {
        let home = tempfile::tempdir().unwrap();
        let desk = desk(home.path());
        let mut kept = dossier(&png(WHITE));
        kept.slots[0].replenishment = "amzn1.id".parse::<ReplenishmentId>().unwrap().as_str().into();
        let model = desk.begin(id(1), &kept).unwrap();
        let view = desk.show(&model).unwrap();
        assert!(view.assigned && view.slots[0].locked);
        assert_eq!(
            view.slots[0].request.as_deref(),
            Some("Requested Mon\u{a0}16\u{a0}Nov, due Wed\u{a0}25\u{a0}Nov")
        );
        let mut other = kept.clone();
        other.name = "Other".into();
        other.slots[0].replenishment = "amzn1.other".into();
        let saved = desk.keep(&model, &other).unwrap();
        let fields: Vec<&str> = saved.refused.iter().map(|of| of.field.as_str()).collect();
        assert_eq!(fields, ["slots[0].replenishment", "name"]);
        assert!(saved.refused[1].why.contains("Dash programme"));
        assert_eq!(desk.show(&model).unwrap().dossier, kept);
    }

    #[test]
    fn a_file_that_can_not_be_read_is_told_and_left_alone() {
        let home = tempfile::tempdir().unwrap();
        let desk = desk(home.path());
        let model = desk.begin(id(1), &Dossier::new()).unwrap();
        let file = home.path().join("models").join(&model).join("dossier.json");
        std::fs::write(&file, "{\"half\":").unwrap();
        let line = &desk.list().unwrap().models[0];
        assert!(line.unreadable && line.says.starts_with("This is no dossier"), "{line:?}");
        assert!(desk.keep(&model, &Dossier::new()).is_err());
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "{\"half\":");
        // What else lies there is nobody's model.
        std::fs::create_dir(home.path().join("models/notes")).unwrap();
        assert_eq!(desk.list().unwrap().models.len(), 1);
    }

    #[test]
    fn a_picture_is_copied_shown_and_frozen_with_the_rest() {
        let home = tempfile::tempdir().unwrap();
        let desk = desk(home.path());
        let chosen = home.path().join("My device (final).jpeg");
        std::fs::write(&chosen, png(WHITE)).unwrap();
        let model = desk.begin(id(1), &Dossier::new()).unwrap();
        let saved = desk.illustrate(&model, &chosen).unwrap();
        let image = saved.view.dossier.image.clone().unwrap();
        assert_eq!(image.file, "My-device--final-.png", "named by its content");
        let shown = saved.view.image.unwrap();
        assert!(shown.src.unwrap().starts_with("data:image/png;base64,"));
        assert!(shown.says.starts_with("100 × 60 px"), "{}", shown.says);
        std::fs::write(&chosen, "no picture").unwrap();
        assert_eq!(desk.illustrate(&model, &chosen).unwrap_err().field.as_deref(), Some("image"));
        assert_eq!(desk.show(&model).unwrap().dossier.image, Some(image));

        let mut frozen = saved.view.dossier;
        frozen.slots[0].replenishment = "amzn1.id".into();
        desk.keep(&model, &frozen).unwrap();
        std::fs::write(&chosen, png(CLEAR)).unwrap();
        assert_eq!(desk.illustrate(&model, &chosen).unwrap().refused[0].field, "image");
        assert!(desk.show(&model).unwrap().image.unwrap().src.unwrap().contains(&base64(&png(WHITE))));
    }

    fn base64(bytes: &[u8]) -> String {
        use base64::Engine as _;
        base64::engine::general_purpose::STANDARD.encode(bytes)
    }

    #[test]
    fn models_come_from_messages_and_dossiers_and_go_out_as_files() {
        let home = tempfile::tempdir().unwrap();
        let desk = desk(home.path());
        let mut complete = dossier(&png(WHITE));
        complete.manufacturer = "Larkfield".into();
        complete.slots[0].instance = "black".into();
        complete.slots[0].answers.left = Some(true);
        complete.slots[0].unit = Some(refill_domain::measure::Unit::Percent);
        let model = desk.begin(id(1), &complete).unwrap();
        let text = |form| desk.file(&model, form, None).unwrap();
        assert_eq!(text(ModelFile::Json).name, "InkWell-640.json");
        assert!(text(ModelFile::Html).text.starts_with("<!doctype html>"));
        assert!(text(ModelFile::Letter).text.starts_with("Type: Dash Replenishment\n"));
        let chosen = home.path().join("chosen.json");
        let mut next = 10;
        let mut ids = || {
            next += 1;
            id(next)
        };
        std::fs::write(&chosen, text(ModelFile::Discovery).text).unwrap();
        let arrived = desk.arrive(&chosen, &mut ids).unwrap();
        assert_eq!((arrived.models.len(), arrived.notes.len()), (1, 0));
        assert!(arrived.unknown.iter().any(|of| of == "the image"), "{:?}", arrived.unknown);
        assert_eq!(desk.show(&arrived.models[0]).unwrap().dossier.slots[0].instance, "black");
        std::fs::write(&chosen, text(ModelFile::Json).text).unwrap();
        let copied = desk.arrive(&chosen, &mut ids).unwrap();
        assert_eq!(desk.show(&copied.models[0]).unwrap().dossier, complete);
        std::fs::write(&chosen, "{}").unwrap();
        assert_eq!(desk.arrive(&chosen, &mut ids).unwrap_err().code, Code::BadFile);
        assert_eq!(desk.list().unwrap().models.len(), 3);
    }
}
