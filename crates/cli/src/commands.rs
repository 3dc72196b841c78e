//! The commands, one module for each group.

pub mod account;
pub mod add;
pub mod away;
pub mod backup;
pub mod care;
pub mod chart;
pub mod dash;
pub mod devices;
pub mod export;
pub mod find;
pub mod forecast;
pub mod import;
pub mod model;
pub mod orders;
pub mod probe;
pub mod record;
pub mod rehearse;
pub mod replay;
pub mod reports;
pub mod series;
pub mod settings;
pub mod slots;
pub mod stocktake;
pub mod supplies;
pub mod undo;
pub mod usage;
