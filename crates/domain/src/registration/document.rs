//! The dossier as a file: a name, a version and the dossier, in JSON. What is written is read again as it was; what is
//! not of this form is refused with the place where it goes wrong, whatever its size or depth.

use super::Dossier;
use serde::de::{self, Deserializer, MapAccess, Visitor};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

/// What the document calls itself.
pub const FORMAT: &str = "refill-dossier";

/// The version that is written, and the newest that is read.
pub const VERSION: u32 = 1;

/// Bytes of a document that is read at all.
pub const DOSSIER_MAX: usize = 1024 * 1024;

/// Why a text is no dossier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadDossier {
    /// Above [`DOSSIER_MAX`].
    #[error("a dossier has at most 1 MB, this file has more")]
    TooLarge,
    /// Not JSON, or JSON of something else.
    #[error("this is no dossier of a device model: {0}")]
    NotOne(String),
    /// Written by a newer program.
    #[error("a newer Refill wrote this dossier (version {0}); get the update")]
    Newer(u32),
    /// A member that can't be.
    #[error("the dossier can't be read: {0}")]
    Shape(String),
}

#[derive(Deserialize)]
struct Head {
    format: String,
    version: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document<D> {
    format: String,
    version: u32,
    dossier: D,
}

/// Reads a dossier.
///
/// # Errors
/// [`BadDossier`], with line and column where there is a place.
pub fn read(bytes: &[u8]) -> Result<Dossier, BadDossier> {
    if bytes.len() > DOSSIER_MAX {
        return Err(BadDossier::TooLarge);
    }
    // Editors on Windows begin files with a mark that JSON does not know.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let head: Head = serde_json::from_slice(bytes).map_err(|cause| BadDossier::NotOne(cause.to_string()))?;
    if head.format != FORMAT {
        let format: String = head.format.chars().take(40).collect();
        return Err(BadDossier::NotOne(format!("its format is {format:?}")));
    }
    match head.version {
        1..=VERSION => {}
        0 => return Err(BadDossier::NotOne("there is no version 0".to_owned())),
        newer => return Err(BadDossier::Newer(newer)),
    }
    let document: Document<Dossier> =
        serde_json::from_slice(bytes).map_err(|cause| BadDossier::Shape(cause.to_string()))?;
    Ok(document.dossier)
}

/// The dossier as a file, with a line break at its end.
pub fn write(dossier: &Dossier) -> String {
    let document = Document { format: FORMAT.to_owned(), version: VERSION, dossier };
    // Its keys are texts and its values have a form each, so there is nothing that could fail.
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    text
}

/// A map whose keys stand once each.
pub(super) fn once<'de, D, K, V>(from: D) -> Result<BTreeMap<K, V>, D::Error>
where
    D: Deserializer<'de>,
    K: Deserialize<'de> + Ord,
    V: Deserialize<'de>,
{
    struct Once<K, V>(PhantomData<(K, V)>);

    impl<'de, K: Deserialize<'de> + Ord, V: Deserialize<'de>> Visitor<'de> for Once<K, V> {
        type Value = BTreeMap<K, V>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut from: A) -> Result<Self::Value, A::Error> {
            let mut map = BTreeMap::new();
            while let Some((key, value)) = from.next_entry()? {
                if map.insert(key, value).is_some() {
                    return Err(de::Error::custom("a language or country stands there twice"));
                }
            }
            Ok(map)
        }
    }

    from.deserialize_map(Once(PhantomData))
}
