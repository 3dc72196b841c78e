//! Dossiers of device models as files: read, judged with the picture beside them, put into words, and written as JSON, as
//! a sheet for print, or as a folder with everything in it. What a dossier may be is decided in the domain.

pub mod files;
pub mod picture;
pub mod sentences;
pub mod sheet;

#[cfg(test)]
mod tests;
