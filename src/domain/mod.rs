//! The words of the field, shared by every floor. Nothing here does I/O or knows a library of a platform.
//!
//! | word | meaning |
//! |---|---|
//! | **dialog** | a definition in a file: steps, and where they lead |
//! | **step** | one node of a dialog, with one verb |
//! | **choice** | one button of a question |
//! | **session** | where one person stands in one dialog, with the answers so far |
//! | **event** | something that happened: a text, a tap, a command, a due check-in, a due timer |
//! | **turn** | one event and all that follows until the next wait; also the number of that wait |
//! | **tap** | a press of a choice: session, turn, option tag |
//! | **check-in** | a recurring start of a dialog for one person; its definition is a **plan** |
//! | **person** | somebody who talks with the bot |
//! | **account** | a platform identity of a person, who has at most one on each platform |
//! | **bar** | somebody whom moderators of a space keep from asking them, or from pairs; known by a fingerprint of the account |
//! | **request** | what somebody asks the moderators of a space, from its first words until it is closed |
//! | **link code** | what joins two accounts into one person: given on one platform, typed on the other |
//! | **address** | where a person is reached: platform, account and chat |
//! | **hard date** | a day of every year that is hard for somebody, with what they set out to do then |
//! | **entry** | a saved journal item |
//! | **consent** | one thing that somebody agrees to, or not; its **receipt** says when, and to which wording |
//! | **measure** | a number over time: mood, urge, sleep |
//! | **inbox**, **outbox** | events taken in exactly once; messages decided but not yet known to be sent |
//! | **messenger** | what sends: Telegram, Discord, the console |

pub mod bars;
pub mod buddies;
pub mod buddying;
pub mod command;
pub mod consent;
pub mod entry_tap;
pub mod event;
pub mod fading;
pub mod fold;
pub mod group_mood;
pub mod hard_date;
pub mod ids;
pub mod joining;
pub mod language;
pub mod limits;
pub mod link_code;
pub mod message;
pub mod nickname;
pub mod occasion;
pub mod person;
pub mod pin;
pub mod posting;
pub mod recurrence;
pub mod recurrence_text;
pub mod room;
pub mod secret;
pub mod space;
pub mod supporters;
pub mod text;
pub mod value;
pub mod week;
pub mod write;
pub mod zone;
pub mod zone_places;
pub mod zone_places_spanish;
