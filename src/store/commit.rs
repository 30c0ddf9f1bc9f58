//! The one way to write: a batch is sealed outside the transaction, then written by statements over many rows.

use std::sync::Arc;

use jiff::Timestamp;
use sqlx::SqliteConnection;

use crate::store::entries::{self, EntryCells, EntryGone};
use crate::store::error::StoreError;
use crate::store::forget::{ForgetCells, forget_marks, former_keys, write_forgets};
use crate::store::join;
use crate::store::keys::{KeyRing, KeyedHash, Keys};
use crate::store::records::EntryKind;
use crate::store::said;
use crate::store::script::Script;
use crate::store::sealing::{self, Cell};
use crate::store::silence::{SilenceWrite, write_silences};
use crate::store::statements;
use crate::store::{
    Batch, Join, LinkCodeNew, LinkCodeTake, LinkGuessesPut, OccurrenceWrite, OutcomeWrite, PlanWrite, SaidNew,
    SessionPut, SessionWrite, ShownWrite, Store,
};

impl Store {
    /// Writes a batch in one transaction, all of it or nothing, and returns when it is on the disk.
    ///
    /// Dropping the future leaves the batch either written as a whole or not at all. Keys of new people are durable
    /// before their rows are; a key without rows does no harm.
    ///
    /// # Errors
    /// See [`StoreError`]. After a [`StoreError::Conflict`] the caller loads again, and tries the batch's events one
    /// by one.
    pub async fn commit(&self, mut batch: Batch) -> Result<(), StoreError> {
        if batch.is_empty() {
            return Ok(());
        }
        let new: Vec<_> = batch.persons_new.iter().map(|new| new.id).collect();
        if !new.is_empty() {
            self.keys.create_missing(&new).await?;
        }
        let keys = self.keys.opened(&batch.persons()).await?;
        let forgets = std::mem::take(&mut batch.forgets);
        let mut sealed = Sealed::new(batch, &self.keys, &keys)?;
        sealed.forgets = forget_marks(&self.keys, forgets).await?;
        sealed.former_keys = former_keys(&self.keys, &sealed.joins).await?;
        let mut writer = self.writer.lock().await;
        let after = self.people.take(&sealed);
        self.accounts_forget(&sealed);
        let (accounts, joins) = (sealed.accounts.clone(), sealed.joins.clone());
        let mut transaction = writer.begin().await?;
        join::write(&mut transaction, &self.keys, &keys, &sealed).await?;
        sealed.write(&mut transaction).await?;
        transaction.commit().await?;
        self.people.keep(after);
        self.accounts_keep(accounts);
        if !joins.is_empty() {
            // What is written is written; what is left of this is finished at the next start.
            if let Err(error) = join::finish(&self.keys, writer.ready().await?).await {
                tracing::error!(%error, "The key of an absorbed account could not be destroyed; it is at the next start.");
            }
        }
        Ok(())
    }
}

impl Batch {
    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        self.inbox.is_empty()
            && self.persons_new.is_empty()
            && self.profiles.is_empty()
            && self.sessions.is_empty()
            && self.outbox.is_empty()
            && self.outcomes.is_empty()
            && self.shown.is_empty()
            && self.said.is_empty()
            && self.said_gone.is_empty()
            && self.joins.is_empty()
            && self.forgets.is_empty()
            && self.receipts.is_empty()
            && self.accounts_new.is_empty()
            && self.accounts_gone.is_empty()
            && self.link_codes.is_empty()
            && self.link_codes_taken.is_empty()
            && self.link_guesses.is_empty()
            && self.silences.is_empty()
            && self.plans.is_empty()
            && self.occurrences.is_empty()
            && self.entries.is_empty()
            && self.entry_changes.is_empty()
            && self.quarantine.is_empty()
            && self.counters.is_empty()
            && self.meta.is_empty()
    }
}

pub(crate) struct SessionCells {
    pub(crate) id: i64,
    pub(crate) person: i64,
    pub(crate) live: bool,
    pub(crate) expected_rev: i64,
    pub(crate) timer_at: Option<i64>,
    pub(crate) state: Arc<[u8]>,
}

struct OutboxCells {
    id: i64,
    person: i64,
    class: i64,
    state: i64,
    next_at: i64,
    created_at: i64,
    item: Vec<u8>,
}

/// A batch in the form in which it is written.
#[derive(Default)]
pub(crate) struct Sealed {
    inbox: Vec<(KeyedHash, i64)>,
    pub(crate) persons: Vec<(i64, Arc<[u8]>)>,
    pub(crate) accounts: Vec<(KeyedHash, i64)>,
    pub(crate) profiles: Vec<(i64, i64, Arc<[u8]>)>,
    /// Sessions that end, and whose they are.
    pub(crate) sessions_gone: Vec<(i64, i64)>,
    pub(crate) sessions_aside: Vec<SessionCells>,
    pub(crate) sessions_live: Vec<SessionCells>,
    pub(crate) sessions_new: Vec<SessionCells>,
    outbox: Vec<OutboxCells>,
    outbox_gone: Vec<i64>,
    outbox_moved: Vec<(i64, i64, i64, i64)>,
    shown: Vec<ShownWrite>,
    silences: Vec<SilenceWrite>,
    said: Vec<SaidNew>,
    pub(crate) said_gone: Vec<(i64, &'static str)>,
    pub(crate) plans: Vec<(i64, KeyedHash, Option<i64>, Vec<u8>)>,
    pub(crate) plans_gone: Vec<(i64, KeyedHash)>,
    occurrences: Vec<OccurrenceWrite>,
    entries: Vec<(i64, i64, KeyedHash, Vec<u8>)>,
    entries_changed: Vec<EntryCells>,
    entries_gone: Vec<EntryGone>,
    quarantine: Vec<(KeyedHash, i64, &'static str, String)>,
    counters: Vec<(&'static str, i64)>,
    meta: Vec<(&'static str, String)>,
    pub(crate) joins: Vec<Join>,
    forgets: Vec<ForgetCells>,
    receipts: Vec<i64>,
    /// Hash of a key that a join ends, and who stays.
    pub(crate) former_keys: Vec<(KeyedHash, i64)>,
    pub(crate) accounts_gone: Vec<KeyedHash>,
    link_codes: Vec<(i64, KeyedHash, i64)>,
    pub(crate) link_codes_taken: Vec<(i64, KeyedHash, i64)>,
    link_guesses: Vec<(KeyedHash, i64, i64)>,
}

impl Sealed {
    fn new(batch: Batch, ring: &KeyRing, keys: &Keys) -> Result<Self, StoreError> {
        let (shown, said) = (batch.shown, batch.said);
        let mut sealed = Self { shown, said, occurrences: batch.occurrences, meta: batch.meta, ..Self::default() };
        sealed.said_gone = batch.said_gone.iter().map(|(person, platform)| (person.0, platform.word())).collect();
        sealed.silences = batch.silences;
        sealed.inbox = batch.inbox.iter().map(|new| (ring.event_hash(&new.key), new.day)).collect();
        for new in batch.persons_new {
            sealed.accounts.push((ring.account_hash(new.address.platform, &new.address.account), new.id.0));
            sealed.persons.push((new.id.0, sealing::seal_profile(keys, new.id, 1, &new.profile)?.into()));
        }
        for new in batch.accounts_new {
            sealed.accounts.push((ring.account_hash(new.address.platform, &new.address.account), new.person.0));
        }
        let gone = batch.accounts_gone.iter();
        sealed.accounts_gone = gone.map(|(platform, account)| ring.account_hash(*platform, account)).collect();
        sealed.joins = batch.joins;
        sealed.receipts = batch.receipts.iter().map(|person| person.0).collect();
        sealed.links(batch.link_codes, batch.link_codes_taken, batch.link_guesses, ring);
        for write in batch.profiles {
            let profile = sealing::seal_profile(keys, write.person, write.expected_rev + 1, &write.profile)?;
            sealed.profiles.push((write.person.0, write.expected_rev, profile.into()));
        }
        for write in batch.sessions {
            match write {
                SessionWrite::Put(put) => sealed.session(put, keys)?,
                SessionWrite::Delete { id, person } => sealed.sessions_gone.push((id.0, person.0)),
            }
        }
        for new in batch.outbox {
            let item = sealing::seal_bytes(keys, new.person, Cell::Outbox { id: new.id }, new.item.expose())?;
            sealed.outbox.push(OutboxCells {
                id: new.id.0,
                person: new.person.0,
                class: new.class.code(),
                state: new.state.code(),
                next_at: new.next_at.as_millisecond(),
                created_at: new.created_at.as_millisecond(),
                item,
            });
        }
        for outcome in batch.outcomes {
            sealed.outcome(outcome);
        }
        for write in batch.plans {
            sealed.plan(write, ring, keys)?;
        }
        for new in batch.entries {
            let Some(kind) = EntryKind::of(&new.write) else {
                return Err(StoreError::Misuse { detail: "a write that is no entry stands among the entries" });
            };
            let hash = ring.write_hash(new.session, &new.key);
            let body = sealing::seal_entry(keys, new.person, hash, &new.write)?;
            sealed.entries.push((new.person.0, kind.code(), hash, body));
        }
        (sealed.entries_changed, sealed.entries_gone) = entries::seal(batch.entry_changes, keys)?;
        for new in batch.quarantine {
            let hash = ring.event_hash(&new.key);
            sealed.quarantine.push((hash, new.at.as_millisecond(), new.reason, new.fingerprint));
        }
        sealed.counters = batch.counters;
        Ok(sealed)
    }

    fn links(
        &mut self,
        codes: Vec<LinkCodeNew>,
        taken: Vec<LinkCodeTake>,
        guesses: Vec<LinkGuessesPut>,
        ring: &KeyRing,
    ) {
        for new in codes {
            self.link_codes.push((new.person.0, ring.link_hash(new.code), new.expires_at.as_millisecond()));
        }
        for taken in taken {
            self.link_codes_taken.push((taken.person.0, ring.link_hash(taken.code), taken.now.as_millisecond()));
        }
        for put in guesses {
            let (platform, account) = &put.account;
            let hash = ring.account_hash(*platform, account);
            let until = put.guesses.until.as_millisecond();
            self.link_guesses.push((hash, until, i64::from(put.guesses.count)));
        }
    }

    fn session(&mut self, put: SessionPut, keys: &Keys) -> Result<(), StoreError> {
        let expected_rev = put.expected_rev.unwrap_or(0);
        let cell = Cell::Session { id: put.id, rev: expected_rev + 1 };
        let cells = SessionCells {
            id: put.id.0,
            person: put.person.0,
            live: put.live,
            expected_rev,
            timer_at: put.timer_at.map(Timestamp::as_millisecond),
            state: sealing::seal_bytes(keys, put.person, cell, put.state.expose())?.into(),
        };
        match (put.expected_rev, put.live) {
            (None, _) => self.sessions_new.push(cells),
            (Some(_), true) => self.sessions_live.push(cells),
            (Some(_), false) => self.sessions_aside.push(cells),
        }
        Ok(())
    }

    fn outcome(&mut self, outcome: OutcomeWrite) {
        match outcome {
            OutcomeWrite::Sent(id) | OutcomeWrite::Drop(id) => self.outbox_gone.push(id.0),
            OutcomeWrite::Retry { id, attempts, next_at, state } => {
                self.outbox_moved.push((id.0, state.code(), attempts, next_at.as_millisecond()));
            }
        }
    }

    fn plan(&mut self, write: PlanWrite, ring: &KeyRing, keys: &Keys) -> Result<(), StoreError> {
        match write {
            PlanWrite::Put { person, plan, due_at } => {
                let name = ring.plan_hash(person, &plan.dialog);
                let body = sealing::seal_plan(keys, person, name, &plan)?;
                self.plans.push((person.0, name, due_at.map(Timestamp::as_millisecond), body));
            }
            PlanWrite::Drop { person, dialog } => self.plans_gone.push((person.0, ring.plan_hash(person, &dialog))),
        }
        Ok(())
    }

    /// Everybody whose profile, sessions or plans it changes.
    pub(crate) fn changed(&self) -> impl Iterator<Item = i64> {
        let sessions = self.sessions_aside.iter().chain(&self.sessions_live).chain(&self.sessions_new);
        let profiles = self.profiles.iter().map(|(person, ..)| *person);
        let gone = self.sessions_gone.iter().map(|(_, person)| *person);
        let plans =
            self.plans.iter().map(|(person, ..)| *person).chain(self.plans_gone.iter().map(|(person, _)| *person));
        profiles.chain(gone).chain(sessions.map(|cells| cells.person)).chain(plans)
    }

    /// Rows in all, lists of ids as one each.
    fn rows(&self) -> usize {
        self.inbox.len()
            + self.persons.len()
            + self.accounts.len()
            + self.profiles.len()
            + usize::from(!self.sessions_gone.is_empty())
            + self.sessions_aside.len()
            + self.sessions_live.len()
            + self.sessions_new.len()
            + self.outbox.len()
            + usize::from(!self.outbox_gone.is_empty())
            + self.outbox_moved.len()
            + self.shown.len()
            + self.silences.len()
            + self.said.len()
            + self.plans.len()
            + self.plans_gone.len()
            + self.occurrences.len()
            + self.entries.len()
            + self.entries_changed.len()
            + self.entries_gone.len()
            + self.quarantine.len()
            + self.counters.len()
            + self.meta.len()
            + self.accounts_gone.len()
            + self.forgets.len()
            + usize::from(!self.receipts.is_empty())
            + self.link_codes.len()
            + self.link_guesses.len()
    }

    /// Parents before children; sessions that end or are set aside before those that open, because at most one of a
    /// person may be open at any moment.
    async fn write(self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        let mut script = Script::new(connection, self.rows());
        let to = &mut script;
        to.rows(&statements::INBOX_INSERT, self.inbox, |(hash, day), row| {
            row.add(hash.as_slice())?;
            row.add(day)
        })
        .await?;
        to.rows(&statements::PERSONS_INSERT, self.persons, |(id, profile), row| {
            row.add(id)?;
            row.add(profile)
        })
        .await?;
        to.rows(&statements::ACCOUNTS_DELETE, self.accounts_gone, |hash, row| row.add(hash.as_slice())).await?;
        to.rows(&statements::ACCOUNTS_INSERT, self.accounts, |(hash, person), row| {
            row.add(hash.as_slice())?;
            row.add(person)
        })
        .await?;
        to.rows_all(
            &statements::PERSONS_UPDATE,
            self.profiles,
            "the revision of a profile",
            |(person, rev, profile), row| {
                row.add(person)?;
                row.add(rev)?;
                row.add(profile)
            },
        )
        .await?;
        to.ids(statements::SESSIONS_DELETE, self.sessions_gone.into_iter().map(|(id, _)| id).collect()).await?;
        update_sessions(to, self.sessions_aside).await?;
        update_sessions(to, self.sessions_live).await?;
        insert_sessions(to, self.sessions_new).await?;
        insert_outbox(to, self.outbox).await?;
        write_outcomes(to, self.outbox_gone, self.outbox_moved, self.shown).await?;
        write_silences(to, self.silences).await?;
        said::insert(to, self.said).await?;
        write_plans(to, self.plans, self.plans_gone, self.occurrences).await?;
        to.rows(&statements::ENTRIES_INSERT, self.entries, |(person, kind, hash, body), row| {
            row.add(person)?;
            row.add(kind)?;
            row.add(hash.as_slice())?;
            row.add(body)
        })
        .await?;
        entries::write(to, self.entries_changed, self.entries_gone).await?;
        write_links(to, self.link_codes, self.link_guesses).await?;
        write_forgets(to, self.forgets, self.receipts).await?;
        to.rows(&statements::QUARANTINE_PUT, self.quarantine, |(hash, at, reason, fingerprint), row| {
            row.add(hash.as_slice())?;
            row.add(at)?;
            row.add(reason)?;
            row.add(fingerprint)
        })
        .await?;
        to.rows(&statements::COUNTERS_ADD, self.counters, |(name, value), row| {
            row.add(name)?;
            row.add(value)
        })
        .await?;
        to.rows(&statements::META_PUT, self.meta, |(name, value), row| {
            row.add(name)?;
            row.add(value)
        })
        .await?;
        script.finish().await
    }
}

async fn update_sessions(to: &mut Script<'_>, sessions: Vec<SessionCells>) -> Result<(), StoreError> {
    to.rows_all(&statements::SESSIONS_UPDATE, sessions, "the revision of a session", |cells, row| {
        row.add(cells.id)?;
        row.add(cells.person)?;
        row.add(cells.expected_rev)?;
        row.add(cells.live)?;
        row.add(cells.timer_at)?;
        row.add(cells.state)
    })
    .await
}

async fn insert_sessions(to: &mut Script<'_>, sessions: Vec<SessionCells>) -> Result<(), StoreError> {
    to.rows(&statements::SESSIONS_INSERT, sessions, |cells, row| {
        row.add(cells.id)?;
        row.add(cells.person)?;
        row.add(cells.live)?;
        row.add(cells.timer_at)?;
        row.add(cells.state)
    })
    .await
}

async fn insert_outbox(to: &mut Script<'_>, outbox: Vec<OutboxCells>) -> Result<(), StoreError> {
    to.rows(&statements::OUTBOX_INSERT, outbox, |cells, row| {
        row.add(cells.id)?;
        row.add(cells.person)?;
        row.add(cells.class)?;
        row.add(cells.state)?;
        row.add(cells.next_at)?;
        row.add(cells.created_at)?;
        row.add(cells.item)
    })
    .await
}

async fn write_outcomes(
    to: &mut Script<'_>,
    gone: Vec<i64>,
    moved: Vec<(i64, i64, i64, i64)>,
    shown: Vec<ShownWrite>,
) -> Result<(), StoreError> {
    to.ids(statements::OUTBOX_DELETE, gone).await?;
    to.rows(&statements::OUTBOX_UPDATE, moved, |(id, state, attempts, next_at), row| {
        row.add(id)?;
        row.add(state)?;
        row.add(attempts)?;
        row.add(next_at)
    })
    .await?;
    to.rows(&statements::SHOWN_PUT, shown, |write, row| {
        row.add(write.session.0)?;
        row.add(write.turn.cast_signed())?;
        row.add(write.place)?;
        row.add(write.platform.word())
    })
    .await
}

async fn write_links(
    to: &mut Script<'_>,
    codes: Vec<(i64, KeyedHash, i64)>,
    guesses: Vec<(KeyedHash, i64, i64)>,
) -> Result<(), StoreError> {
    to.rows(&statements::LINK_CODES_PUT, codes, |(person, hash, expires_at), row| {
        row.add(person)?;
        row.add(hash.as_slice())?;
        row.add(expires_at)
    })
    .await?;
    to.rows(&statements::LINK_GUESSES_PUT, guesses, |(account, until, count), row| {
        row.add(account.as_slice())?;
        row.add(until)?;
        row.add(count)
    })
    .await
}

async fn write_plans(
    to: &mut Script<'_>,
    plans: Vec<(i64, KeyedHash, Option<i64>, Vec<u8>)>,
    gone: Vec<(i64, KeyedHash)>,
    occurrences: Vec<OccurrenceWrite>,
) -> Result<(), StoreError> {
    to.rows(&statements::PLANS_DELETE, gone, |(person, name), row| {
        row.add(person)?;
        row.add(name.as_slice())
    })
    .await?;
    to.rows(&statements::PLANS_PUT, plans, |(person, name, due_at, body), row| {
        row.add(person)?;
        row.add(name.as_slice())?;
        row.add(due_at)?;
        row.add(body)
    })
    .await?;
    to.rows(&statements::OCCURRENCES_PUT, occurrences, |write, row| {
        row.add(write.plan.0)?;
        row.add(write.due_at.as_millisecond())?;
        row.add(write.person.0)?;
        row.add(write.expires_at.as_millisecond())?;
        row.add(write.state.code())
    })
    .await
}
