//! What is known of a device's picture: facts, judged here; the picture itself stays a file beside the dossier. Whoever
//! decodes it measures the border, this says what the measures mean.

use serde::{Deserialize, Serialize};

/// Bytes of a picture (protocols 7.1: 1 MB, taken as the smaller million).
pub const IMAGE_MAX: u64 = 1_000_000;

/// Of a thousand border pixels, as many must be of one kind to make a background.
const MOST: u64 = 950;

/// A picture's file and what it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct DossierImage {
    /// Its file beside the dossier, without folders.
    pub file: String,
    /// Its size.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub bytes: u64,
    /// What its content is, whatever it is called.
    pub format: ImageFormat,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// What its border is.
    pub background: Background,
}

/// The formats the console takes (protocols 7.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum ImageFormat {
    /// Windows bitmap.
    Bmp,
    /// JPEG.
    Jpg,
    /// PNG.
    Png,
    /// GIF; its first picture counts.
    Gif,
}

impl ImageFormat {
    /// The ending of its file.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Bmp => "bmp",
            Self::Jpg => "jpg",
            Self::Png => "png",
            Self::Gif => "gif",
        }
    }
}

/// What a picture's border pixels are, in thousandths of all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Background {
    /// White, or so near that nobody sees a difference.
    pub white: u16,
    /// Let through what is behind.
    pub transparent: u16,
}

impl Background {
    /// Of counted border pixels.
    pub fn of(white: u64, transparent: u64, all: u64) -> Self {
        let part = |of: u64| {
            let thousandths = of.min(all).saturating_mul(1000).checked_div(all).unwrap_or(0);
            u16::try_from(thousandths).unwrap_or(1000)
        };
        Self { white: part(white), transparent: part(transparent) }
    }

    /// Whether it is the white or transparent background the console asks for. A device may touch the border a little.
    /// White and clear pixels together are one too: both look white in a mail.
    pub fn fits(self) -> bool {
        u64::from(self.white) + u64::from(self.transparent) >= MOST
    }
}

/// Whether a text names a file and nothing else: no folder, no device, no trick.
pub(super) fn is_plain_file(name: &str) -> bool {
    let odd = |c: char| c.is_control() || matches!(c, '/' | '\\' | ':');
    !name.is_empty() && name.len() <= 200 && !name.starts_with('.') && !name.chars().any(odd)
}
