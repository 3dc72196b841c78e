//! A device model rehearsed in a build pipeline: a dossier in, verdicts, evidence and an exit code out.

use crate::{Said, program};
use serde_json::{Value, json};
use std::path::Path;

fn rehearse(folder: &Path, args: &[&str], language: &str) -> Said {
    let mut command = program();
    command.current_dir(folder).env("LANG", language).arg("--data").arg(folder.join("no-household"));
    command.arg("rehearse").args(args).output().unwrap().into()
}

fn dossier() -> Value {
    json!({ "format": "refill-dossier", "version": 1, "dossier": {
        "kind": { "is": "skill" }, "name": "Larkfield <InkWell>", "model": "InkWell-640", "manufacturer": "Larkfield",
        "slots": [{
            "identifier": "SLOT 01", "instance": "black", "answers": { "left": true }, "unit": "PERCENT",
            "names": { "en-GB": "Black ink" }, "asins": { "UK": ["B00ABCDEF1"] }, "replenishment": "amzn1.id.black",
        }],
        "marketplaces": { "UK": {} },
    }})
}

#[test]
fn a_model_is_rehearsed_and_the_exit_code_follows_from_the_verdicts() {
    let folder = tempfile::tempdir().unwrap();
    let put = |value: &Value| std::fs::write(folder.path().join("a.json"), value.to_string()).unwrap();
    put(&dossier());
    // One case waits for a person, so without leave for that it is no success.
    let said = rehearse(folder.path(), &["a.json"], "en_GB.UTF-8");
    assert_eq!(said.code, 1, "{said:?}");
    assert!(said.out.contains("12 passed, 0 failed, 1 for a person, 0 not judged"), "{}", said.out);
    assert!(said.out.contains("See that the account is on Amazon’s allow list"), "{}", said.out);

    let args = ["a.json", "--allow-person", "--html", "a.html", "--json"];
    let said = rehearse(folder.path(), &args, "de_DE.UTF-8");
    assert_eq!((said.code, said.err.as_str()), (0, ""));
    let told: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!((&told["ok"], &told["count"]["passed"]), (&json!(true), &json!(12)));
    let order = told["cases"].as_array().unwrap().iter().find(|one| one["case"] == "4").unwrap();
    assert_eq!(
        (&order["verdict"]["is"], &order["expects"]),
        (&json!("passed"), &json!("Eine Bestellung für den Slot"))
    );
    let moments = told["transcript"]["moments"].as_array().unwrap();
    let evidence = order["evidence"].as_array().unwrap();
    let of = |at: &Value| moments[usize::try_from(at.as_u64().unwrap()).unwrap()]["is"].clone();
    assert_eq!(evidence.iter().take(4).map(of).collect::<Vec<_>>(), ["told", "told", "told", "ordered"]);
    let page = std::fs::read_to_string(folder.path().join("a.html")).unwrap();
    assert!(page.contains("Zertifizierungsprobe von Larkfield &lt;InkWell&gt;"));
    assert!(page.contains("12 bestanden, 0 nicht bestanden") && !page.contains("<script"));
    for secret in ["Atza|", "Atzr|"] {
        assert!(!page.contains(secret) && !said.out.contains(secret), "a token is told");
    }
}

#[test]
fn one_case_can_be_asked_for_and_what_can_t_be_rehearsed_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let put = |value: &Value| std::fs::write(folder.path().join("a.json"), value.to_string()).unwrap();
    put(&dossier());
    let said = rehearse(folder.path(), &["a.json", "--case", "7", "--case", "p5"], "en_GB.UTF-8");
    assert_eq!((said.code, said.err.as_str()), (0, ""));
    assert!(said.out.contains("2 passed, 0 failed, 0 for a person, 0 not judged"), "{}", said.out);

    let mut bare = dossier();
    bare["dossier"]["slots"][0]["asins"] = json!({});
    put(&bare);
    let said = rehearse(folder.path(), &["a.json", "--case", "6"], "en_GB.UTF-8");
    assert_eq!(said.code, 1);
    assert!(said.out.contains("Look at the products under Supply"), "{}", said.out);
    let said = rehearse(folder.path(), &["a.json", "--market", "jp"], "en_GB.UTF-8");
    assert_eq!(said.code, 1);
    assert!(said.err.contains("does not name this marketplace"), "{}", said.err);
    assert_eq!(rehearse(folder.path(), &["a.json", "--case", "9"], "en_GB.UTF-8").code, 2);

    bare["dossier"]["kind"] = json!({ "is": "connect_kit", "device_type": "A1" });
    put(&bare);
    let said = rehearse(folder.path(), &["a.json"], "en_GB.UTF-8");
    assert_eq!(said.code, 1);
    assert!(said.err.contains("has no skill"), "{}", said.err);
}
