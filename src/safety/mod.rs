//! What keeps people safe, worked out from values and files: helplines. Pure.

pub mod helplines;
