//! Printers on loopback: added by their address, read, silent, swapped, and their serial numbers kept out of sight.

use super::Home;
use super::printer::Printer;
use serde_json::json;

const FULL: &[(&str, &str, i32)] = &[("Black ink S/N:CRUM-4711", "#000000", 57), ("Cyan ink", "#00FFFF", 8)];

#[test]
fn a_printer_is_added_read_and_answers_for_its_rise() {
    let (home, printer) = (Home::empty(), Printer::holding(FULL));
    let added = home.json(&["add", "--printer", &printer.address(), "--name", "Study printer"]);
    assert_eq!((&added["kind"], &added["model"]), (&json!("printer"), &json!("Acme Jet 5")));
    let names: Vec<_> = added["rows"].as_array().unwrap().iter().map(|row| row["name"].clone()).collect();
    assert_eq!(names, ["Black ink", "Cyan ink"]);

    let again = home.run(&["add", "--printer", &printer.address(), "--json"]);
    assert_eq!((again.code, again.error()["code"].as_str()), (1, Some("already_added")));

    // Three low readings in a row; adding was the first.
    for _ in 0..2 {
        assert_eq!(home.run(&["read", "study printer"]).text(), "Study printer answered.\n");
    }
    let cyan = home.json(&["slot", "cyan ink"]);
    assert_eq!(cyan["why"]["kind"], "low_readings", "{cyan}");
    assert_eq!(cyan["row"]["section"], "needs_you");

    printer.now_holds(&[("Black ink S/N:CRUM-4711", "#000000", 57), ("Cyan ink", "#00FFFF", 100)]);
    while home.json(&["slot", "cyan ink"])["row"]["next"]["kind"] != "confirm_rise" {
        home.run(&["read"]).text();
        assert!(home.ledger("cyan ink").len() < 20, "the rise is never asked about");
    }
    home.run(&["answer", "cyan ink", "new"]).text();
    let cyan = home.json(&["slot", "cyan ink"]);
    assert_ne!(cyan["row"]["next"]["kind"], "confirm_rise");
    assert_eq!(cyan["row"]["left"]["milli"], 100_000);
}

#[test]
fn a_silent_printer_keeps_its_levels() {
    let (home, printer) = (Home::empty(), Printer::holding(FULL));
    home.run(&["add", "--printer", &printer.address()]).text();
    printer.now_says(b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_vec());
    let said = home.run(&["read", "--json"]);
    assert_eq!(said.code, 1);
    let read: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(read["devices"][0]["trouble"]["code"], "not_a_printer");
    assert!(said.err.contains("Acme Jet 5 did not answer"), "{}", said.err);
    assert_eq!(home.json(&["slot", "black ink"])["row"]["left"]["milli"], 57_000);
    assert_eq!(home.json(&["devices", "acme jet 5"])["connection"]["answers"], json!(false));
}

#[test]
fn serial_numbers_stay_out_of_everything_printed() {
    let (home, printer) = (Home::empty(), Printer::holding(FULL));
    home.run(&["add", "--printer", &printer.address(), "--name", "Study"]).text();
    let address = printer.address();
    let all: [&[&str]; 7] = [
        &["supplies"],
        &["devices"],
        &["devices", "study"],
        &["slot", "black ink"],
        &["read"],
        &["probe", &address],
        &["chart", "black ink", "--svg", "-"],
    ];
    for args in all {
        let mut runs = vec![home.run(args)];
        if !args.contains(&"--svg") {
            runs.push(home.run(&[args, &["--json"]].concat()));
        }
        for said in runs {
            assert_eq!(said.code, 0, "{said:?}");
            let printed = format!("{}{}", said.out, said.err);
            assert!(!printed.contains("4711") && !printed.contains("SECRET99"), "{args:?}: {printed}");
        }
    }
}
