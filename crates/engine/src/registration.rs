//! Dossiers of device models as files: read, judged with the picture beside them, put into words, and written as JSON, as
//! a sheet for print, or as a folder with everything in it. What a dossier may be is decided in the domain.

mod commands;
pub mod desk;
pub(crate) mod exchange;
pub mod files;
pub mod picture;
pub mod sentences;
pub mod sheet;

/// What is random in an id: its last eight bytes, but for two bits of them.
pub fn random_of(id: uuid::Uuid) -> [u8; 8] {
    let bytes = id.into_bytes();
    std::array::from_fn(|at| bytes.get(at + 8).copied().unwrap_or_default())
}

#[cfg(test)]
mod tests;
