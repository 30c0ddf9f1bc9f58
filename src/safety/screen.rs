//! The screen: what a free text says about danger, in classes that a person can check. Rules only, no model.
//!
//! Folding, then for every pack: words, patterns (`pattern.rs`), and what shields make of their matches. All packs
//! read all texts, because people mix languages. Linear in the text; the same text always gives the same finding.

use serde::{Deserialize, Serialize};

use crate::safety::fold::{Folded, fold};
use crate::safety::pack::{Owner, Pack, PackFile, PackProblem, Reach, Shield};
use crate::safety::pack_read;
use crate::safety::pattern_graph::{Match, Token};
use crate::safety::screen_replies::{REPLIES_PATH, Replies};

/// What a text is about. In the order of weight: of two, the later one is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Class {
    /// An idiom of anger.
    V1,
    /// Death or self-harm as an idiom, past, denied, quoted, or somebody else's.
    S1,
    /// They are under age.
    Y,
    /// A court or the police forbids contact.
    O,
    /// They pursue somebody.
    T,
    /// They are hurt, threatened, watched or controlled.
    I,
    /// They hurt themselves, without a wish to die.
    H,
    /// They wish to be dead.
    S2,
    /// They threaten a person.
    V3,
    /// They are about to end their life.
    S3,
    /// An overdose or a bad wound, now.
    M,
}

impl Class {
    /// Every class, in the order of weight.
    pub const ALL: [Self; 11] =
        [Self::V1, Self::S1, Self::Y, Self::O, Self::T, Self::I, Self::H, Self::S2, Self::V3, Self::S3, Self::M];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::V1 => "V1",
            Self::S1 => "S1",
            Self::Y => "Y",
            Self::O => "O",
            Self::T => "T",
            Self::I => "I",
            Self::H => "H",
            Self::S2 => "S2",
            Self::V3 => "V3",
            Self::S3 => "S3",
            Self::M => "M",
        }
    }

    /// The class of a name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.name() == name)
    }

    /// How urgent it is in itself: 3 answers at once, 2 asks first, 1 is a line.
    pub fn level(self) -> u8 {
        match self {
            Self::V1 | Self::S1 => 1,
            Self::Y | Self::O | Self::T | Self::I | Self::H | Self::S2 => 2,
            Self::V3 | Self::S3 | Self::M => 3,
        }
    }
}

/// What a text says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Finding {
    /// The weightiest class; `None` when there is none.
    pub class: Option<Class>,
    /// 0 (nothing) to 3 (at once).
    pub level: u8,
    /// Whether somebody else is in danger, not the one who writes.
    pub is_about_other: bool,
    /// Why: the pack, the rule and what changed it, such as `en.wish-dead+negated`; empty for nothing. It holds no
    /// word of the text.
    pub why: String,
}

impl Finding {
    /// The class's name, or `none`.
    pub fn class_name(&self) -> &'static str {
        self.class.map_or("none", Class::name)
    }
}

/// Every pack, ready for use, and which dialogs answer what they find. The default finds nothing.
#[derive(Debug, Default)]
pub struct Screen {
    packs: Vec<Pack>,
    replies: Replies,
}

impl Screen {
    /// Reads the packs and the table of replies (`safety/replies.toml`), all or none.
    ///
    /// # Errors
    /// Everything that is wrong with them, in the order of the files and lines.
    pub fn load(files: &[PackFile]) -> Result<Self, Vec<PackProblem>> {
        let mut packs = Vec::new();
        let mut problems = Vec::new();
        let mut replies = Replies::default();
        for file in files {
            if file.path == REPLIES_PATH {
                match Replies::read(file) {
                    Ok(read) => replies = read,
                    Err(found) => problems.extend(found),
                }
                continue;
            }
            match pack_read::read(file) {
                Ok(pack) => packs.push(pack),
                Err(found) => problems.extend(found),
            }
        }
        if problems.is_empty() { Ok(Self { packs, replies }) } else { Err(problems) }
    }

    /// Reads a text. Total: any text has a finding.
    pub fn look(&self, text: &str) -> Finding {
        let folded = fold(text);
        let mut finding = Finding::default();
        for pack in &self.packs {
            pack.look(&folded, &mut finding);
        }
        finding
    }

    /// The id of the dialog that answers a finding, by the table of replies; the dialog may not exist. While somebody is
    /// `watched`, what they may have meant is asked about as if they had said it.
    pub fn reply(&self, found: &Finding, watched: bool) -> Option<&str> {
        self.replies.of(found, watched)
    }

    /// The classes that a dialog answers.
    pub(crate) fn answered_by(&self, dialog: &str) -> impl Iterator<Item = Class> {
        self.replies.answered_by(dialog)
    }
}

impl Pack {
    fn look(&self, folded: &Folded, finding: &mut Finding) {
        let tokens = self.words.tokens(folded);
        let matches = self.graph.run(&tokens);
        if matches.is_empty() {
            return;
        }
        let sentences = sentences(&tokens);
        for found in &matches {
            let Some(Owner::Rule { id, class, level, is_about_other }) = self.owners.get(usize::from(found.owner))
            else {
                continue;
            };
            let place = Place { tokens: &tokens, sentences: &sentences, matches: &matches, found };
            let (class, level, is_about_other, shield) = match self.shield(place) {
                None => (*class, *level, *is_about_other, None),
                Some(shield) => match shield.to {
                    None => continue,
                    Some(to) => (to, to.level(), *is_about_other || shield.is_about_other, Some(shield.id.as_str())),
                },
            };
            if finding.class.is_none_or(|before| (level, class) > (finding.level, before)) {
                let changed = shield.map(|id| format!("+{id}")).unwrap_or_default();
                *finding =
                    Finding { class: Some(class), level, is_about_other, why: format!("{}.{id}{changed}", self.lang) };
            }
        }
    }

    /// The shield that changes a match; of several, the one that leaves the least.
    fn shield(&self, place: Place<'_>) -> Option<&Shield> {
        let reaches = place.matches.iter().filter_map(|other| match self.owners.get(usize::from(other.owner)) {
            Some(Owner::Shield(shield)) => {
                let covers = shield.over.get(usize::from(place.found.owner)).copied().unwrap_or(false);
                let begins = place.tokens.get(place.found.start);
                let is_kept = begins.is_some_and(|token| shield.unless.contains(&token.id));
                (covers && !is_kept && self.is_reached(shield.reach, other, &place)).then_some(shield)
            }
            Some(Owner::Rule { .. } | Owner::Turn) | None => None,
        });
        reaches.min_by_key(|shield| shield.to)
    }

    fn is_reached(&self, reach: Reach, shield: &Match, place: &Place<'_>) -> bool {
        let found = place.found;
        let is_over = shield.start <= found.end && found.start <= shield.end;
        let is_same_sentence = place.sentences.get(shield.end) == place.sentences.get(found.start);
        match reach {
            Reach::Before => is_same_sentence && shield.end + 1 == found.start,
            Reach::Over => is_over,
            Reach::Touch => {
                is_over || (is_same_sentence && (shield.end + 1 == found.start || found.end + 1 == shield.start))
            }
            Reach::Near => {
                is_over
                    || (is_same_sentence && shield.end < found.start && found.start <= shield.end + 3)
                    || (shield.start > found.end && shield.start <= found.end + 3)
            }
            Reach::Onward => {
                let is_turned = place.matches.iter().any(|turn| {
                    matches!(self.owners.get(usize::from(turn.owner)), Some(Owner::Turn))
                        && turn.start > shield.end
                        && turn.end <= found.start
                });
                is_same_sentence && shield.end < found.start && !is_turned
            }
            Reach::Sentence => is_same_sentence,
            Reach::Quotes => (found.start..=found.end).all(|at| place.tokens.get(at).is_some_and(|token| token.quoted)),
            Reach::Text => true,
        }
    }
}

/// A match among the others of its text.
#[derive(Clone, Copy)]
struct Place<'p> {
    tokens: &'p [Token],
    sentences: &'p [u32],
    matches: &'p [Match],
    found: &'p Match,
}

/// The number of the sentence of each word.
fn sentences(tokens: &[Token]) -> Vec<u32> {
    let mut sentence = 0;
    let number = |token: &Token| {
        sentence += u32::from(token.opens);
        sentence
    };
    tokens.iter().map(number).collect()
}
