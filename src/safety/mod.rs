//! What keeps hurt people safe, pure: [`screen`] reads every free text before anything else does; [`helplines`] are whom
//! they can reach.

pub(crate) mod fold;
mod fold_alike;
pub mod helplines;
pub mod pack;
mod pack_guess;
mod pack_read;
mod pack_rules;
mod pack_tokens;
mod pack_words;
mod pattern;
mod pattern_build;
mod pattern_graph;
mod pattern_run;
mod pattern_seal;
pub mod screen;
mod screen_replies;
