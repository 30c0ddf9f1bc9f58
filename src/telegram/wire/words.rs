//! The few words that are the platform's own, in one place so that languages can come later.

/// A group hears this when the bot is put into it, once.
pub const GROUP_LINE: &str =
    "Hello. I talk with people one to one, so I stay quiet here. Whoever likes can write to me in private.";

/// Beside a button that is not for whoever pressed it.
pub const NOT_HERE: &str = "This button works only in your own chat with me.";

/// What an empty chat with the bot shows, at most 512 characters.
pub const DESCRIPTION: &str = "\
I keep you company in the weeks and months after a breakup: short exercises, a check-in when you want one, and a place \
to put things into words. I am a program, not a person and not a therapist. What you write is stored encrypted, and \
whoever hosts me has no page that shows it. /privacy says more, /crisis lists people who can help right now.";

/// What the bot's profile and its shared links show, at most 120 characters.
pub const SHORT_DESCRIPTION: &str =
    "Company for the weeks after a breakup: short exercises and check-ins. A program, not a person.";
