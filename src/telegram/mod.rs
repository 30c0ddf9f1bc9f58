//! Telegram as a platform: what we say becomes its messages and keyboards.
//!
//! | module | what it does |
//! |---|---|
//! | [`wire`] | views as HTML, keyboards and prompts; pure |

pub mod wire;
