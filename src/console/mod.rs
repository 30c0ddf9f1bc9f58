//! The terminal as a platform: a plain protocol for pipes and tests, a coloured one for people, and playing of one
//! dialog without a store.
//!
//! | module | what it does |
//! |---|---|
//! | [`text`] | makes texts safe for a terminal and takes the author's marks off |
//! | [`render`] | numbers choices; a view as plain lines |
//! | [`colour`] | a view as wrapped, coloured lines |
//! | [`page`] | what is on the screen: which number picks what |
//! | [`screen`], [`messenger`] | the one writer of the output; the port that the service sends through |
//! | [`house`] | what a chat needs of the service, so that tests can stand in for it |
//! | [`line`](mod@line), [`wait`] | reading of lines; `/wait 1d` |
//! | [`plain`], [`terminal`] | the two chats |
//! | [`stage`], [`play`], [`transcript`] | one dialog in memory; `mendwell play`; `.chat` files |

pub mod colour;
pub mod house;
pub mod line;
pub mod messenger;
pub mod page;
pub mod plain;
pub mod play;
pub mod render;
pub mod screen;
pub mod stage;
pub mod terminal;
pub mod text;
pub mod transcript;
pub mod wait;
