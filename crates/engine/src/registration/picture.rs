//! Looking at a device's picture: its format by its content, its size in bytes and pixels, and whether its border is
//! white or lets through what is behind. A picture can come from anywhere, so nothing of it is decoded before its size
//! is known to be bearable.

use crate::error::{Code, Error};
use image::{DynamicImage, ImageDecoder, ImageReader, Limits};
use refill_domain::registration::{Background, DossierImage, ImageFormat};
use std::io::{Cursor, Read};
use std::path::Path;

/// Bytes of a picture that is looked at: more than the console takes, so that it can be told by how much.
pub const LOOK_MAX: usize = 16 * 1024 * 1024;

/// Pixels of a picture that is decoded.
const PIXELS_MAX: u64 = 24_000_000;

/// Pixels of a side.
const SIDE_MAX: u32 = 12_000;

/// Bytes a decoder may take.
const ALLOC_MAX: u64 = 256 * 1024 * 1024;

/// From here on a channel counts as white: what JPEG makes of white is a little less.
const WHITE: u32 = 245;

/// Up to here a pixel lets everything through.
const CLEAR: u8 = 10;

fn bad(message: impl Into<String>) -> Error {
    Error::new(Code::BadFile, message).at("image")
}

/// Reads a picture's file, up to what is looked at.
///
/// # Errors
/// `BadFile`: it can't be read, or has too many bytes.
pub fn open(path: &Path) -> Result<Vec<u8>, Error> {
    let unread = |cause: std::io::Error| bad("This picture can't be read.").caused_by(cause);
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(unread)?;
    file.take(LOOK_MAX as u64 + 1).read_to_end(&mut bytes).map_err(unread)?;
    if bytes.len() > LOOK_MAX { Err(too_large()) } else { Ok(bytes) }
}

fn too_large() -> Error {
    bad("This file has more than 16 MB, which no device picture needs. The console takes 1 MB.")
}

/// What a picture is.
///
/// # Errors
/// `BadFile`: none of the four formats, broken, or too large to be looked at.
pub fn look(file: &str, bytes: &[u8]) -> Result<DossierImage, Error> {
    if bytes.len() > LOOK_MAX {
        return Err(too_large());
    }
    let (format, decoder) = match image::guess_format(bytes) {
        Ok(image::ImageFormat::Bmp) => (ImageFormat::Bmp, image::ImageFormat::Bmp),
        Ok(image::ImageFormat::Jpeg) => (ImageFormat::Jpg, image::ImageFormat::Jpeg),
        Ok(image::ImageFormat::Png) => (ImageFormat::Png, image::ImageFormat::Png),
        Ok(image::ImageFormat::Gif) => (ImageFormat::Gif, image::ImageFormat::Gif),
        Ok(_) | Err(_) => return Err(bad("This is no picture the console takes: BMP, JPG, PNG or GIF.")),
    };
    let broken =
        |cause| bad("This picture is broken and can't be shown.").caused_by(anyhow::Error::from(cause));
    let mut limits = Limits::default();
    (limits.max_image_width, limits.max_image_height) = (Some(SIDE_MAX), Some(SIDE_MAX));
    limits.max_alloc = Some(ALLOC_MAX);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), decoder);
    reader.limits(limits);
    let decoder = reader.into_decoder().map_err(broken)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > PIXELS_MAX {
        return Err(bad(format!(
            "This picture has {width} × {height} pixels, which is too many to look at."
        )));
    }
    let picture = DynamicImage::from_decoder(decoder).map_err(broken)?;
    let background = border(&picture);
    let bytes = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    Ok(DossierImage { file: file.to_owned(), bytes, format, width, height, background })
}

/// What its outermost pixels are.
fn border(picture: &DynamicImage) -> Background {
    let picture = picture.to_rgba8();
    let (width, height) = picture.dimensions();
    let (mut white, mut clear, mut all) = (0u64, 0u64, 0u64);
    let mut count = |x: u32, y: u32| {
        let [red, green, blue, alpha] = picture.get_pixel(x, y).0;
        all += 1;
        if alpha <= CLEAR {
            clear += 1;
        } else {
            // As it looks on white.
            let on_white = |channel: u8| {
                let alpha = u32::from(alpha);
                (u32::from(channel) * alpha + 255 * (255 - alpha)) / 255
            };
            white += u64::from([red, green, blue].into_iter().all(|channel| on_white(channel) >= WHITE));
        }
    };
    for x in 0..width {
        for y in [0, height.saturating_sub(1)].into_iter().take(height.min(2) as usize) {
            count(x, y);
        }
    }
    for y in 1..height.saturating_sub(1) {
        for x in [0, width.saturating_sub(1)].into_iter().take(width.min(2) as usize) {
            count(x, y);
        }
    }
    Background::of(white, clear, all)
}
