//! Trying Refill out before anything of one's own is in it: the maker's cloud, Amazon's side and a sample household, all
//! in this process, on loopback and at a pace of their own. The household of the trial lies in a folder of its own and
//! takes the place of the person's own for as long as it lasts; ending it leaves no trace, and neither does a crash once
//! the app was started again. Nothing here is rehearsed twice: it is the cloud, the sandbox and the link of every day.

pub mod clock;
pub mod household;
pub mod place;
pub mod servers;
pub mod stage;
pub mod trial;

pub use place::sweep;
pub use trial::Trial;
