//! The dialog engine: files become a [`model::Library`], and [`step::step`] takes a session through it. Pure: no
//! I/O, no clock, no randomness but the session's seed.

pub mod answer;
pub mod answer_when;
pub mod bounds;
mod check;
pub mod diagnostic;
pub mod drift;
pub mod effect;
pub mod eval;
mod eval_call;
pub mod explore;
pub mod expression;
pub mod finder;
pub mod graph;
mod keep;
pub mod load;
pub mod lock;
mod machine;
pub mod model;
pub mod prompts;
mod readable;
pub mod reconcile;
pub mod remind;
pub mod render;
mod run;
pub mod schedule;
pub mod session;
pub mod shape;
pub mod shelf;
mod stage;
pub mod step;
pub mod stored;
pub mod system;
mod take;
mod typed;
mod view;
mod waits;
