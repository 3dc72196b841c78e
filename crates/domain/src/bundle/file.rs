//! The bundle as a file: a name, a version and the bundle, in JSON. It comes from anybody, so it is taken in exactly the
//! form that is written, or not at all.

use super::document::Bundle;
use serde::{Deserialize, Serialize};

/// What the document calls itself.
pub const FORMAT: &str = "refill-support-bundle";

/// The version that is written, and the newest that is read.
pub const VERSION: u32 = 1;

/// Bytes of a document that is read at all.
pub const BUNDLE_MAX: usize = 8 * 1024 * 1024;

/// Why a file is no support bundle.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadBundle {
    /// Above [`BUNDLE_MAX`].
    #[error("a support file has at most 8 MB, this one has more; ask the customer to save it again")]
    TooLarge,
    /// Not JSON, or JSON of something else.
    #[error("this is no support file of Refill: {0}")]
    NotOne(String),
    /// Written by a newer program.
    #[error("a newer Refill wrote this support file (version {0}); get the update")]
    Newer(u32),
    /// A member that can't be.
    #[error("this support file was damaged or changed: {0}")]
    Shape(String),
}

#[derive(Deserialize)]
struct Head {
    format: String,
    version: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document<B> {
    format: String,
    version: u32,
    bundle: B,
}

/// What serde says may quote the file.
fn said(cause: &serde_json::Error) -> String {
    crate::alexa::plain_text(&cause.to_string(), 200)
}

/// Reads a bundle.
///
/// # Errors
/// [`BadBundle`], with line and column where there is a place.
pub fn read(bytes: &[u8]) -> Result<Bundle, BadBundle> {
    if bytes.len() > BUNDLE_MAX {
        return Err(BadBundle::TooLarge);
    }
    let head: Head = serde_json::from_slice(bytes).map_err(|cause| BadBundle::NotOne(said(&cause)))?;
    if head.format != FORMAT {
        return Err(BadBundle::NotOne("its format is another one".to_owned()));
    }
    match head.version {
        1..=VERSION => {}
        0 => return Err(BadBundle::NotOne("there is no version 0".to_owned())),
        newer => return Err(BadBundle::Newer(newer)),
    }
    let document: Document<Bundle> =
        serde_json::from_slice(bytes).map_err(|cause| BadBundle::Shape(said(&cause)))?;
    Ok(document.bundle)
}

/// The bundle as a file, with a line break at its end.
pub fn write(bundle: &Bundle) -> String {
    let document = Document { format: FORMAT.to_owned(), version: VERSION, bundle };
    // Its keys are texts and its values have a form each, so there is nothing that could fail.
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    text
}
