//! Dossiers on disk: read with a limit, judged together with the picture that lies beside them, written whole or not at
//! all. A folder holds everything somebody needs who fills in the console, and is never mixed with files that were there.

use super::picture;
use super::sentences::Sentences;
use super::sheet;
use crate::error::{Code, Error};
use crate::transfer::{unwritten, write_whole};
use chrono::NaiveDate;
use refill_domain::locale::Locale;
use refill_domain::registration::{
    self as rules, ARRIVAL_MAX, Arrival, DOSSIER_MAX, Dossier, DossierImage, Topic, Verdict, arrivals, judge,
    letter, preview,
};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

/// What became of the picture a dossier names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Beside {
    /// It names none.
    None,
    /// It lies beside the dossier and was looked at.
    Looked,
    /// It was looked at and is another than the dossier says; what was seen counts.
    Differs,
    /// It does not lie there; what the dossier says of it counts.
    Absent,
}

/// A dossier that was judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// It, with the facts of the picture that was seen.
    pub dossier: Dossier,
    /// What was found.
    pub verdict: Verdict,
    /// What became of its picture.
    pub beside: Beside,
}

fn bad(message: impl Into<String>) -> Error {
    Error::new(Code::BadFile, message).at("file")
}

fn bytes_of(path: &Path, max: usize) -> Result<Vec<u8>, Error> {
    let unread = |cause: std::io::Error| {
        let message = match cause.kind() {
            std::io::ErrorKind::NotFound => format!("{}: there is no such file.", path.display()),
            _ => format!("{} can't be read.", path.display()),
        };
        bad(message).caused_by(cause)
    };
    let mut bytes = Vec::new();
    // One more than is taken, so that what is too large is noticed.
    let file = std::fs::File::open(path).map_err(unread)?;
    file.take(max as u64 + 1).read_to_end(&mut bytes).map_err(unread)?;
    Ok(bytes)
}

fn sentence(cause: &dyn std::error::Error) -> String {
    let text = cause.to_string();
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| format!("{}{}.", first.to_uppercase(), letters.as_str()))
}

/// Reads a dossier.
///
/// # Errors
/// `BadFile`: it can't be read, or is no dossier.
pub fn open(path: &Path) -> Result<Dossier, Error> {
    let bytes = bytes_of(path, DOSSIER_MAX)?;
    rules::read(&bytes).map_err(|cause| bad(sentence(&cause)))
}

/// Writes a dossier, whole or not at all.
///
/// # Errors
/// Why the file can't be written.
pub fn save(path: &Path, dossier: &Dossier) -> Result<u64, Error> {
    text(path, &rules::write(dossier))
}

/// Writes a text file, whole or not at all; gives its bytes.
///
/// # Errors
/// Why it can't be written.
pub fn text(path: &Path, text: &str) -> Result<u64, Error> {
    bytes(path, text.as_bytes())
}

/// Writes a file, whole or not at all; gives its bytes.
///
/// # Errors
/// Why it can't be written.
pub fn bytes(path: &Path, bytes: &[u8]) -> Result<u64, Error> {
    let io = |cause| unwritten(path, cause);
    write_whole(path, |out| out.write_all(bytes).map_err(io)).map(|((), bytes)| bytes)
}

/// Reads what a skill tells Alexa.
///
/// # Errors
/// `BadFile`: it can't be read, or is no such message.
pub fn arrive(path: &Path) -> Result<Vec<Arrival>, Error> {
    let bytes = bytes_of(path, ARRIVAL_MAX)?;
    arrivals(&bytes).map_err(|cause| bad(sentence(&cause)))
}

/// The picture beside a dossier, where its name leads to a file there.
fn picture_of(path: &Path, image: &DossierImage) -> Option<PathBuf> {
    // A name that is none of a plain file is a flaw, and never followed.
    let named = Path::new(&image.file);
    let plain = named.file_name() == Some(named.as_os_str()) && !image.file.contains(['/', '\\', ':']);
    let beside = path.parent().unwrap_or(Path::new("")).join(named);
    (plain && beside.is_file()).then_some(beside)
}

/// Judges a dossier and the picture beside it.
///
/// # Errors
/// `BadFile`: it, or its picture, can't be read.
pub fn check(path: &Path, today: NaiveDate) -> Result<Checked, Error> {
    let mut dossier = open(path)?;
    let beside = match &dossier.image {
        None => Beside::None,
        Some(image) => match picture_of(path, image) {
            None => Beside::Absent,
            Some(beside) => {
                let seen = picture::look(&image.file, &picture::open(&beside)?)?;
                let same = seen == *image;
                dossier.image = Some(seen);
                if same { Beside::Looked } else { Beside::Differs }
            }
        },
    };
    let verdict = judge(&dossier, today);
    Ok(Checked { dossier, verdict, beside })
}

/// Looks at a picture and puts what it is into the dossier. The picture must lie beside the dossier, so that it is found
/// again.
///
/// # Errors
/// `BadFile`: it lies elsewhere, or can't be taken.
pub fn illustrate(path: &Path, picture_path: &Path) -> Result<Dossier, Error> {
    let mut dossier = open(path)?;
    let name = picture_path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let seen = picture::look(name, &picture::open(picture_path)?)?;
    if picture_of(path, &seen).is_none() {
        return Err(
            bad("Put the image into the folder of the dossier, so that it is found again.").at("image")
        );
    }
    dossier.image = Some(seen);
    save(path, &dossier)?;
    Ok(dossier)
}

/// The bytes of the picture beside a dossier, if it lies there and is one.
pub(crate) fn image_bytes(path: &Path, dossier: &Dossier) -> Option<Vec<u8>> {
    let image = dossier.image.as_ref()?;
    let bytes = picture::open(&picture_of(path, image)?).ok()?;
    picture::look(&image.file, &bytes).is_ok().then_some(bytes)
}

/// The dossier as a sheet for print, with the picture beside it.
///
/// # Errors
/// `BadFile`, as [`check`].
pub fn sheet(path: &Path, say: Sentences, today: NaiveDate, locale: Locale) -> Result<String, Error> {
    let checked = check(path, today)?;
    let picture = image_bytes(path, &checked.dossier);
    Ok(sheet::html(&checked.dossier, &checked.verdict, picture.as_deref(), say, locale))
}

/// Writes everything into a new folder: the dossier, the sheet, what Alexa is told, a letter and the picture. Gives the
/// names of the files.
///
/// # Errors
/// `BadFile` as [`check`], or the folder is there and not empty, or can't be written.
pub fn folder(
    path: &Path,
    to: &Path,
    say: Sentences,
    today: NaiveDate,
    locale: Locale,
) -> Result<Vec<String>, Error> {
    let checked = check(path, today)?;
    let dossier = &checked.dossier;
    std::fs::create_dir_all(to).map_err(|cause| unwritten(to, cause))?;
    let mut there = std::fs::read_dir(to).map_err(|cause| unwritten(to, cause))?;
    if there.next().is_some() {
        return Err(bad("There are files in this folder already. Choose a new one.").at("to"));
    }
    let picture = image_bytes(path, dossier);
    let asked = letter(dossier, Topic::Question);
    let mail = format!("Type: {}\nSubject: {}\n\n{}\n", asked.form, asked.subject, asked.description);
    let mut files = vec![
        ("dossier.json".to_owned(), rules::write(dossier).into_bytes()),
        (
            "dossier.html".to_owned(),
            sheet::html(dossier, &checked.verdict, picture.as_deref(), say, locale).into_bytes(),
        ),
        ("discover-response.json".to_owned(), format!("{}\n", preview(dossier, locale).json).into_bytes()),
        ("contact.txt".to_owned(), mail.into_bytes()),
    ];
    if let (Some(image), Some(bytes)) = (&dossier.image, picture) {
        files.push((image.file.clone(), bytes));
    }
    for (name, content) in &files {
        bytes(&to.join(name), content)?;
    }
    Ok(files.into_iter().map(|(name, _)| name).collect())
}
