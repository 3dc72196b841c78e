//! What must never lie in a file as it is: tokens and credentials of the maker's cloud and of Amazon, and passwords. Every
//! household and every cloud of these journeys is searched when its journey ends, whatever the journey was about.

use crate::world::PASSWORD;
use std::path::Path;

/// How a secret begins: those of the cloud by their prefixes, Amazon's by theirs.
const BEGINNINGS: [&str; 9] = ["rfa_", "rfr_", "rfc_", "rfs_", "rfd_", "rfg_", "rfl_", "Atza|", "Atzr|"];

/// So many characters of a token make it one; random bytes are not.
const ENOUGH: usize = 20;

/// What of a file is a secret, shortened.
fn secrets(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes);
    let of_a_token = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.+/=|".contains(byte);
    let mut found = Vec::new();
    for word in BEGINNINGS {
        let rest = |at: usize| text.as_bytes()[at + word.len()..].iter().take_while(|byte| of_a_token(byte));
        let tokens = text.match_indices(word).filter(|(at, _)| rest(*at).count() >= ENOUGH);
        found.extend(tokens.map(|(at, _)| format!("{word}… at {at}")));
    }
    if text.contains(PASSWORD) {
        found.push("the password".into());
    }
    found
}

/// Searches all files below a folder; how many there were.
///
/// # Panics
/// One of them holds a secret.
pub fn search(folder: &Path) -> usize {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    let mut files = 0;
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        if path.is_dir() {
            files += search(&path);
        } else if let Ok(bytes) = std::fs::read(&path) {
            let found = secrets(&bytes);
            assert!(found.is_empty(), "{} holds {found:?}", path.display());
            files += 1;
        }
    }
    files
}

/// Searches what a journey wrote, unless it has failed already.
pub fn search_at_the_end(folder: &Path) {
    if !std::thread::panicking() {
        assert!(search(folder) > 0, "{} holds nothing to search", folder.display());
    }
}

#[test]
fn a_token_in_a_file_is_found() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("logs")).unwrap();
    let write = |text: &str| std::fs::write(folder.path().join("logs/x.log"), text).unwrap();
    write("rfa_ alone, Atza|short, and a word like surfa_ce are none");
    assert_eq!(search(folder.path()), 1);
    for leak in ["rfr_0123456789abcdefghijklmn", "\u{0}Atza|ABCDEFGHIJKLMNOPQRSTUVWXYZ\u{1}", PASSWORD] {
        write(&format!("GET /x {leak} HTTP"));
        assert!(std::panic::catch_unwind(|| search(folder.path())).is_err(), "{leak}");
    }
}
