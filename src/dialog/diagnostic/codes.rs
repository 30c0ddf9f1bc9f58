//! The numbers of all diagnostics, each with a title and one line of help.

use super::Severity;

macro_rules! codes {
    ($($name:ident $number:literal $title:literal $help:literal;)*) => {
        /// A kind of diagnostic.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Code {
            $(#[doc = $title] $name,)*
        }

        /// Every kind: its number, its title and its help.
        pub const CODES: &[(Code, &str, &str, &str)] = &[$((Code::$name, $number, $title, $help),)*];

        impl Code {
            /// Its number: `D…` is an error, `W…` a warning.
            pub fn number(self) -> &'static str {
                match self { $(Self::$name => $number,)* }
            }
        }
    };
}

codes! {
    Syntax "D001" "not valid TOML" "Fix the syntax; every other check of the file waits for it.";
    WrongType "D002" "wrong type of value" "Give the value the type that the key asks for.";
    UnknownKey "D003" "unknown key" "Correct the key's spelling, or take it out.";
    MissingKey "D004" "missing key" "Add the key.";
    VerbMissing "D005" "a step without a verb" "Give the step one of say, ask, set, branch, each, repeat, call, pace, save, goal, schedule, escalate, stop.";
    VerbTwice "D006" "a step with two verbs" "Make two steps of it.";
    Duplicate "D007" "something is there twice" "Rename one of the two: names are how answers and buttons are found again.";
    UnknownWord "D008" "a word that means nothing here" "Use one of the words that the key takes.";
    BadName "D009" "not a usable name" "Use small letters, digits and underscores, beginning with a letter; a dialog's id is its file's name.";
    BadTime "D010" "not a duration, time or recurrence" "Write durations as 45m, 12h or 3d, times as 18:30.";
    OutOfRange "D011" "outside the limits" "Stay inside the limit that the message names.";
    Expression "D012" "an expression that cannot be read" "Check brackets, quotes and operators.";
    TextSyntax "D013" "a text that cannot be read" "Braces hold an expression; write {{ and }} for braces themselves.";
    File "D014" "a file that cannot be used" "Keep files in UTF-8, small, and of format 1.";
    UnknownName "D020" "unknown name" "Names are answers (step ids), facts, parameters, loop names and `it`.";
    UnknownField "D021" "unknown field" "A record has the answers of one round of the loop that collected it.";
    UnknownFunction "D022" "unknown function" "Use one of the functions that there are.";
    UnknownPart "D023" "unknown part" "Add `[[part.NAME]]` with steps, or correct the name.";
    UnknownDialog "D024" "unknown dialog" "A dialog's name is its file's name without .toml.";
    UnknownFact "D025" "unknown fact" "Dialogs read and save only the facts that the program knows.";
    UnknownSnippet "D026" "unknown snippet" "Add `[snippet.NAME]` with `for` and `text`, or correct the name.";
    UnknownParam "D027" "an argument that the dialog does not take" "Add it to the dialog's [params], or leave it out.";
    MissingArgument "D028" "a missing argument" "Give it under `with`, or give the parameter an `or`.";
    UnknownSystemKey "D029" "unknown system text" "The engine has no use for this key.";
    MissingSystemKey "D030" "missing system text" "Add the key to system/en.toml.";
    UnknownPlaceholder "D031" "unknown placeholder" "A system text knows only its own placeholders.";
    TypeMismatch "D040" "types do not fit" "Compare and compute only what is of one type.";
    ArgumentCount "D041" "wrong number of arguments" "Give the function what it takes.";
    NotAnOption "D042" "not one of the options" "Compare with a key of the question's options.";
    MayBeMissing "D050" "there may be no answer here" "Ask under a condition that makes sure of it, test `is set`, or use `??`.";
    NotYet "D051" "used before it is there" "Ask or set it before.";
    NeverTrue "D060" "can never be true" "Compare with a value that can occur.";
    AlwaysTrue "D061" "is always true" "Leave the comparison out, or compare with another value.";
    Recursion "D062" "runs in a circle" "Parts and dialogs may not lead back to themselves: every dialog must end.";
    TooDeep "D063" "nested too deep" "Flatten the dialog.";
    SafetyFreeText "D070" "free text in a safety dialog" "Offer options instead.";
    NotSafety "D071" "not a safety dialog" "Escalate to a dialog with role = \"safety\".";
    EmptyText "D080" "empty text" "Say something.";
    TextTooLong "D081" "text too long for one message" "Discord takes 2000 characters: make two steps of it.";
    LabelTooLong "D082" "label too long for a button" "Discord takes 80 characters.";
    PlaceholdersDiffer "D090" "a translation with other placeholders" "What stands in braces must be what the source has there; only words in quotes may change.";
    VariantsDiffer "D091" "a translation with another number of texts" "Give as many as the source, in its order.";
    PluralForm "D092" "a plural that does not fit the language" "Use the forms that the message names; `other` and one for 1 are always there.";
    PartUnused "W001" "part is never used" "Use it, or take it out.";
    ArmShadowed "W002" "arm can never be reached" "An earlier arm takes every case: change the order or the condition.";
    ValuesMissed "W003" "branch misses values" "Add arms, or `{ else = true }` to say that nothing is meant.";
    SaveInLoop "W004" "save inside a loop" "Every save closes the way back: collect, and save after the loop.";
    Unreachable "W005" "can never happen here" "What was answered before rules it out.";
    Needless "W006" "always true here" "What was answered before makes sure of it already.";
    SnippetUnused "W007" "snippet is never used" "Use it, or take it out.";
    FactUnused "W008" "fact or parameter is never used" "Use it, or take it out.";
    LabelTwice "W009" "two options read the same" "People could not tell them apart.";
    SentenceTooLong "W012" "a sentence that is hard to read" "Make two of it: people read this tired, and on a phone.";
    Exclaims "W013" "an exclamation mark in a hard moment" "Say it quietly: dialogs of the role safety have none.";
    LabelWithoutWords "W014" "a label without words" "Add a word: a picture alone reads differently to everybody, and not at all to a screen reader.";
    NoWayOut "W015" "many questions and no way out" "Let an answer end it kindly, such as “Enough for today”, and keep what is there.";
    Untranslated "W011" "texts without a translation" "Until they are translated, people see them in the language of the source.";
    MayBeTooLong "W010" "text may be too long for one message" "Give the question a smaller chars.max, or do not repeat the whole answer.";
}

impl Code {
    /// Whether it keeps the library from loading.
    pub fn severity(self) -> Severity {
        if self.number().starts_with('W') { Severity::Warning } else { Severity::Error }
    }
}
