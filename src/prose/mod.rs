//! What every platform does with words on their way to people: pure and total, no I/O, no clock, no error, no panic.
//!
//! | module | what it does |
//! |---|---|
//! | [`markup`] | the author's Markdown and people's literal words as one styled text |
//! | [`styled`] | a styled text, in stretches of one style |
//! | [`split`] | where a long text is divided |
//! | [`labels`] | what stands on choices, and the legend of a scale |
//! | [`clean`] | characters that are never sent |
//! | [`words`] | the few words that no dialog gives |

pub mod clean;
pub mod labels;
pub mod markup;
pub mod split;
pub mod styled;
pub mod words;
