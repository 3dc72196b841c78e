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

fn guided(folder: &Path, args: &[&str], typed: &str) -> Said {
    let mut command = program();
    command.current_dir(folder).env("LANG", "en_GB.UTF-8").arg("--data").arg(folder.join("no-household"));
    command.args(["rehearse", "a.json", "--guided"]).args(args);
    let (input, output) = (std::process::Stdio::piped(), std::process::Stdio::piped());
    let mut child = command.stdin(input).stdout(output).stderr(std::process::Stdio::piped()).spawn().unwrap();
    // A program that asks nothing has closed its end.
    let _ = std::io::Write::write_all(&mut child.stdin.take().unwrap(), typed.as_bytes());
    child.wait_with_output().unwrap().into()
}

/// What Alexa would be told of the model, by the command that shows it.
fn discovery(folder: &Path) -> Value {
    let mut command = program();
    command.current_dir(folder).arg("--data").arg(folder.join("no-household"));
    let said: Said = command.args(["model", "preview", "a.json"]).output().unwrap().into();
    serde_json::from_str(&said.out).unwrap()
}

#[test]
fn a_real_skill_is_tested_on_the_terminal_and_gone_on_with() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.json"), dossier().to_string()).unwrap();
    std::fs::write(folder.path().join("d.json"), discovery(folder.path()).to_string()).unwrap();
    // Begun, a wrong word, an answer taken back, and left.
    let said = guided(folder.path(), &[], "yes\ns\ns\nb\ns\nq\n");
    assert_eq!(said.code, 1, "{said:?}");
    assert!(said.err.contains("2/14  P1") && said.err.contains("3/14  P1"), "{}", said.err);
    // Gone on with: a message is wanted, and taken from a file.
    let said = guided(folder.path(), &[], "s\ns\ns @none.json\ns @d.json\nq\n");
    assert!(said.err.starts_with("\n3/14") && said.err.contains("Paste the message"), "{}", said.err);
    assert!(said.err.contains("none.json") && said.err.contains("5/14  1"), "{}", said.err);
    // Everything else is as expected; the reports nobody can get at are not judged.
    let said = guided(folder.path(), &["--json"], "s\ns\ns\nc\ns\ns\ns\ns\nc\ns\n");
    assert_eq!(said.code, 1, "{said:?}");
    let told: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(told["count"], json!({"passed": 11, "failed": 0, "needs_person": 0, "not_run": 2}), "{told}");
    let said = guided(folder.path(), &["--case", "1", "--case", "8", "--html", "a.html"], "");
    assert_eq!(said.code, 0, "{said:?}");
    let page = std::fs::read_to_string(folder.path().join("a.html")).unwrap();
    assert!(page.contains("with a real skill"));
    // Begun anew, the last one stays beside it.
    let said = guided(folder.path(), &["--anew"], "");
    assert!(said.code == 1 && said.err.starts_with("\n1/14"), "{said:?}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 5);
}

#[test]
fn a_pipeline_answers_from_a_file_that_fits_the_steps() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.json"), dossier().to_string()).unwrap();
    let answers = |lines: &[Value]| {
        let text: Vec<String> = lines.iter().map(Value::to_string).collect();
        std::fs::write(folder.path().join("answers.jsonl"), text.join("\n")).unwrap();
    };
    let seen = |case: &str| json!({"case": case, "reply": "seen"});
    answers(&[seen("P1"), seen("2")]);
    let wrong = guided(folder.path(), &["--answers", "answers.jsonl"], "");
    assert!(wrong.code == 2 || wrong.code == 1, "{wrong:?}");
    assert!(wrong.err.contains("answers line 2: the next step is of case P1"), "{}", wrong.err);

    let message = json!({"case": "P2", "reply": "seen", "messages": [discovery(folder.path())]});
    let figure = json!({"case": "2", "slot": "SLOT 01", "reply": "seen", "left": "40"});
    let other = json!({"case": "4", "slot": "black", "reply": "other", "note": "An order of cyan"});
    let blind = |case: &str| json!({"case": case, "reply": "cannot_see"});
    answers(&[
        seen("P1"),
        seen("P1"),
        seen("P1"),
        message,
        seen("1"),
        seen("6"),
        figure,
        blind("P4"),
        seen("3"),
        other,
        seen("5"),
        seen("7"),
        blind("P5"),
        seen("8"),
    ]);
    let said = guided(folder.path(), &["--anew", "--answers", "answers.jsonl", "--json"], "");
    assert_eq!(said.code, 1, "{said:?}");
    let told: Value = serde_json::from_str(&said.out).unwrap();
    let order = told["cases"].as_array().unwrap().iter().find(|one| one["case"] == "4").unwrap();
    assert_eq!(order["verdict"]["reasons"][0]["found"], "An order of cyan");
    assert_eq!(told["count"]["failed"], 1, "{told}");
    assert!(said.err.contains("rehearsal_failed"), "{}", said.err);
}
