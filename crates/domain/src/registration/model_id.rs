//! Model IDs: at most 64 of `[A-Za-z0-9-+_]`, as `scope_data` takes them (protocols 7.1). The generated ones are ours
//! to shape; their randomness comes in from outside.

use super::MODEL_MAX;
use std::fmt::Write;

/// Whether a text can be a model ID.
pub fn is_model_id(text: &str) -> bool {
    let fits = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'+' | b'_');
    (1..=MODEL_MAX).contains(&text.len()) && text.bytes().all(fits)
}

/// A model ID that nobody else has, made of the device's name, as far as it can stand in one, and 64 random bits.
pub fn generated_model_id(name: &str, random: [u8; 8]) -> String {
    let mut id = String::new();
    for word in name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()) {
        // Sixteen digits and their dash follow.
        if id.len() + word.len() + 1 > MODEL_MAX - 17 {
            break;
        }
        if !id.is_empty() {
            id.push('-');
        }
        id.push_str(word);
    }
    if !id.is_empty() {
        id.push('-');
    }
    for byte in random {
        // Writing to a String can't fail.
        let _ = write!(id, "{byte:02x}");
    }
    id
}
