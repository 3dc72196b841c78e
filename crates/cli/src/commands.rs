//! The commands, one module for each group.

pub mod add;
pub mod care;
pub mod chart;
pub mod devices;
pub mod find;
pub mod probe;
pub mod record;
pub mod settings;
pub mod slots;
pub mod stocktake;
pub mod supplies;
pub mod undo;
pub mod usage;
