//! Every limit of the program, named with its unit.

/// Longest text of a person that is taken in, in characters. Longer ones are kindly refused.
pub const USER_TEXT_CHARS_MAX: usize = 4_000;
/// Longest line that an adapter reads before it refuses, in bytes.
pub const INPUT_BYTES_MAX: usize = 1024 * 1024;
/// Steps that one turn may run without a wait, beyond the bound computed at load.
pub const STEPS_PER_TURN_MAX: usize = 1_000;
/// Frames of a session's stack: calls, parts and rounds inside each other.
pub const STACK_DEPTH_MAX: usize = 24;
/// Questions that can be walked back.
pub const HISTORY_MAX: usize = 64;
/// Questions that a dialog may ask in a row without an answer that ends it.
pub const QUESTIONS_WITHOUT_WAY_OUT_MAX: u32 = 8;
/// Items of a list question.
pub const LIST_ITEMS_MAX: usize = 20;
/// Options of a question: Discord's limit for one message is 25 buttons.
pub const OPTIONS_MAX: usize = 25;
/// Length of a button's label, in characters: Discord's limit.
pub const LABEL_CHARS_MAX: usize = 80;
/// Rounds of a `repeat` or of a paced exercise.
pub const ROUNDS_MAX: u32 = 100;
/// Beats of one paced round.
pub const BEATS_MAX: usize = 20;
/// Characters of a text after its expressions are filled in; longer ones are cut.
pub const RENDERED_CHARS_MAX: usize = 8_000;
/// Size of one stored session, in bytes. A session that grows past it loses its way back first.
pub const SESSION_BYTES_MAX: usize = 64 * 1024;
/// Size of one dialog file, in bytes.
pub const DIALOG_FILE_BYTES_MAX: usize = 256 * 1024;
/// Dialog files of one library.
pub const DIALOG_FILES_MAX: usize = 1_000;
/// Nesting of expressions.
pub const EXPRESSION_DEPTH_MAX: usize = 32;
/// Assignments compared when the checker asks whether an answer is there.
pub const ASSIGNMENTS_MAX: usize = 20_000;
/// Sessions of one person that are set aside; the oldest expires when one more is.
pub const PARKED_SESSIONS_MAX: usize = 10;
/// Plans of one person.
pub const PLANS_PER_PERSON_MAX: usize = 20;
/// Days over which check-ins are counted, today among them.
pub const WEEK_DAYS: i32 = 7;
/// Hard dates that one person may name; people who join two accounts keep those of both.
pub const HARD_DATES_MAX: usize = 12;
/// Days in a row with a check-in that nobody answered, before the question whether to go on.
pub const FADING_MISSED: u8 = 2;
/// Days between two check-ins when that question was not answered either.
pub const FADING_DAYS: i32 = 7;
/// Check-ins of such weeks that nobody answered, before none comes.
pub const FADING_WEEKS: u8 = 2;
/// How long a code that joins two accounts is valid, in minutes.
pub const LINK_CODE_MINUTES: i64 = 10;
/// Wrong codes that one account may type within [`LINK_GUESS_MINUTES`] before no more are looked at.
pub const LINK_GUESSES_MAX: u32 = 5;
/// Digits of a PIN, at least.
pub const PIN_DIGITS_MIN: usize = 4;
/// Digits of a PIN, at most.
pub const PIN_DIGITS_MAX: usize = 12;
/// How long digits are waited for after a PIN was asked for, in minutes.
pub const PIN_ASKED_MINUTES: i64 = 10;
/// How long a PIN that was right opens things, in minutes.
pub const PIN_OPEN_MINUTES: i64 = 10;
/// Wrong PINs before there is a wait.
pub const PIN_TRIES_MAX: u32 = 5;
/// The wait after that, and after each further wrong PIN, in minutes.
pub const PIN_WAIT_MINUTES: i64 = 60;
/// How long it takes until a lost PIN falls, in days.
pub const PIN_FALLS_DAYS: i64 = 7;
/// Memory that the hash of a PIN takes, in KiB: OWASP's for Argon2id.
pub const PIN_HASH_KIB: u32 = 19 * 1024;
/// Passes over that memory: OWASP's for it.
pub const PIN_HASH_PASSES: u32 = 2;
/// Hashes of PINs that are worked out at once.
pub const PIN_HASHES_AT_ONCE_MAX: usize = 2;
/// How far back messages can be deleted from a chat, in hours: Telegram's limit for both sides' messages.
pub const HIDE_HOURS: i64 = 48;
/// How long wrong codes are held against an account, in minutes, from the first of them on.
pub const LINK_GUESS_MINUTES: i64 = 60;
/// How long after a file of everything somebody may ask for the next one, in minutes.
pub const EXPORT_EVERY_MINUTES: i64 = 10;
/// Files of everything that are put together at once: each keeps a processor and some of the memory busy.
pub const EXPORTS_AT_ONCE_MAX: usize = 1;
/// Earlier goals that /goals tells.
pub const GOALS_PAST_MAX: usize = 10;
/// Entries of goals, set and closed, that are read for that.
pub const GOALS_READ_MAX: usize = 60;
/// Entries of numbers among which the newest of today is looked for.
pub const MEASURES_READ_MAX: usize = 40;
/// Entries on one page of the journal: they fit on a phone.
pub const JOURNAL_PAGE: usize = 5;
/// Entries that are looked through for a word, the newest first.
pub const JOURNAL_FIND_MAX: usize = 5_000;
/// Entries that are shown of those that hold a word.
pub const JOURNAL_FOUND_MAX: usize = 10;
/// How much of an entry stands in a list, in characters.
pub const ENTRY_BEGIN_CHARS: usize = 90;
/// Length of an entry to which notes are still added, in characters.
pub const ENTRY_CHARS_MAX: usize = 12_000;
/// Words of an entry, in characters, that are known again in a check-in which would bring them back.
pub const ENTRY_CARRIED_CHARS_MIN: usize = 12;
/// How long after a picture of their days somebody may ask for the next one, in minutes.
pub const PROGRESS_EVERY_MINUTES: i64 = 2;
/// Pictures that are drawn at once: each keeps a processor and some 10 MB of memory busy for a moment.
pub const PICTURES_AT_ONCE_MAX: usize = 1;
/// Check-ins from which on an early answer is offered beside a late one.
pub const THEN_NOW_CHECKINS_MIN: f64 = 7.0;
/// Entries that are read at a time for a file of everything, or for a picture.
pub const ENTRIES_PAGE: i64 = 256;
/// Largest file that is sent to Discord, in bytes: Discord's limit.
pub const DISCORD_FILE_BYTES_MAX: usize = 10_000_000;
/// Largest file that is sent to Telegram, in bytes. Telegram takes 50 MB; this much goes out in time on 2 Mbit/s.
pub const TELEGRAM_FILE_BYTES_MAX: usize = 20_000_000;
/// Largest file that is written beside a terminal chat, in bytes.
pub const CONSOLE_FILE_BYTES_MAX: usize = 50_000_000;
/// Accounts that are remembered to have had the card known by heart.
pub const VIGILS_MAX: usize = 10_000;
/// Events of one group commit.
pub const BATCH_EVENTS_MAX: usize = 256;
/// Events that wait for the writer before callers wait too.
pub const QUEUE_EVENTS_MAX: usize = 4_096;
/// Check-ins claimed at a time.
pub const CLAIM_MAX: i64 = 1_000;
/// Sends under way at once to one platform. What a platform takes at a time is for its adapter to mind.
pub const SENDS_IN_FLIGHT_MAX: usize = 1_024;
/// Nudges among them. Few enough that an adapter which sends some 30 a second holds up nobody's answer for long.
pub const NUDGES_IN_FLIGHT_MAX: usize = 64;
/// Longest answer of a platform's API that is read, in bytes.
pub const RESPONSE_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Requests to Telegram under way at once, beside the one that waits for updates.
pub const TELEGRAM_REQUESTS_MAX: usize = 48;
/// Requests that answer presses, under way at once to one platform. Few: every connection has buffers of its own.
pub const PRESS_REQUESTS_MAX: usize = 24;
/// Connections to one platform that are kept open while nobody needs them.
pub const CONNECTIONS_IDLE_MAX: usize = 32;
/// Answers to presses, and what else happens beside an adapter's intake, under way at once.
pub const ASIDES_MAX: usize = 1_024;
/// Albums that are known to have begun; their pictures come within seconds of each other.
pub const TELEGRAM_ALBUMS_KEPT_MAX: usize = 64;
/// Messages of several parts whose progress is remembered at once.
pub const TELEGRAM_PARTS_KEPT_MAX: usize = 4_096;
/// Messages or requests a second that a host may let the bot make on one platform.
pub const PER_SECOND_MAX: u32 = 1_000;
/// Requests to Discord under way at once.
pub const DISCORD_REQUESTS_MAX: usize = 48;
/// Buckets of Discord's limits that are remembered before those at rest are forgotten.
pub const DISCORD_BUCKETS_MAX: usize = 4_096;
/// Requests that Discord refuses within ten minutes before the bot keeps still: half of what Discord takes.
pub const DISCORD_REFUSALS_MAX: u32 = 5_000;
/// Messages of several parts to Discord whose progress is remembered at once.
pub const DISCORD_PARTS_KEPT_MAX: usize = 4_096;
/// Events of Discord's gateway that wait for their commit before no more are taken in.
pub const DISCORD_EVENTS_WAITING_MAX: usize = 1_024;
/// Identifies that Discord must still allow today before the bot begins a session: without any, it resets the token.
pub const DISCORD_IDENTIFIES_MIN: u64 = 50;
/// How far back missed messages are read, in days.
pub const DISCORD_CATCH_UP_DAYS: i64 = 14;
/// Messages of people whose missed ones are still being read that wait at once.
pub const DISCORD_HELD_MAX: usize = 1_000;
/// Length of the secret that Telegram sends along with each call of a webhook, in characters: Telegram's limit.
pub const WEBHOOK_SECRET_CHARS_MAX: usize = 256;
/// The longest silence after which people may still be kept, in months.
pub const IDLE_MONTHS_MAX: u32 = 120;
/// Dialogs that are offered for what somebody wrote while nothing was open.
pub const OFFERS_MAX: usize = 3;
/// What the host tells everybody of themselves, in characters.
pub const NOTICE_CHARS_MAX: usize = 200;
/// Size of a file that holds a secret, in bytes.
pub const SECRET_FILE_BYTES_MAX: u64 = 4 * 1024;
/// Days for which the settings of a space are kept after the bot was put out of it.
pub const SPACE_KEPT_DAYS: i64 = 30;
/// How long after its time a question of a space may still come, in seconds.
pub const SPACE_QUESTION_EXPIRES_S: u32 = 2 * 60 * 60;
/// Questions in a row to which nobody does anything before daily ones come weekly.
pub const SPACE_SILENT_WEEKLY: u32 = 7;
/// Questions in a row to which nobody does anything before none come any more.
pub const SPACE_SILENT_MAX: u32 = 10;
/// The shortest time from a moderator's yes until a post without a name appears, in seconds.
pub const SPACE_POST_DELAY_MIN_S: i64 = 5 * 60;
/// The longest time from a moderator's yes until a post without a name appears, in seconds.
pub const SPACE_POST_DELAY_MAX_S: i64 = 60 * 60;
/// Posts of a space that wait at once.
pub const SPACE_POSTS_WAITING_MAX: usize = 50;
/// Posts that appeared which can still be reported, and whose author can still be blocked.
pub const SPACE_POSTS_KEPT_MAX: usize = 200;
/// Posts of one person in a day, in all groups.
pub const SPACE_POSTS_A_DAY_MAX: usize = 3;
/// Requests to moderators that are open at once in a space.
pub const SPACE_REQUESTS_MAX: usize = 50;
/// Texts of a request that are kept until it is closed; of more the oldest goes.
pub const SPACE_REQUEST_TEXTS_MAX: usize = 3;
/// How long a request may wait before its author is told that nobody took it, in hours.
pub const SPACE_REQUEST_WAIT_HOURS: i64 = 12;
/// How long only the moderator who took a request may answer it, in hours.
pub const SPACE_REQUEST_CLAIM_HOURS: i64 = 24;
/// How long a request is kept at most, in days.
pub const SPACE_REQUEST_KEPT_DAYS: i64 = 30;
/// Length of a moderator's answer, in characters.
pub const SPACE_ANSWER_CHARS_MAX: usize = 1_500;
/// How long somebody who said so is on duty, in hours.
pub const SPACE_DUTY_HOURS: i64 = 24;
/// Moderators of a space who are on duty at once.
pub const SPACE_ON_DUTY_MAX: usize = 100;
/// Texts that one person passes on to moderators in a day, in all groups.
pub const ASKS_A_DAY_MAX: usize = 10;
/// Requests of one person that are open at once, in all groups.
pub const ASKS_OPEN_MAX: usize = 10;
/// What came back to one person and was not shown yet.
pub const ASKS_NEWS_MAX: usize = 20;
/// People whom moderators of a space keep from one thing; of more the oldest goes.
pub const SPACE_BARS_MAX: usize = 500;
/// Answers of a group of which nothing is told when there are fewer.
pub const GROUP_MOOD_MIN: usize = 5;
/// Answers of a group that are taken in one round.
pub const GROUP_MOOD_ANSWERS_MAX: usize = 500;
/// How long a group may answer, in hours.
pub const GROUP_MOOD_HOURS: i64 = 24;
/// Questions of members that a space keeps at once.
pub const SPACE_SUGGESTIONS_MAX: usize = 50;
/// Length of a question that a member suggests, in characters.
pub const SPACE_SUGGESTION_CHARS_MAX: usize = 200;
/// How long somebody waits for a buddy, in days.
pub const BUDDY_WAIT_DAYS: i64 = 14;
/// How long two may take to say whether they want to write to each other, in hours.
pub const BUDDY_ANSWER_HOURS: i64 = 48;
/// From the beginning of a week with a buddy to its middle, in hours.
pub const BUDDY_MIDWAY_HOURS: i64 = 84;
/// A week with a buddy, in hours.
pub const BUDDY_WEEK_HOURS: i64 = 168;
/// People of a space who wait for a buddy at once.
pub const BUDDY_WAITING_MAX: usize = 100;
/// Pairs of a space at once, those that are only asked among them.
pub const BUDDY_PAIRS_MAX: usize = 100;
/// Pairs that a space remembers, so that people meet somebody else.
pub const BUDDY_MET_MAX: usize = 500;
/// Reports of a space after which an account can still be kept from pairs.
pub const BUDDY_REPORTS_MAX: usize = 100;
/// Spaces in which one person may wait or have a buddy at once.
pub const BUDDY_SPACES_MAX: usize = 3;
/// How often one person may look for a buddy in a day, in all groups.
pub const BUDDY_LOOKS_A_DAY_MAX: usize = 5;
/// Turns that may follow from one event in the same commit: everybody in the buddies of a space, each answering once.
pub const FOLLOWS_MAX: usize = 1_000;

/// What limits by the day count back over.
pub const QUOTA_SPAN: jiff::SignedDuration = jiff::SignedDuration::from_hours(24);
