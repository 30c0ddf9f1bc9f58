//! Accounts that change hands: a code that is looked up, two people who become one, an account that leaves.

use std::collections::hash_map::Entry;

use crate::domain::event::Address;
use crate::domain::ids::PersonId;
use crate::domain::link_code::LinkCode;
use crate::domain::person::Profile;
use crate::service::batch::follow::Follows;
use crate::service::batch::rows::work_of;
use crate::service::batch::{Round, Touched, account, day};
use crate::service::delivery::Parcel;
use crate::service::person::{CodeLook, CodeOwner, Need, PersonWork};
use crate::service::ports::Class;
use crate::service::turn::{self, Changes, Joined, Parted};
use crate::service::writer::Writer;
use crate::store::{
    AccountNew, ForgetNew, Join, LinkCodeNew, LinkCodeTake, LinkGuessesPut, LinkLook, Look, SessionWrite, StoreError,
};

impl Round {
    /// Looks a code up that somebody typed, and reads whose it is in full.
    ///
    /// Both people must be as the store has them. If one of them had a turn in this batch before, or the owner is in the
    /// batch that is in flight, this is a conflict, after which the events are tried one by one.
    pub(super) async fn read_code(
        &mut self,
        writer: &Writer,
        person: PersonId,
        code: LinkCode,
        flying: Option<&Touched>,
    ) -> Result<(), StoreError> {
        let Some(work) = self.works.get(&person) else { return Ok(()) };
        let address = work.profile.address.clone();
        let LinkLook { owner, guesses } =
            writer.store.link_look(code, (address.platform, &address.account), self.now).await?;
        let owner = match owner {
            None => CodeOwner::Nobody,
            Some(owner) if owner == person => CodeOwner::Themselves,
            Some(owner) => {
                let is_flying = flying.is_some_and(|flying| flying.has_person(owner));
                if is_flying || self.turned.contains(&owner) || self.turned.contains(&person) {
                    let detail = "two people are joined while one of them is being written".to_owned();
                    return Err(StoreError::Conflict { detail });
                }
                self.whole(writer, owner).await?.map_or(CodeOwner::Nobody, CodeOwner::Other)
            }
        };
        if let Some(work) = self.works.get_mut(&person) {
            work.guesses = work.guesses.or(guesses);
            work.code = Some(CodeLook { code, owner });
        }
        Ok(())
    }

    /// Somebody with everything that the store has of them beside their entries.
    pub(super) async fn whole(
        &mut self,
        writer: &Writer,
        person: PersonId,
    ) -> Result<Option<Box<PersonWork>>, StoreError> {
        if let Entry::Vacant(place) = self.works.entry(person) {
            let mut known = writer.store.batch_load(Look::Disk, &[], &[], &[person]).await?;
            let Some(state) = known.states.remove(&person) else { return Ok(None) };
            place.insert(work_of(person, state)?);
        }
        for need in [Need::Parked, Need::Plans] {
            let is_read = self.works.get(&person).is_none_or(|work| match need {
                Need::Parked => work.parked_read,
                Need::Plans | Need::Code(_) | Need::Counts | Need::Entries(_) => work.plans_read,
            });
            if !is_read {
                self.read(writer, person, need).await?;
            }
        }
        Ok(self.works.get(&person).map(|work| Box::new(work.clone())))
    }

    /// What a turn decided about accounts and codes.
    pub(super) fn keep_accounts(&mut self, writer: &Writer, work: &PersonWork, changes: &mut Changes) {
        if let Some((code, expires_at)) = changes.code {
            self.batch.link_codes.push(LinkCodeNew { person: work.id, code, expires_at });
        }
        if let Some(guesses) = changes.guesses {
            tracing::warn!("A code was typed that joins nothing.");
            self.batch.counters.push(("link_guesses_total", 1));
            self.batch.link_guesses.push(LinkGuessesPut { account: account(&work.profile.address), guesses });
        }
        if let Some(joined) = changes.joined.take() {
            self.joined(work, joined);
        }
        if let Some(parted) = changes.parted.take() {
            self.parted(writer, work.id, parted, changes);
        }
    }

    /// A space has another account; whether it takes it. It may be known as a space already, since the platform says
    /// first that the bot is there: one that nobody has set up gives way, and any other stays.
    pub(super) fn moved_space(&mut self, writer: &Writer, work: &PersonWork, from: &Address, to: Address) -> bool {
        let (old, new) = (account(from), account(&to));
        if let Some(other) = self.found.get(&new).filter(|other| **other != work.id).copied() {
            let Some(other) = self.works.get(&other).cloned().filter(|other| !is_set_up(other)) else { return false };
            self.forgotten(writer, other, Changes { goes_quietly: true, ..Changes::default() });
        }
        self.found.remove(&old);
        self.moved.extend([old.clone(), new.clone()]);
        self.touched.accounts.extend([old.clone(), new.clone()]);
        self.batch.accounts_gone.push(old);
        self.batch.accounts_new.push(AccountNew { person: work.id, address: to });
        self.found.insert(new, work.id);
        true
    }

    /// A space goes whose new account is another one's: what follows for whoever stands in it.
    pub(super) fn gave_way(&mut self, writer: &Writer, mut work: PersonWork, from: Address) -> Follows {
        let to = std::mem::replace(&mut work.profile.address, from);
        let follows = turn::gives_way(&work, &to);
        self.forgotten(writer, work, Changes { goes_quietly: true, ..Changes::default() });
        follows
    }

    fn joined(&mut self, work: &PersonWork, joined: Joined) {
        let Joined { from, from_rev, address, code, carries } = joined;
        self.works.remove(&from);
        self.joined.insert(from, work.id);
        self.touched.persons.insert(from);
        for address in work.profile.addresses() {
            self.found.insert(account(address), work.id);
            self.moved.insert(account(address));
        }
        self.batch.link_codes_taken.push(LinkCodeTake { person: work.id, code, now: self.now });
        self.batch.counters.push(("linked_total", 1));
        match from_rev {
            Some(from_rev) => self.batch.joins.push(Join { from, from_rev, into: work.id, carries }),
            None => self.batch.accounts_new.push(AccountNew { person: work.id, address }),
        }
    }

    /// An account is nobody's any more. When it is the one that was written from, it is somebody new from now on, who
    /// gets what this turn says, and of whom nothing is kept after that.
    fn parted(&mut self, writer: &Writer, person: PersonId, parted: Parted, changes: &mut Changes) {
        let Parted { address, is_answered } = parted;
        let account = account(&address);
        self.found.remove(&account);
        self.moved.insert(account.clone());
        self.touched.accounts.insert(account.clone());
        self.batch.counters.push(("unlinked_total", 1));
        self.batch.said_gone.push((person, address.platform));
        self.batch.accounts_gone.push(account.clone());
        if is_answered {
            let stranger = self.stranger(writer, address, None, changes);
            self.turned.insert(stranger);
        }
    }

    /// Everything of somebody is to go, and all their accounts are nobody's any more. The one that was written from is
    /// somebody new's from now on, who gets what this turn says, and the receipt; not when they did not ask for it.
    pub(super) fn forgotten(&mut self, writer: &Writer, work: PersonWork, mut changes: Changes) {
        let person = work.id;
        for address in work.profile.addresses() {
            let account = account(address);
            self.found.remove(&account);
            self.moved.insert(account.clone());
            self.touched.accounts.insert(account.clone());
            self.batch.accounts_gone.push(account);
        }
        self.works.remove(&person);
        self.touched.persons.insert(person);
        // The receipt is in the language in which they asked for it, and the stranger goes with it.
        let language = work.profile.spoken().map(|language| language.code().to_owned());
        let heir = (!changes.goes_quietly).then(|| self.stranger(writer, work.profile.address, language, &mut changes));
        self.heirs.extend(heir);
        // What asked for it is over, and is not told as something that was open.
        self.batch.sessions.extend(work.ended.iter().map(|id| SessionWrite::Delete { id: *id, person }));
        self.batch.forgets.push(ForgetNew { person, heir, day: day(self.now) });
        self.done.forgotten.push(person);
        self.done.freed |= changes.freed;
    }

    /// Somebody new with this account, who gets what a turn says.
    fn stranger(
        &mut self,
        writer: &Writer,
        address: Address,
        language: Option<String>,
        changes: &mut Changes,
    ) -> PersonId {
        let profile = Profile { language, ..Profile::new(address.clone()) };
        let work = PersonWork::new(writer.store.person_id_next(), profile);
        let id = work.id;
        for (_, parcel) in Parcel::pack(std::mem::take(&mut changes.items)) {
            self.send(writer, &work, address.clone(), Class::Reply, parcel);
        }
        self.found.insert(account(&address), id);
        self.works.insert(id, work);
        id
    }
}

/// Whether an admin has decided anything in a space.
fn is_set_up(work: &PersonWork) -> bool {
    work.profile.space.as_deref().is_some_and(|space| space.channel.is_some() || space.review.is_some())
}
