//! Tables of people's own: every kind of bad input is told by its line, nothing is guessed that could be another thing,
//! and the same file twice adds nothing.

use super::*;
use crate::view::{Dates, Fate, FileKind, Goes, Happened, Missing, Role, Sent};
use refill_domain::locale::Locale;

const SOAP: &str = "Date;Device;Supply;What;Amount;Unit;Price;Note\n\
    2026-06-01;Washing machine;Detergent;bought;1500;ml;4,99 €;\n\
    03.06.2026 18:30;Washing machine;Detergent;used;70;ml;;\n\
    2026-06-05;Washing machine;Detergent;counted;1,2;l;;looked\n";

#[test]
fn a_table_is_understood_looked_at_and_imported_once() {
    let mut home = Home::furnished();
    let file = home.file("soap.csv", SOAP);
    let before = home.export();
    let view = home.look(&file, None).unwrap();
    assert_eq!((view.kind, view.encoding.as_str()), (FileKind::Table, "UTF-8"));
    assert_eq!((view.rows, view.new, view.known, view.refused, view.slots), (3, 3, 0, 0, 0), "{view:?}");
    assert_eq!(view.names[0].goes, Goes::To { slot: detergent().id });
    assert_eq!(view.plan.numbers, Locale::DeDe, "1,2 is one and a fifth only there");
    assert_eq!(view.sample[2].amount, Some(Amount::new(1200, Unit::Liter)));
    assert_eq!(home.export(), before, "a look changes nothing");
    assert_eq!(home.import(&file).new, 3);
    let left = home.folds()[0].1.state.clone();
    assert_eq!(left.left(&detergent()), Some(1_200_000));
    // The same again, also tomorrow and in another order, adds nothing; a longer one adds only what is new.
    home.clock.advance(chrono::TimeDelta::days(1));
    assert_eq!((home.import(&file).new, home.entries()), (0, 6));
    let longer = home.file("soap2.csv", format!("{SOAP}2026-06-09;Washing machine;Detergent;used;80;ml;;\n"));
    let done = home.import(&longer);
    assert_eq!((done.new, done.known), (1, 3));
}

#[test]
fn equal_rows_are_as_many_as_they_are() {
    let mut home = Home::furnished();
    let row = "2026-06-01,Detergent,used,70,ml\n";
    let file = home.file("twice.csv", format!("date,supply,what,amount,unit\n{row}{row}"));
    assert_eq!(home.import(&file).new, 2);
    assert_eq!(home.import(&file).new, 0);
}

#[test]
fn wrong_columns_are_asked_for() {
    let mut home = Home::furnished();
    let file = home.file("odd.csv", "colour,shape\nred,round\n");
    let view = home.look(&file, None).unwrap();
    assert_eq!(view.missing, [Missing::Date, Missing::Supply, Missing::Amount, Missing::What]);
    assert_eq!((view.rows, view.new, view.columns[1].examples[0].as_str()), (1, 0, "round"));
    let error = home.take(&file, &view, true).unwrap_err();
    assert_eq!(error.code, Code::BadFile);
    // Rows with more or fewer cells than the header are refused alone.
    let file = home.file("cells.csv", "date,supply,what,amount\n2026-06-01,Detergent,used\n2026-06-01,Detergent,used,5,,\n2026-06-02,Detergent,used,5,x\n");
    let view = home.look(&file, None).unwrap();
    assert_eq!(refusals(&view), [(2, Refusal::Cells), (4, Refusal::Cells)]);
    assert_eq!(view.new, 1);
}

#[test]
fn the_mapping_says_what_the_header_does_not() {
    let mut home = Home::furnished();
    let file = home.file("mine.csv", "a,b,c\n1/6/2026,wash,70\n2/6/2026,other,5\n");
    let view = home.look(&file, None).unwrap();
    assert_eq!(view.missing, [Missing::Date, Missing::Supply, Missing::Amount, Missing::What]);
    let mut plan = view.plan;
    plan.columns = vec![Role::Date, Role::Supply, Role::Amount];
    plan.what = Some(Happened::Used);
    plan.sent = vec![
        Sent { name: "wash".into(), goes: Goes::To { slot: detergent().id } },
        Sent { name: "other".into(), goes: Goes::Nowhere {} },
    ];
    let view = home.look(&file, Some(&plan)).unwrap();
    assert_eq!((view.missing.as_slice(), view.strokes), (&[Missing::Dates][..], true));
    plan.dates = Some(Dates::DayFirst);
    let view = home.look(&file, Some(&plan)).unwrap();
    assert_eq!((view.new, view.left_out, view.sample[0].fate), (1, 1, Fate::New));
    assert_eq!(view.sample[0].supply, "Washing machine / Detergent");
    home.take(&file, &view, false).unwrap();
    home.folds();
}

#[test]
fn dates_in_three_formats_are_read_or_told_row_by_row() {
    let home = Home::furnished();
    let rows = |dates: &[&str]| {
        let rows: String = dates.iter().map(|date| format!("{date},Detergent,used,5\n")).collect();
        format!("date,supply,what,amount\n{rows}")
    };
    // One stroke date shows the order: the rest follows it.
    let file = home.file("clear.csv", rows(&["2026-06-01", "02.06.2026", "25/06/2026", "03/06/2026"]));
    let view = home.look(&file, None).unwrap();
    assert_eq!((view.plan.dates, view.new), (Some(Dates::DayFirst), 4));
    assert_eq!(
        view.sample[3].at,
        chrono::NaiveDate::from_ymd_opt(2026, 6, 3)
            .unwrap()
            .and_hms_opt(12, 0, 0)
            .unwrap()
            .and_utc()
            .timestamp_millis()
    );
    // Nothing shows it, or both are shown: it is asked, and rows of the other order are told.
    for dates in [&["03/06/2026"][..], &["25/06/2026", "06/25/2026"][..]] {
        let view = home.look(&home.file("asked.csv", rows(dates)), None).unwrap();
        assert_eq!(view.missing, [Missing::Dates], "{dates:?}");
    }
    let file =
        home.file("mixed.csv", rows(&["25/06/2026", "06/25/2026", "June", "2027-01-01", "1950-01-01", ""]));
    let view = home.look(&file, None).unwrap();
    let plan = ImportPlan { dates: Some(Dates::MonthFirst), ..view.plan };
    let view = home.look(&file, Some(&plan)).unwrap();
    assert_eq!(
        refusals(&view),
        [
            (2, Refusal::BadDate),
            (4, Refusal::BadDate),
            (5, Refusal::NotThen),
            (6, Refusal::NotThen),
            (7, Refusal::NoDate)
        ]
    );
}

#[test]
fn rows_that_cannot_be_are_told_by_their_line() {
    let mut home = Home::furnished();
    let text = "date,supply,what,amount,unit,packs,price\n\
        2026-06-01,Detergent,used,many,ml,,\n\
        2026-06-01,Detergent,used,5,kg,,\n\
        2026-06-01,Detergent,used,0,ml,,\n\
        2026-06-01,Detergent,exploded,5,ml,,\n\
        2026-06-01,,used,5,ml,,\n\
        2026-06-01,Detergent,used,,ml,,\n\
        2026-06-01,Detergent,bought,5,ml,1.5,\n\
        2026-06-01,Detergent,bought,5,ml,2,cheap\n\
        2026-06-01,Black ink,level,120,%,,\n\
        2026-06-01,Black ink,counted,120,%,,\n\
        2026-06-01,Detergent,used,99999999999,ml,,\n";
    let file = home.file("bad.csv", text);
    let view = home.look(&file, None).unwrap();
    use Refusal::*;
    let expected = [BadAmount, BadUnit, BadAmount, BadWhat, NoSupply, NoAmount, BadPacks, BadPrice];
    let mut expected: Vec<(u64, Refusal)> = (2..).zip(expected).collect();
    expected.extend([(11, BadAmount), (12, BadAmount)]);
    assert_eq!(refusals(&view), expected);
    assert_eq!(view.new, 1, "a printer's slip above 100 % is let in, as when it is read");
    let before = home.export();
    let error = home.take(&file, &view, false).unwrap_err();
    assert!(error.message.contains("Line 2"), "{}", error.message);
    assert_eq!(home.export(), before);
}

#[test]
fn every_encoding_is_read_and_a_mixture_is_told() {
    let text = "Datum;Produkt;Vorgang;Menge;Notiz\n01.06.2026;Spüli;gekauft;2;für die Küche\n";
    let utf16 = |mark: &[u8], big: bool| {
        let units = text.encode_utf16();
        let bytes = units.flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() });
        mark.iter().copied().chain(bytes).collect::<Vec<u8>>()
    };
    let windows = encoding_rs::WINDOWS_1252.encode(text).0.into_owned();
    let cases = [
        (text.as_bytes().to_vec(), "UTF-8"),
        ([b"\xEF\xBB\xBF", text.as_bytes()].concat(), "UTF-8"),
        (utf16(b"\xFF\xFE", false), "UTF-16LE"),
        (utf16(b"\xFE\xFF", true), "UTF-16BE"),
        (utf16(b"", false), "UTF-16LE"),
        (windows.clone(), "windows-1252"),
    ];
    for (bytes, encoding) in cases {
        let mut home = Home::empty();
        let file = home.file("kueche.csv", &bytes);
        let view = home.look(&file, None).unwrap();
        assert_eq!((view.encoding.as_str(), view.names[0].name.as_str()), (encoding, "Spüli"));
        assert_eq!((view.columns[0].header.as_str(), view.devices, view.slots), ("Datum", 1, 1));
        home.import(&file);
        assert_eq!(home.household.devices[0].endpoint.name, "kueche");
    }
    // One line of another encoding is refused, not shown as what it is not.
    let home = Home::empty();
    let good = "01.06.2026;Spüli;gekauft;2;über\n".as_bytes();
    let odd = encoding_rs::WINDOWS_1252.encode("02.06.2026;Spüli;gekauft;1;\n").0.into_owned();
    let view = home.look(&home.file("mixed.csv", [text.as_bytes(), good, &odd].concat()), None).unwrap();
    assert_eq!((refusals(&view), view.new), (vec![(4, Refusal::Encoding)], 2));
    let more = [windows.as_slice(), &odd, &odd, "03.06.2026;Spüli;gekauft;1;\n".as_bytes()].concat();
    let view = home.look(&home.file("mixed2.csv", more), None).unwrap();
    assert_eq!((view.encoding.as_str(), refusals(&view)), ("windows-1252", vec![(5, Refusal::Encoding)]));
}

#[test]
fn every_separator_is_read() {
    for (separator, first) in [(",", ""), (";", ""), ("\t", ""), ("|", ""), (";", "sep=;\n")] {
        let row = |cells: [&str; 4]| cells.join(separator);
        let text = format!(
            "{first}{}\n{}\n\n{}\r\n",
            row(["date", "supply", "what", "amount"]),
            row(["2026-06-01", "\"De\"\"ter, gent;\"", "used", "5"]),
            row(["2026-06-02", "\"De\"\"ter, gent;\"", "used", "5"]),
        );
        let home = Home::empty();
        let view = home.look(&home.file("t.csv", text), None).unwrap();
        assert_eq!((view.new, view.names[0].name.as_str()), (2, "De\"ter, gent;"), "{separator:?}");
    }
}

#[test]
fn files_that_are_no_tables_are_refused() {
    let home = Home::empty();
    let cases: [(&[u8], &str); 4] = [
        (b"", "empty"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "no text"),
        (b"\n\n\n", "name the columns"),
        (b"date,supply\n2026-06-01,\"open", ""),
    ];
    for (bytes, says) in cases {
        match home.look(&home.file("x.csv", bytes), None) {
            Err(error) => assert!(error.code == Code::BadFile && error.message.contains(says), "{error}"),
            Ok(view) => assert!(says.is_empty() && !view.missing.is_empty()),
        }
    }
    // A quotation mark that is never closed does not fill memory.
    let long = format!("date,supply\n\"{}", "x".repeat(5 << 20));
    let error = home.look(&home.file("x.csv", long), None).unwrap_err();
    assert!(error.message.contains("longer than 4 MB"), "{error}");
    let wide = "a,".repeat(300);
    assert!(home.look(&home.file("x.csv", wide), None).unwrap_err().message.contains("200 columns"));
    assert_eq!(home.look(&home.place("nowhere.csv"), None).unwrap_err().code, Code::BadFile);
}

#[test]
fn many_rows_are_imported_in_one_step_and_once() {
    let mut home = Home::furnished();
    let mut text = String::from("date,supply,what,amount\n");
    for n in 0..20_000 {
        let at = minute(n * 10);
        text.push_str(&format!("{},Black ink,level,{}\n", at.to_rfc3339(), 100 - n % 90));
    }
    let file = home.file("many.csv", text);
    assert_eq!(home.import(&file).new, 20_000);
    assert_eq!(home.import(&file).known, 20_000);
    home.folds();
}
