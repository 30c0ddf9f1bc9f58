//! What people agree to, each thing by itself: when, and to which wording.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Something that happens only while the person agrees to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Consent {
    /// Their answers are stored.
    Store,
    /// The bot writes first, at the times that they chose.
    Daily,
    /// They count in what a group sees of itself.
    Groups,
    /// What they write for it appears in a group without their name.
    Posts,
    /// What they write for them goes to the moderators of a group.
    Moderators,
    /// Others of a group learn their account once both have agreed to be buddies.
    Buddies,
}

/// Every consent with the fact by which dialogs give it and take it back, and the key of its name in the system's
/// wording.
pub const CONSENTS: &[(Consent, &str, &str)] = &[
    (Consent::Store, "consent", "consent_store_name"),
    (Consent::Daily, "consent_daily", "consent_daily_name"),
    (Consent::Groups, "consent_groups", "consent_groups_name"),
    (Consent::Posts, "consent_posts", "consent_posts_name"),
    (Consent::Moderators, "consent_moderators", "consent_moderators_name"),
    (Consent::Buddies, "consent_buddies", "consent_buddies_name"),
];

/// One consent as it stands: given or taken back, when, and to which wording.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// Whether they agree.
    pub given: bool,
    /// The wording that they were shown, by its number.
    pub wording: u32,
    /// Since when it stands.
    pub at: Timestamp,
}

/// The wordings that hold today, by their numbers. Whoever changes what is asked for raises the number, and everybody
/// who agreed to an earlier wording is asked again before it counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wordings {
    /// [`Consent::Store`]: the question `keep` of `welcome.toml`, and the dialog of `/privacy`.
    pub store: u32,
    /// [`Consent::Daily`]: the questions after which a plan is made.
    pub daily: u32,
    /// [`Consent::Groups`].
    pub groups: u32,
    /// [`Consent::Posts`].
    pub posts: u32,
    /// [`Consent::Moderators`]: the step `how` and the question `agree` of `ask-moderator.toml`.
    pub moderators: u32,
    /// [`Consent::Buddies`]: the question `agree` of `buddy.toml`.
    pub buddies: u32,
}

impl Wordings {
    /// Those of this release.
    pub const CURRENT: Self = Self { store: 1, daily: 1, groups: 1, posts: 1, moderators: 1, buddies: 1 };

    /// The number of the wording that holds.
    pub fn of(&self, consent: Consent) -> u32 {
        match consent {
            Consent::Store => self.store,
            Consent::Daily => self.daily,
            Consent::Groups => self.groups,
            Consent::Posts => self.posts,
            Consent::Moderators => self.moderators,
            Consent::Buddies => self.buddies,
        }
    }
}

impl Consent {
    /// The fact by which dialogs give it and take it back.
    pub fn fact(self) -> &'static str {
        CONSENTS.iter().find(|(consent, ..)| *consent == self).map_or("", |(_, fact, _)| fact)
    }

    /// The consent of a fact.
    pub fn of_fact(fact: &str) -> Option<Self> {
        CONSENTS.iter().find(|(_, name, _)| *name == fact).map(|(consent, ..)| *consent)
    }
}

#[cfg(test)]
mod tests {
    use super::{CONSENTS, Consent};

    #[test]
    fn every_fact_leads_back_to_its_consent() {
        for (consent, fact, _) in CONSENTS {
            assert_eq!(Consent::of_fact(fact), Some(*consent));
            assert_eq!(consent.fact(), *fact);
        }
        assert_eq!(Consent::of_fact("adult"), None);
    }
}
