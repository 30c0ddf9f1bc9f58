//! A post on its way from somebody's private chat to a space: the link between the two is a keyed hash, and the key stays
//! with its author.

use crate::domain::consent::Consent;
use crate::domain::event::Body;
use crate::domain::ids::PersonId;
use crate::domain::limits::{QUOTA_SPAN, SPACE_POSTS_A_DAY_MAX};
use crate::domain::message::{base36, from_base36};
use crate::domain::posting::{PostKey, Posting};
use crate::domain::space::AuthorTag;
use crate::domain::text::UserText;
use crate::prose::clean;
use crate::service::turn::Turn;
use crate::service::turn::space::keyed;

/// How the word of a link begins that leads to a post for a space.
const POST_LINK: &str = "p-";
/// The dialog in which one is written.
pub(in crate::service::turn) const POST_DIALOG: &str = "group-post";

/// The word of a link to a space, which holds its key.
pub(super) fn post_link(space: PersonId, key: u64) -> String {
    format!("{POST_LINK}{}-{}", base36(space.0.cast_unsigned()), base36(key))
}

/// The space of a link, and the key that it holds.
pub(in crate::service::turn) fn read_post_link(word: &str) -> Option<(PersonId, u64)> {
    let (space, key) = word.strip_prefix(POST_LINK)?.split_once('-')?;
    Some((PersonId(from_base36(space)?.cast_signed()), from_base36(key)?))
}

impl Turn<'_, '_> {
    /// They came by a link of a space: that is where what they write goes.
    pub(in crate::service::turn) fn posting_to(&mut self, space: PersonId, key: u64) {
        let secret = PostKey([(self.world.chance)(), (self.world.chance)()]);
        let new = || Posting { secret, to: None, lately: Vec::new() };
        self.work.profile.posting.get_or_insert_with(new).to = Some((space, key));
        self.work.profile_changed = true;
    }

    /// They agreed to words that everybody in a group may read: these go there, in the same commit.
    pub(in crate::service::turn) fn post(&mut self, words: &UserText) {
        let (now, id) = (self.world.now, self.work.id);
        let profile = &mut self.work.profile;
        let is_agreed = profile.says(Consent::Posts) == Some(true)
            && !profile.is_outdated(Consent::Posts, &self.world.settings.wordings);
        let place = profile.posting.as_mut().and_then(|posting| Some((posting.to?, posting)));
        let Some(((space, key), posting)) = place.filter(|((space, _), _)| is_agreed && *space != id) else {
            self.line("post_nowhere", &[]);
            return;
        };
        // What was asked about a moment ago is not asked about again, and may be the answer to a question; it is for nobody
        // else to read all the same.
        let screen = &self.world.settings.screen;
        if screen.reply(&screen.look(words.expose()), true).is_some() {
            self.line("post_care", &[]);
            self.crisis_card();
            return;
        }
        posting.lately.retain(|at| now.duration_since(*at) < QUOTA_SPAN);
        if posting.lately.len() >= SPACE_POSTS_A_DAY_MAX {
            self.line("post_enough", &[("max", &SPACE_POSTS_A_DAY_MAX.to_string())]);
            return;
        }
        posting.lately.push(now);
        let author = posting.secret.tag(space);
        let text = UserText::new(clean::clean(words.expose()).trim());
        self.changes.follows.push((space, Body::Posted { text, author, key }));
        self.work.profile_changed = true;
        self.line("post_taken", &[]);
    }
}

impl PostKey {
    /// The author's tag in a space: nobody without the key can work out whose it is.
    fn tag(self, space: PersonId) -> AuthorTag {
        let key: Vec<u8> = self.0.iter().flat_map(|half| half.to_be_bytes()).collect();
        AuthorTag(keyed(&key, &space.0.to_be_bytes()))
    }
}
