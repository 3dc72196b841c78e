//! The commands, one module for each group.

pub mod add;
pub mod backup;
pub mod chart;
pub mod devices;
pub mod export;
pub mod find;
pub mod import;
pub mod probe;
pub mod record;
pub mod settings;
pub mod slots;
pub mod supplies;
pub mod undo;
pub mod usage;
