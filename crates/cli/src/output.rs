//! The one place that writes to the terminal. Whatever a device or a person named something, no control or
//! direction-changing character of it reaches stdout or stderr; a reader that closes its end ends the program quietly.

use crate::failure::{Exit, Failure};
use refill_engine::sources::label::is_invisible;
use serde::Serialize;
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

/// Spaces between two columns.
const GAP: &str = "  ";

/// Where results go.
#[derive(Debug, Clone, Copy)]
pub struct Out {
    json: bool,
}

/// A sentence on stderr as JSON.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Remark<'a> {
    Error(&'a Failure),
    Warning(&'a Failure),
}

impl Out {
    /// Text, or one JSON document.
    pub fn new(json: bool) -> Self {
        Self { json }
    }

    /// Whether JSON is wanted.
    pub fn is_json(self) -> bool {
        self.json
    }

    /// Prints the JSON document, or the lines.
    pub fn show<T: Serialize>(
        self,
        value: &T,
        lines: impl FnOnce() -> Result<Vec<String>, Failure>,
    ) -> Result<(), Failure> {
        if self.json { self.document(value) } else { self.lines(&lines()?) }
    }

    /// Tells somebody who waits, on stderr, what to do meanwhile.
    pub fn tell(self, code: &str, message: &str) {
        if self.json {
            return self.warn(code, message);
        }
        // Nobody reads stderr: nobody to tell.
        let _ = writeln!(io::stderr().lock(), "{}", plain(message));
    }

    /// Prints a JSON document.
    pub fn document<T: Serialize>(self, value: &T) -> Result<(), Failure> {
        let text = serde_json::to_string_pretty(value)
            .map_err(|cause| Failure::new("unexpected", format!("The result can't be written: {cause}.")))?;
        self.raw(format!("{}\n", escaped(&text)).as_bytes())
    }

    /// Prints lines of text.
    pub fn lines(self, lines: &[String]) -> Result<(), Failure> {
        let mut text = String::new();
        for line in lines {
            text.push_str(plain(line).trim_end());
            text.push('\n');
        }
        self.raw(text.as_bytes())
    }

    /// Writes bytes to stdout as they are: a picture asked for with `-`.
    pub fn raw(self, bytes: &[u8]) -> Result<(), Failure> {
        let mut stdout = io::stdout().lock();
        stdout.write_all(bytes)?;
        Ok(stdout.flush()?)
    }

    /// Says something beside the result.
    pub fn warn(self, code: &str, message: impl Into<String>) {
        self.remark(&Remark::Warning(&Failure::new(code, message)));
    }

    fn remark(self, remark: &Remark<'_>) {
        let (Remark::Error(failure) | Remark::Warning(failure)) = remark;
        let line = if self.json {
            serde_json::to_string(remark).map_or_else(|_| plain(&failure.message), |json| escaped(&json))
        } else {
            match &failure.field {
                Some(field) => format!("refillctl: {}: {}", plain(field), plain(&failure.message)),
                None => format!("refillctl: {}", plain(&failure.message)),
            }
        };
        // Nobody reads stderr: nobody to tell.
        let _ = writeln!(io::stderr().lock(), "{line}");
    }

    /// Says how far long work is, on one line of a terminal; to a file or a pipe nothing.
    pub fn progress(self, done: u64, total: Option<u64>) {
        let mut stderr = io::stderr().lock();
        if self.json || !stderr.is_terminal() {
            return;
        }
        let line = match total.filter(|total| *total > 0) {
            Some(total) if done < total => format!("\r{:3} %", done.saturating_mul(100) / total),
            Some(_) => "\r100 %\r\u{1b}[K".to_owned(),
            None => "\r …\r".to_owned(),
        };
        // Nobody reads stderr: nobody to tell.
        let _ = stderr.write_all(line.as_bytes()).and_then(|()| stderr.flush());
    }

    /// Tells a failure and gives the exit code.
    pub fn end(self, done: Result<(), Failure>) -> ExitCode {
        let Err(failure) = done else { return ExitCode::SUCCESS };
        if failure.exit() != Exit::Quiet {
            self.remark(&Remark::Error(&failure));
        }
        ExitCode::from(failure.exit().code())
    }
}

/// Rows as lines with aligned columns, each indented by two spaces. Columns that are empty everywhere are left out.
pub fn table(rows: &[Vec<String>]) -> Vec<String> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let cells: Vec<Vec<String>> =
        rows.iter().map(|row| row.iter().map(|cell| plain(cell)).collect()).collect();
    let widths: Vec<usize> = (0..columns)
        .map(|at| cells.iter().filter_map(|row| row.get(at)).map(|cell| width(cell)).max().unwrap_or(0))
        .collect();
    cells
        .iter()
        .map(|row| {
            let mut line = String::from(GAP);
            for (cell, wanted) in row.iter().zip(&widths).filter(|(_, wanted)| **wanted > 0) {
                line.push_str(cell);
                line.push_str(&" ".repeat(wanted - width(cell)));
                line.push_str(GAP);
            }
            line.trim_end().to_owned()
        })
        .collect()
}

/// `text` without what could move the cursor or reorder what stands beside it.
pub fn plain(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() && !is_invisible(*c)).collect()
}

/// JSON with such characters as escapes: they can only stand inside its strings.
fn escaped(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        if c != '\n' && (c.is_control() || is_invisible(c)) {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                text.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            text.push(c);
        }
    }
    text
}

/// Columns a text takes: two for what East Asian scripts and full-width forms need.
fn width(text: &str) -> usize {
    let wide = |c: char| {
        matches!(c, '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe6f}' | '\u{ff00}'..='\u{ff60}' | '\u{1f300}'..='\u{1faff}'
        | '\u{20000}'..='\u{3fffd}')
    };
    text.chars().map(|c| if wide(c) { 2 } else { 1 }).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_and_empty_ones_left_out() {
        let row = |cells: [&str; 3]| cells.map(str::to_owned).to_vec();
        let lines = table(&[row(["Black", "", "2%"]), row(["黒", "", "100%"])]);
        assert_eq!(lines, ["  Black  2%", "  黒     100%"]);
    }

    #[test]
    fn nothing_can_move_the_cursor() {
        assert_eq!(plain("a\u{1b}[2J\u{9b}b\r\n\u{202e}c"), "a[2Jbc");
        let json = serde_json::to_string("\u{1b}\u{9b}\u{202e}\u{e0041}ä").unwrap();
        let safe = escaped(&json);
        assert!(!safe.chars().any(|c| c.is_control() || is_invisible(c)), "{safe}");
        assert_eq!(serde_json::from_str::<String>(&safe).unwrap(), "\u{1b}\u{9b}\u{202e}\u{e0041}ä");
    }
}
