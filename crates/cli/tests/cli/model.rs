//! Dossiers of device models in a build pipeline: files in, verdicts and exit codes out.

use crate::{Said, program};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// A folder with dossiers.
struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs `refillctl model`, in the folder and without a household.
    fn model(&self, args: &[&str]) -> Said {
        let data = self.path("no-household");
        let mut command = program();
        command.current_dir(self.folder.path()).arg("--data").arg(data).arg("model").args(args);
        command.output().unwrap().into()
    }

    fn put(&self, name: &str, value: &Value) {
        std::fs::write(self.path(name), value.to_string()).unwrap();
    }
}

fn slot(identifier: &str, instance: &str, id: &str) -> Value {
    json!({
        "identifier": identifier, "instance": instance, "category": "Printer ink", "answers": { "left": true },
        "unit": "PERCENT", "description": "An optical sensor.", "names": { "en-GB": format!("{instance} ink") },
        "asins": { "UK": ["B00ABCDEF1"] }, "requested": "2026-11-16", "replenishment": id,
    })
}

/// Ready for everything in the United Kingdom.
fn dossier() -> Value {
    json!({ "format": "refill-dossier", "version": 1, "dossier": {
        "kind": { "is": "skill" }, "name": "Larkfield InkWell 640", "model": "InkWell-640", "manufacturer": "Larkfield",
        "image": { "file": "inkwell.png", "bytes": 9000, "format": "png", "width": 80, "height": 60,
                   "background": { "white": 1000, "transparent": 0 } },
        "names": { "en-GB": "Ink printer" },
        "slots": [slot("SLOT 01", "black", "amzn1.id.black"), slot("CYAN", "cyan", "amzn1.id.cyan")],
        "marketplaces": { "UK": { "customers": ["A1B2C3"] } },
    }})
}

fn with(change: impl FnOnce(&mut Value)) -> Value {
    let mut value = dossier();
    change(&mut value["dossier"]);
    value
}

fn findings(said: &Said) -> Vec<String> {
    let value: Value = serde_json::from_str(&said.out).unwrap_or_else(|cause| panic!("{cause}: {said:?}"));
    let word =
        |of: &Value| format!("{} {}", of["field"].as_str().unwrap(), of["what"]["is"].as_str().unwrap());
    value["findings"].as_array().unwrap().iter().map(word).collect()
}

#[test]
fn the_exit_code_is_the_verdict() {
    let desk = Desk::new();
    desk.put("a.json", &dossier());
    for stage in ["request", "test", "certify"] {
        let said = desk.model(&["check", "a.json", "--for", stage]);
        assert_eq!(said.code, 0, "{said:?}");
        assert!(said.out.starts_with("Larkfield InkWell 640 is complete\n"), "{said:?}");
        assert!(said.err.contains("does not lie beside"), "the image is not there: {said:?}");
    }
    desk.put("b.json", &with(|d| d["slots"][1]["replenishment"] = json!("")));
    let on = |stage: &str| desk.model(&["check", "b.json", "--on", "2026-11-21", "--for", stage]);
    assert_eq!(on("request").code, 0);
    let waits = on("test");
    assert_eq!(waits.code, 1);
    assert!(waits.out.contains("CYAN: Replenishment ID is due Wed"), "{waits:?}");
    assert!(waits.out.contains("Holidays are not known"), "{waits:?}");
    desk.put("c.json", &with(|d| d["name"] = json!("x".repeat(61))));
    let wrong = desk.model(&["check", "c.json"]);
    assert_eq!(wrong.code, 1);
    assert!(wrong.out.contains("61 characters, at most 60"), "{wrong:?}");
}

#[test]
fn the_verdict_is_a_document_too() {
    let desk = Desk::new();
    desk.put(
        "a.json",
        &with(|d| {
            d["marketplaces"]["DE"] = json!({});
            d["slots"][0]["category"] = json!("");
        }),
    );
    let of =
        |market: &str| desk.model(&["check", "a.json", "--json", "--market", market, "--on", "2026-11-21"]);
    let british = of("uk");
    assert_eq!(british.code, 1);
    assert_eq!(findings(&british), ["slots[0].category no_category"]);
    let german = findings(&of("de"));
    assert!(german.contains(&"slots[1].names.de-DE no_slot_name".to_owned()), "{german:?}");
    assert!(german.contains(&"marketplaces.DE.customers no_customers".to_owned()), "{german:?}");
    let shape: Value = serde_json::from_str(&british.out).unwrap();
    let mut shape = shape;
    shape["file"] = json!("…");
    insta::assert_json_snapshot!("model_check", shape);
    let elsewhere = of("jp");
    assert_eq!((elsewhere.code, elsewhere.err.contains("\"field\":\"market\"")), (1, true), "{elsewhere:?}");
}

#[test]
fn what_the_console_no_longer_takes_fails_the_pipeline() {
    let desk = Desk::new();
    desk.put("was.json", &dossier());
    desk.put(
        "is.json",
        &with(|d| {
            let first = d["slots"][0]["replenishment"].take();
            d["slots"][0]["replenishment"] = d["slots"][1]["replenishment"].take();
            d["slots"][1]["replenishment"] = first;
            d["name"] = json!("Other");
        }),
    );
    assert_eq!(desk.model(&["check", "is.json", "--for", "certify"]).code, 0, "by itself it is complete");
    let said = desk.model(&["check", "is.json", "--since", "was.json", "--json"]);
    assert_eq!(said.code, 1);
    let value: Value = serde_json::from_str(&said.out).unwrap();
    let rules: Vec<_> =
        value["refused"].as_array().unwrap().iter().map(|of| of["rule"]["is"].clone()).collect();
    assert_eq!(rules, ["swapped", "swapped", "assigned"]);
    assert_eq!(desk.model(&["check", "was.json", "--since", "was.json"]).code, 0);
}

#[test]
fn the_preview_is_what_is_imported_again() {
    let desk = Desk::new();
    desk.put("a.json", &dossier());
    let shown = desk.model(&["preview", "a.json", "--locale", "en-GB"]);
    std::fs::write(desk.path("response.json"), shown.text()).unwrap();
    let arrived = desk.model(&["import", "response.json", "--json"]).json();
    assert_eq!(arrived["dossier"]["slots"][1]["replenishment"], "amzn1.id.cyan");
    assert_eq!(arrived["broken"], json!([]));

    let written = desk.model(&["import", "response.json", "--to", "b.json"]);
    assert!(written.text().contains("Slots: 2"), "{written:?}");
    assert!(written.err.contains("The message can’t say"), "{written:?}");
    assert_eq!(desk.model(&["check", "b.json"]).code, 1, "what is unknown is missing");
    let again = desk.model(&["import", "response.json", "--to", "b.json"]);
    assert_eq!((again.code, again.out.as_str()), (1, ""), "a file that is there is kept");

    desk.put("c.json", &with(|d| d["slots"][0]["unit"] = json!("HOUR")));
    let left = desk.model(&["preview", "c.json"]);
    assert_eq!(left.code, 1);
    assert!(left.err.contains("SLOT 01 can't be reported yet"), "{left:?}");
    assert!(serde_json::from_str::<Value>(&left.out).is_ok(), "what can be said is said");
}

#[test]
fn of_several_models_one_is_chosen() {
    let desk = Desk::new();
    desk.put("a.json", &dossier());
    let mut message: Value = serde_json::from_str(desk.model(&["preview", "a.json"]).text()).unwrap();
    let mut second = message["event"]["payload"]["endpoints"][0].clone();
    second["endpointId"] = json!("second");
    second["additionalAttributes"]["model"] = json!("InkWell-700");
    message["event"]["payload"]["endpoints"].as_array_mut().unwrap().push(second);
    desk.put("both.json", &message);
    let asked = desk.model(&["import", "both.json"]);
    assert_eq!(asked.code, 1);
    assert!(asked.err.contains("2: InkWell-700 (black, cyan)"), "{asked:?}");
    let chosen = desk.model(&["import", "both.json", "--nth", "2", "--json"]).json();
    assert_eq!(chosen["dossier"]["model"], "InkWell-700");
    assert_eq!(desk.model(&["import", "both.json", "--nth", "3"]).code, 1);
    assert_eq!(desk.model(&["import", "both.json", "--nth", "0"]).code, 1);
}

#[test]
fn exports_are_whole() {
    let desk = Desk::new();
    desk.put("a.json", &dossier());
    let json = desk.model(&["export", "a.json"]);
    assert_eq!(serde_json::from_str::<Value>(json.text()).unwrap()["format"], "refill-dossier");
    assert!(desk.model(&["export", "a.json", "--as", "html"]).text().starts_with("<!doctype html>"));
    let written = desk.model(&["export", "a.json", "--as", "html", "--to", "a.html", "--json"]).json();
    assert_eq!(written["file"], "a.html");
    let page = std::fs::read_to_string(desk.path("a.html")).unwrap();
    assert!(page.contains("Alexa Skills Kit device") && page.contains("amzn1.id.cyan"));
    let folder = desk.model(&["export", "a.json", "--as", "folder", "--to", "out", "--json"]).json();
    assert_eq!(
        folder["files"],
        json!(["dossier.json", "dossier.html", "discover-response.json", "contact.txt"])
    );
    let again = desk.model(&["export", "a.json", "--as", "folder", "--to", "out"]);
    assert_eq!((again.code, again.out.as_str()), (1, ""), "{again:?}");
    assert_eq!(desk.model(&["export", "a.json", "--as", "folder"]).code, 2);
}

#[test]
fn a_new_one_has_an_id_of_its_own_and_takes_a_picture() {
    let desk = Desk::new();
    let id = |file: &str| {
        let made = desk.model(&["new", file, "--name", "InkWell 640", "--json"]).json();
        made["model"].as_str().unwrap().to_owned()
    };
    let (one, other) = (id("a.json"), id("b.json"));
    assert!(one.starts_with("InkWell-640-") && one != other, "{one} {other}");
    assert_eq!(desk.model(&["new", "a.json"]).code, 1, "a file that is there is kept");
    // One white pixel.
    let gif = b"GIF89a\x01\0\x01\0\x80\0\0\xff\xff\xff\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;";
    std::fs::write(desk.path("a.gif"), gif).unwrap();
    let seen = desk.model(&["image", "a.json", "a.gif", "--json"]).json();
    assert_eq!((&seen["format"], &seen["background"]["white"]), (&json!("gif"), &json!(1000)));
    std::fs::write(desk.path("a.txt"), "no picture").unwrap();
    let refused = desk.model(&["image", "a.json", "a.txt", "--json"]);
    assert_eq!(refused.error()["field"], "image");
    let fields = desk.model(&["fields", "a.json"]);
    assert!(fields.text().contains("Image") && fields.text().contains("a.gif"), "{fields:?}");
    let mail = desk.model(&["letter", "a.json", "--about", "ids"]);
    assert!(
        mail.text().starts_with("Type: Dash Replenishment\nSubject: Replenishment IDs for InkWell 640"),
        "{mail:?}"
    );
}

#[test]
fn what_is_no_dossier_is_refused_at_its_place() {
    let desk = Desk::new();
    desk.put("typo.json", &with(|d| d["nmae"] = json!("x")));
    let typo = desk.model(&["check", "typo.json", "--json"]);
    assert_eq!(typo.code, 1);
    let error = typo.error();
    assert!(error["message"].as_str().unwrap().contains("unknown field `nmae`"), "{error}");
    desk.put("newer.json", &json!({ "format": "refill-dossier", "version": 9, "dossier": {} }));
    assert!(desk.model(&["check", "newer.json"]).err.contains("get the update"));
    assert!(!Path::new(&desk.path("no-household")).exists(), "and no household was made");
}
