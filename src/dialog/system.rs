//! What the engine itself can say: the keys of `dialogs/system/<lang>.toml`, with the placeholders of each.

/// Every key with the names that may stand in braces in its text. A file of system wording has each key once.
pub const SYSTEM_KEYS: &[(&str, &[&str])] = &[
    // Words on buttons.
    ("skip", &[]),
    ("keep", &["answer"]),
    ("later", &[]),
    ("today", &[]),
    ("tomorrow", &[]),
    ("go_on", &[]),
    ("start_over", &[]),
    ("let_go", &[]),
    // An answer that was not understood, by kind of question.
    ("retry_choice", &[]),
    ("retry_many", &["done"]),
    ("retry_scale", &["min", "max"]),
    ("retry_number", &[]),
    ("retry_date", &[]),
    ("retry_time", &[]),
    ("retry_gate", &[]),
    // An answer that was understood and does not fit.
    ("number_low", &["min"]),
    ("number_high", &["max"]),
    ("number_whole", &[]),
    ("text_short", &["min"]),
    ("text_long", &["max"]),
    ("text_empty", &[]),
    ("many_few", &["min"]),
    ("many_full", &["max"]),
    ("list_few", &["min"]),
    ("list_full", &["max", "done"]),
    ("item_long", &["max"]),
    ("list_so_far", &[]),
    ("gave_up_park", &[]),
    ("gave_up_stop", &[]),
    // Commands.
    ("stopped", &[]),
    ("paused", &[]),
    ("back_first", &[]),
    ("back_saved", &[]),
    ("back_safety", &[]),
    ("skip_required", &[]),
    ("why_default", &[]),
    ("help", &[]),
    // Coming back.
    ("resume_gate", &[]),
    ("let_go_done", &[]),
    ("put_off", &[]),
    // Paced exercises.
    ("pace_hint", &["enough"]),
    ("pace_late", &[]),
    // Presses that change nothing.
    ("stale_answered", &[]),
    ("stale_over", &[]),
    ("stale_choice", &[]),
    // The files changed under a session.
    ("changed", &[]),
    ("gone", &[]),
    // An exercise that was set aside for too long and is kept unfinished.
    ("partial_title", &["title"]),
    // What the service says around dialogs.
    ("welcome_back", &[]),
    ("welcome_first", &[]),
    ("nothing_open", &[]),
    ("nothing_to_stop", &[]),
    ("nothing_parked", &[]),
    ("unknown_command", &[]),
    ("commands", &[]),
    ("privacy", &[]),
    ("safety_open", &[]),
    ("button_busy", &[]),
    ("pause_how", &[]),
    ("pause_unclear", &[]),
    ("checkins_rest", &["day"]),
    ("checkins_again", &[]),
    ("plans_full", &[]),
    ("sorry", &[]),
];
