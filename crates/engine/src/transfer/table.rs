//! Tables as they come: UTF-8 with or without a mark, UTF-16, Windows-1252; parted by comma, semicolon, tab or bar. What
//! is of another encoding than the rest of the file is refused line by line, never guessed; a line longer than any true
//! one ends the reading before it fills memory.

use super::{Course, bad_file, unread};
use crate::error::Error;
use crate::view::Refusal;
use encoding_rs::{Decoder, UTF_16BE, UTF_16LE, WINDOWS_1252};
use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;
use std::rc::Rc;

/// The longest line or element, in bytes.
const LINE_MAX: u64 = 4 << 20;

/// Bytes looked at for UTF-16 without a mark, and for the separator.
const HEAD: usize = 1 << 16;

/// Most columns of a table.
pub const COLUMNS_MAX: usize = 200;

#[derive(Debug, Default)]
struct Count {
    newlines: Cell<u64>,
    bytes: Cell<u64>,
    since: Cell<u64>,
    total: Cell<Option<u64>>,
}

/// Counts the lines and bytes that pass through its readers, and holds each piece below [`LINE_MAX`].
#[derive(Debug, Default, Clone)]
pub struct Lines(Rc<Count>);

impl Lines {
    /// Lines of a file of known size.
    pub fn of(total: u64) -> Self {
        let lines = Self::default();
        lines.0.total.set(Some(total));
        lines
    }

    /// A reader that is counted.
    pub fn reader<R: Read>(&self, inner: R) -> Counted<R> {
        Counted { inner, count: self.0.clone() }
    }

    /// The line that is being read, from 1.
    pub fn line(&self) -> u64 {
        self.0.newlines.get() + 1
    }

    /// Bytes read.
    pub fn bytes(&self) -> u64 {
        self.0.bytes.get()
    }

    /// Bytes there are, where that is known.
    pub fn total(&self) -> Option<u64> {
        self.0.total.get()
    }

    /// A piece was read to its end.
    pub fn piece_ends(&self) {
        self.0.since.set(0);
    }
}

/// See [`Lines::reader`].
#[derive(Debug)]
pub struct Counted<R> {
    inner: R,
    count: Rc<Count>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        let count = &self.count;
        let newlines = buffer.iter().take(read).filter(|byte| **byte == b'\n').count();
        count.newlines.set(count.newlines.get() + newlines as u64);
        count.bytes.set(count.bytes.get() + read as u64);
        count.since.set(count.since.get() + read as u64);
        if count.since.get() > LINE_MAX {
            return Err(io::Error::other("a line is longer than 4 MB; a quotation mark may be open"));
        }
        Ok(read)
    }
}

/// The encoding of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, with or without a mark.
    Utf8,
    /// UTF-16, least byte first.
    Utf16Le,
    /// UTF-16, most byte first.
    Utf16Be,
    /// What Windows wrote in Western Europe.
    Windows1252,
}

impl Encoding {
    /// Its name on the web.
    pub fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Utf16Le => "UTF-16LE",
            Self::Utf16Be => "UTF-16BE",
            Self::Windows1252 => "windows-1252",
        }
    }
}

/// How a table is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// Its encoding.
    pub encoding: Encoding,
    /// What parts its columns.
    pub separator: u8,
    /// Bytes of it.
    pub size: u64,
}

impl Shape {
    /// Looks at every byte of a file.
    ///
    /// # Errors
    /// `BadFile` when it is empty, no text or can't be read; `Cancelled`.
    pub fn of(path: &Path, course: &Course) -> Result<Self, Error> {
        let failed = |cause| unread(path, cause);
        let mut file = File::open(path).map_err(failed)?;
        let size = file.metadata().map_err(failed)?.len();
        let (mut head, mut look) = (Vec::new(), Utf8Look::default());
        let mut buffer = vec![0; HEAD];
        let mut done = 0;
        loop {
            let read = file.read(&mut buffer).map_err(failed)?;
            let Some(bytes) = buffer.get(..read).filter(|bytes| !bytes.is_empty()) else { break };
            if head.len() < HEAD {
                head.extend_from_slice(bytes);
            }
            look.take(bytes);
            done += read as u64;
            course.at(done, Some(size))?;
        }
        look.end();
        let encoding = match head.as_slice() {
            [] => return Err(bad_file("This file is empty. Choose another file.")),
            [0xFF, 0xFE, ..] => Encoding::Utf16Le,
            [0xFE, 0xFF, ..] => Encoding::Utf16Be,
            head => utf16_unmarked(head).unwrap_or_else(|| look.encoding()),
        };
        if !matches!(encoding, Encoding::Utf16Le | Encoding::Utf16Be) && look.zeros {
            return Err(bad_file("This is no text file. Choose a CSV file or an export of Refill."));
        }
        let text = decoded_head(&head, encoding);
        Ok(Self { encoding, separator: separator(&text), size })
    }

    /// Whether the file begins as our own export does.
    pub fn is_document(path: &Path) -> Result<bool, Error> {
        let mut head = Vec::new();
        let file = File::open(path).map_err(|cause| unread(path, cause))?;
        file.take(64).read_to_end(&mut head).map_err(|cause| unread(path, cause))?;
        let text = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&head);
        Ok(text.trim_ascii_start().first() == Some(&b'{'))
    }
}

/// What a file looks like when it is read as UTF-8.
#[derive(Default)]
struct Utf8Look {
    rest: Vec<u8>,
    characters: u64,
    invalid: u64,
    zeros: bool,
}

impl Utf8Look {
    fn take(&mut self, bytes: &[u8]) {
        self.zeros |= bytes.contains(&0);
        let mut all = std::mem::take(&mut self.rest);
        all.extend_from_slice(bytes);
        let mut at = all.as_slice();
        loop {
            match std::str::from_utf8(at) {
                Ok(text) => {
                    self.characters += text.chars().filter(|c| !c.is_ascii()).count() as u64;
                    return;
                }
                Err(cause) => {
                    let (good, bad) = at.split_at(cause.valid_up_to());
                    let good = String::from_utf8_lossy(good);
                    self.characters += good.chars().filter(|c| !c.is_ascii()).count() as u64;
                    let Some(length) = cause.error_len() else {
                        self.rest = bad.to_vec();
                        return;
                    };
                    self.invalid += 1;
                    at = bad.get(length..).unwrap_or_default();
                }
            }
        }
    }

    fn end(&mut self) {
        self.invalid += u64::from(!self.rest.is_empty());
    }

    /// What most of it is in; lines in the other encoding are refused one by one.
    fn encoding(&self) -> Encoding {
        if self.invalid == 0 || self.characters >= self.invalid {
            Encoding::Utf8
        } else {
            Encoding::Windows1252
        }
    }
}

/// Latin text in UTF-16 has a zero in every second byte.
fn utf16_unmarked(head: &[u8]) -> Option<Encoding> {
    let zeros = |odd: usize| head.iter().skip(odd).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd, half) = (zeros(0), zeros(1), head.len() / 2);
    if odd > half / 2 && even < half / 10 {
        Some(Encoding::Utf16Le)
    } else if even > half / 2 && odd < half / 10 {
        Some(Encoding::Utf16Be)
    } else {
        None
    }
}

fn decoded_head(head: &[u8], encoding: Encoding) -> String {
    match encoding {
        Encoding::Utf8 => String::from_utf8_lossy(head).into_owned(),
        Encoding::Utf16Le => UTF_16LE.decode(head).0.into_owned(),
        Encoding::Utf16Be => UTF_16BE.decode(head).0.into_owned(),
        Encoding::Windows1252 => WINDOWS_1252.decode(head).0.into_owned(),
    }
}

/// What parts the columns of the first line; a line `sep=;` says so.
fn separator(text: &str) -> u8 {
    let text = text.trim_start_matches('\u{feff}');
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    if let Some(said) = first.strip_prefix("sep=").and_then(|said| said.bytes().next()) {
        return said;
    }
    let mut quoted = false;
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0), (b'|', 0)];
    for byte in first.bytes() {
        quoted ^= byte == b'"';
        if let Some((_, count)) = counts.iter_mut().find(|(separator, _)| !quoted && *separator == byte) {
            *count += 1;
        }
    }
    // The first of those that are there as often: a comma is likelier than a bar.
    counts.iter().rev().max_by_key(|(_, count)| *count).map_or(b',', |(separator, _)| *separator)
}

/// UTF-16 as UTF-8.
struct Transcoded<R> {
    inner: R,
    decoder: Decoder,
    raw: Vec<u8>,
    text: Vec<u8>,
    at: usize,
    over: bool,
}

impl<R: Read> Read for Transcoded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.at == self.text.len() && !self.over {
            self.raw.resize(8192, 0);
            let read = self.inner.read(&mut self.raw)?;
            self.over = read == 0;
            self.text.resize(self.decoder.max_utf8_buffer_length(read).unwrap_or(32_768), 0);
            let raw = self.raw.get(..read).unwrap_or_default();
            let (_, _, written, _) = self.decoder.decode_to_utf8(raw, &mut self.text, self.over);
            self.text.truncate(written);
            self.at = 0;
        }
        let rest = self.text.get(self.at..).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        if let (Some(to), Some(from)) = (buffer.get_mut(..count), rest.get(..count)) {
            to.copy_from_slice(from);
        }
        self.at += count;
        Ok(count)
    }
}

/// A row of a table.
#[derive(Debug)]
pub struct Row {
    /// Its first line in the file, from 1.
    pub line: u64,
    /// Its cells without outer space; one for each column.
    pub cells: Result<Vec<String>, (Refusal, String)>,
}

/// A line's number with its cells, or the text of one whose encoding is another.
type Line = (u64, Result<Vec<String>, String>);

/// An open table.
pub struct Table {
    csv: csv::Reader<Box<dyn Read>>,
    record: csv::ByteRecord,
    lines: Lines,
    encoding: Encoding,
    /// The cells of its first row.
    pub header: Vec<String>,
}

impl Table {
    /// Opens a table whose shape is known.
    ///
    /// # Errors
    /// `BadFile`.
    pub fn open(path: &Path, shape: Shape) -> Result<Self, Error> {
        let file = BufReader::new(File::open(path).map_err(|cause| unread(path, cause))?);
        let lines = Lines::of(shape.size);
        let utf16 = |encoding: &'static encoding_rs::Encoding, file| -> Box<dyn Read> {
            let decoder = encoding.new_decoder_with_bom_removal();
            Box::new(Transcoded {
                inner: file,
                decoder,
                raw: Vec::new(),
                text: Vec::new(),
                at: 0,
                over: false,
            })
        };
        let input: Box<dyn Read> = match shape.encoding {
            Encoding::Utf16Le => utf16(UTF_16LE, file),
            Encoding::Utf16Be => utf16(UTF_16BE, file),
            Encoding::Utf8 | Encoding::Windows1252 => Box::new(file),
        };
        let input: Box<dyn Read> = Box::new(lines.reader(input));
        let csv = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(shape.separator)
            .from_reader(input);
        let record = csv::ByteRecord::new();
        let mut table = Self { csv, record, lines, encoding: shape.encoding, header: Vec::new() };
        let mut header = table.read_cells()?;
        if let Some((_, Ok(cells))) = &header
            && cells.first().is_some_and(|cell| cell.starts_with("sep="))
        {
            header = table.read_cells()?;
        }
        match header {
            Some((_, Ok(cells))) if cells.len() <= COLUMNS_MAX => table.header = cells,
            Some((_, Ok(_))) => {
                return Err(bad_file("This table has more than 200 columns. Choose another file."));
            }
            Some((_, Err(_))) | None => {
                return Err(bad_file("The first line of this file can't be read. It must name the columns."));
            }
        }
        Ok(table)
    }

    /// The next row that is not empty.
    ///
    /// # Errors
    /// `BadFile`, or `Cancelled`.
    pub fn next(&mut self, course: &Course) -> Result<Option<Row>, Error> {
        loop {
            let Some((line, cells)) = self.read_cells()? else { return Ok(None) };
            course.at(self.lines.bytes().min(self.lines.total().unwrap_or(u64::MAX)), self.lines.total())?;
            let cells = match cells {
                Ok(cells) if cells.iter().all(String::is_empty) => continue,
                Ok(mut cells) => {
                    while cells.len() > self.header.len() && cells.last().is_some_and(String::is_empty) {
                        cells.pop();
                    }
                    if cells.len() == self.header.len() {
                        Ok(cells)
                    } else {
                        Err((Refusal::Cells, cells.join(" ")))
                    }
                }
                Err(text) => Err((Refusal::Encoding, text)),
            };
            return Ok(Some(Row { line, cells }));
        }
    }

    fn read_cells(&mut self) -> Result<Option<Line>, Error> {
        let more = self.csv.read_byte_record(&mut self.record).map_err(|cause| {
            bad_file(format!("The file can't be read beyond line {}: {cause}.", self.lines.line()))
        })?;
        self.lines.piece_ends();
        if !more {
            return Ok(None);
        }
        let line = self.record.position().map_or(0, csv::Position::line);
        let mut cells = Vec::with_capacity(self.record.len());
        for cell in &self.record {
            match self.decoded(cell) {
                Some(text) => {
                    cells.push(text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}').to_owned());
                }
                None => {
                    let text = self.record.iter().map(String::from_utf8_lossy).collect::<Vec<_>>().join(" ");
                    return Ok(Some((line, Err(text))));
                }
            }
        }
        Ok(Some((line, Ok(cells))))
    }

    /// A cell in the encoding of the file; absent when it is in another.
    fn decoded(&self, cell: &[u8]) -> Option<String> {
        match self.encoding {
            Encoding::Utf8 => std::str::from_utf8(cell).ok().map(str::to_owned),
            Encoding::Utf16Le | Encoding::Utf16Be => {
                std::str::from_utf8(cell).ok().filter(|text| !text.contains('\u{fffd}')).map(str::to_owned)
            }
            Encoding::Windows1252 if cell.is_ascii() => std::str::from_utf8(cell).ok().map(str::to_owned),
            // Bytes that make sense in UTF-8 make none in Windows-1252.
            Encoding::Windows1252 if std::str::from_utf8(cell).is_ok() => None,
            Encoding::Windows1252 => {
                let text = WINDOWS_1252.decode_without_bom_handling(cell).0;
                (!text.chars().any(|c| ('\u{80}'..='\u{9f}').contains(&c))).then(|| text.into_owned())
            }
        }
    }
}
