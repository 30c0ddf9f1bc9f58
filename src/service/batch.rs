//! One batch: who and what its events concern is read at once, the turns run in memory, and what they decided
//! becomes one write.

mod accounts;
mod entries;
mod errands;
mod follow;
mod rows;
mod said;

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};

use jiff::Timestamp;
use tokio::sync::oneshot;

use crate::domain::event::{Address, Body, Event, EventKey, Platform, Source};
use crate::domain::ids::PersonId;
use crate::domain::message::View;
use crate::domain::person::Profile;
use crate::domain::pin::PinProof;
use crate::domain::space::SpaceAsk;
use crate::service::batch::follow::Follows;
use crate::service::batch::rows::{held, work_of};
use crate::service::delivery::{Chat, Handed, NudgeTerms, Parcel};
use crate::service::flight::Errands;
use crate::service::person::{HeldPlan, Need, PersonWork};
use crate::service::ports::{Class, Item};
use crate::service::quarantine::{kind, quarantined};
use crate::service::turn::{self, Changes, World};
use crate::service::writer::Writer;
use crate::service::{Answer, Taken};
use crate::store::{
    Batch, InboxNew, Look, OccurrenceWrite, OutboxClass, OutboxNew, OutboxState, SilenceWrite, StoreError,
};

/// An event and where its answer goes.
#[derive(Debug)]
pub(crate) struct Asked {
    pub event: Event,
    pub answer: oneshot::Sender<Answer>,
    pub proof: Option<PinProof>,
}

/// What a committed batch leaves to do.
#[derive(Debug, Default)]
pub(crate) struct Done {
    /// One answer per event, in order.
    pub answers: Vec<Answer>,
    /// What is to be sent, in order.
    pub handed: Vec<Handed>,
    /// People of whom nothing is kept: they are forgotten once their chat has what is to be sent.
    pub leaving: Vec<(PersonId, Chat)>,
    /// Somebody is marked to be forgotten.
    pub forgets: bool,
    /// People who asked for it: nothing that is on its way to them goes out any more.
    pub forgotten: Vec<PersonId>,
    /// The earliest instant at which something of this batch becomes due.
    pub earliest_due: Option<Timestamp>,
    /// Somebody's dialog ended or was set aside.
    pub freed: bool,
}

/// A batch whose turns are run, and which is not yet written.
#[derive(Debug)]
pub(crate) struct Prepared {
    /// The write.
    pub batch: Batch,
    /// What is left to do after its commit.
    pub done: Done,
    /// What it concerns: nothing else of these may run before the commit.
    pub touched: Touched,
}

/// Keys, people and accounts that a batch concerns.
#[derive(Debug, Default)]
pub(crate) struct Touched {
    keys: HashSet<EventKey>,
    persons: HashSet<PersonId>,
    accounts: HashSet<(Platform, String)>,
}

impl Round {
    /// An empty batch that takes nothing for granted.
    pub(crate) fn careful() -> Self {
        Self { look: Look::Disk, ..Self::default() }
    }

    /// Reads and runs further events, while a batch of these may be in flight. The store is as it was: after an error none
    /// of the batch may be written.
    pub(crate) async fn add(
        &mut self,
        writer: &mut Writer,
        events: &[Asked],
        errands: &Errands,
        flying: Option<&Touched>,
    ) -> Result<(), StoreError> {
        self.now = writer.clock.now();
        let fresh = self.find(writer, events, errands).await?;
        for (asked, fresh) in events.iter().zip(fresh) {
            let answer = match self.whom(writer, &asked.event, fresh) {
                Some(person) if fresh => self.turn(writer, asked, person, flying).await?,
                Some(person) => {
                    self.leave_out(writer, &asked.event, person, false).await?;
                    Answer::quiet(Taken::Repeated)
                }
                None if fresh => self.about_nobody(&asked.event),
                None => Answer::quiet(Taken::Repeated),
            };
            self.done.answers.push(answer);
            // The batch before this one is being committed: let its next statement go out.
            tokio::task::yield_now().await;
        }
        self.errands(errands);
        Ok(())
    }

    /// What is to be written, and what is left to do after that.
    pub(crate) fn finish(mut self, writer: &Writer) -> Prepared {
        for (person, work) in &self.works {
            self.touched.persons.insert(*person);
            self.touched.accounts.extend(work.profile.addresses().map(account));
        }
        self.leavings();
        self.write_persons(writer);
        Prepared { batch: self.batch, done: self.done, touched: self.touched }
    }
}

impl Touched {
    /// Whether an event must wait until the batch is written.
    pub(crate) fn has(&self, event: &Event) -> bool {
        self.keys.contains(&event.key)
            || match &event.source {
                Source::Person(person) => self.persons.contains(person),
                Source::Platform | Source::Address(_) => false,
            }
            || accounts_of(event).any(|account| self.accounts.contains(&account))
    }

    /// Whether the batch concerns a person.
    pub(crate) fn has_person(&self, person: PersonId) -> bool {
        self.persons.contains(&person)
    }
}

/// The write that only sets one event apart.
pub(crate) fn quarantine_only(event: &Event, now: Timestamp, reason: &'static str) -> Batch {
    Batch {
        inbox: vec![InboxNew { key: event.key.clone(), day: day(now) }],
        quarantine: vec![quarantined(event, now, reason)],
        counters: vec![("quarantined_total", 1)],
        ..Batch::default()
    }
}

/// A batch in the making: people as its turns leave them, and what it writes.
#[derive(Default)]
pub(crate) struct Round {
    now: Timestamp,
    look: Look,
    works: HashMap<PersonId, PersonWork>,
    found: HashMap<(Platform, String), PersonId>,
    /// Accounts that are somebody else's than the store says.
    moved: HashSet<(Platform, String)>,
    /// People who became one with another.
    joined: HashMap<PersonId, PersonId>,
    /// Who had a turn.
    turned: HashSet<PersonId>,
    /// Who is to be forgotten, unless they came back.
    forgets: HashSet<PersonId>,
    /// Strangers who get the receipt of who they were; they are left to that.
    heirs: HashSet<PersonId>,
    batch: Batch,
    done: Done,
    touched: Touched,
}

impl Round {
    /// Which events are new, neither in the store nor earlier in this batch; everybody whom they concern is read with
    /// their open session.
    async fn find(&mut self, writer: &Writer, events: &[Asked], errands: &Errands) -> Result<Vec<bool>, StoreError> {
        let keys: Vec<EventKey> = events.iter().map(|asked| asked.event.key.clone()).collect();
        let mut accounts: Vec<(Platform, String)> = Vec::new();
        let mut persons: Vec<PersonId> = errands.forgets.clone();
        persons.extend(errands.gone.iter().map(|gone| gone.person));
        for asked in events {
            accounts.extend(accounts_of(&asked.event));
            if let Source::Person(person) = &asked.event.source {
                persons.push(*person);
            }
        }
        let known = writer.store.batch_load(self.look, &keys, &accounts, &persons).await?;
        for (person, state) in known.states {
            // What earlier turns of this batch made of somebody is newer than what the store has.
            if let Entry::Vacant(place) = self.works.entry(person) {
                place.insert(work_of(person, state)?);
            }
        }
        let seen = &mut self.touched.keys;
        let fresh: Vec<bool> =
            keys.iter().zip(known.taken).map(|(key, taken)| seen.insert(key.clone()) && !taken).collect();
        // What the bot's own timers do is protected by the rows they come from.
        let kept = |asked: &Asked| {
            !matches!(asked.event.body, Body::TimerDue { .. } | Body::CheckInQueued { .. } | Body::SilenceDue { .. })
        };
        let day = day(self.now);
        let taken = events.iter().zip(&fresh).filter(|(asked, fresh)| **fresh && kept(asked));
        self.batch.inbox.extend(taken.map(|(asked, _)| InboxNew { key: asked.event.key.clone(), day }));

        let accounts = accounts.into_iter().zip(known.accounts);
        let accounts = accounts.filter(|(account, _)| !self.moved.contains(account));
        self.found.extend(accounts.filter_map(|(account, person)| Some((account, person?))));
        Ok(fresh)
    }

    /// Whom an event concerns, after the events before it. Somebody new gets a profile.
    fn whom(&mut self, writer: &Writer, event: &Event, fresh: bool) -> Option<PersonId> {
        match &event.source {
            // A repeated check-in may have left its row as it was: the machine's clock was set back.
            Source::Person(person) if fresh || matches!(event.body, Body::CheckInDue { .. }) => {
                Some(self.joined.get(person).copied().unwrap_or(*person))
            }
            Source::Address(address) if fresh => {
                let account = account(address);
                match self.found.get(&account) {
                    Some(person) => Some(*person),
                    // Somebody unknown who shuts the bot out stays unknown, and so does a space for somebody who goes.
                    None if is_goodbye(&event.body) => None,
                    None => {
                        let person = self.welcome(writer, address, event.origin.language.clone());
                        self.found.insert(account, person);
                        Some(person)
                    }
                }
            }
            Source::Person(_) | Source::Address(_) | Source::Platform => None,
        }
    }

    /// Somebody who was never here.
    fn welcome(&mut self, writer: &Writer, address: &Address, language: Option<String>) -> PersonId {
        let person = writer.store.person_id_next();
        let profile = Profile { language, ..Profile::new(address.clone()) };
        self.works.insert(person, PersonWork::new(person, profile));
        person
    }

    /// An event about nobody: remembered, and set apart when it could not be read.
    fn about_nobody(&mut self, event: &Event) -> Answer {
        let taken = if let Body::Unreadable(_) = event.body {
            tracing::warn!("A platform sent something unreadable; it is set apart.");
            self.batch.quarantine.push(quarantined(event, self.now, "unreadable"));
            self.batch.counters.push(("quarantined_total", 1));
            Taken::Quarantined
        } else {
            Taken::Taken
        };
        Answer::quiet(taken)
    }

    /// Runs one turn. A panic costs this event only: it is set apart, and the person is told with one line.
    async fn turn(
        &mut self,
        writer: &mut Writer,
        asked: &Asked,
        person: PersonId,
        flying: Option<&Touched>,
    ) -> Result<Answer, StoreError> {
        let event = &asked.event;
        loop {
            // A timer of somebody who is gone from the store.
            let Some(work) = self.works.get_mut(&person) else {
                return Ok(Answer::quiet(Taken::Taken));
            };
            if let Source::Address(address) = &event.source {
                if !matches!(event.body, Body::Left | Body::Space(_)) {
                    work.profile_changed |= work.profile.write_from(address);
                }
                work.profile_changed |= work.profile.hear(address, event);
            }
            let mut world = World {
                library: &writer.library,
                settings: &writer.settings,
                now: self.now,
                chance: writer.chance.as_mut(),
                proof: asked.proof.as_ref(),
            };
            match catch_unwind(AssertUnwindSafe(|| turn::take(&mut world, work, event))) {
                Ok(Ok((work, changes))) => {
                    let (note, leads) = (changes.note.clone(), changes.leads.clone());
                    let mut follows = changes.follows.clone();
                    self.remember(event, &work, &changes);
                    follows.extend(self.keep(writer, work, changes));
                    let told = self.follow(writer, event, follows, flying).await?;
                    return Ok(Answer { taken: Taken::Taken, note: note.or(told), leads });
                }
                Ok(Err(Need::Code(code))) => self.read_code(writer, person, code, flying).await?,
                Ok(Err(need)) => self.read(writer, person, need).await?,
                Err(_panic) => {
                    tracing::error!(event = kind(&event.body), "A turn broke; its event is set apart.");
                    self.set_apart(writer, event, person);
                    self.leave_out(writer, event, person, true).await?;
                    return Ok(Answer::quiet(Taken::Quarantined));
                }
            }
        }
    }

    /// Moves the row that a timer's event came from, so that it does not break the next turn as well.
    async fn leave_out(
        &mut self,
        writer: &mut Writer,
        event: &Event,
        person: PersonId,
        broke: bool,
    ) -> Result<(), StoreError> {
        while let Some(work) = self.works.get(&person) {
            let mut world = World {
                library: &writer.library,
                settings: &writer.settings,
                now: self.now,
                chance: writer.chance.as_mut(),
                proof: None,
            };
            match catch_unwind(AssertUnwindSafe(|| turn::leave_out(&mut world, work, event, broke))) {
                Ok(Ok((work, changes))) => {
                    self.keep(writer, work, changes);
                    return Ok(());
                }
                Ok(Err(need)) => self.read(writer, person, need).await?,
                Err(_panic) => return Ok(()),
            }
        }
        Ok(())
    }

    async fn read(&mut self, writer: &Writer, person: PersonId, need: Need) -> Result<(), StoreError> {
        match need {
            Need::Parked => {
                let rows = writer.store.sessions_parked(person).await?;
                let held = rows.into_iter().map(held).collect::<Result<Vec<_>, _>>()?;
                if let Some(work) = self.works.get_mut(&person) {
                    work.parked_loaded(held);
                }
            }
            Need::Plans => {
                let rows = writer.store.plans_of(person).await?;
                let held = rows
                    .into_iter()
                    .map(|row| HeldPlan { id: Some(row.id), plan: row.plan, due: row.due_at, changed: false })
                    .collect();
                if let Some(work) = self.works.get_mut(&person) {
                    work.plans_loaded(held);
                }
            }
            Need::Counts => {
                let counts = writer.store.counts_of(person).await?;
                if let Some(work) = self.works.get_mut(&person) {
                    work.counts = Some(counts);
                }
            }
            Need::Entries(ask) => self.read_entries(writer, person, ask).await?,
            // Only a person's own words need it.
            Need::Code(_) => {}
        }
        Ok(())
    }

    /// Keeps what a turn brought; what follows from that for others, beside what follows from the turn.
    fn keep(&mut self, writer: &Writer, mut work: PersonWork, mut changes: Changes) -> Follows {
        let person = work.id;
        work.entries.clear();
        if changes.is_forgotten {
            self.forgotten(writer, work, changes);
            return Follows::new();
        }
        if let Some((from, to)) = changes.moved.take()
            && !self.moved_space(writer, &work, &from, to)
        {
            return self.gave_way(writer, work, from);
        }
        self.keep_accounts(writer, &work, &mut changes);
        for (to, item) in std::mem::take(&mut changes.elsewhere) {
            self.send(writer, &work, to, Class::Reply, item.into());
        }
        let order =
            changes.order.map(|(after, order)| (changes.items.split_off(after.min(changes.items.len())), order));
        let mut parcels = Parcel::pack(changes.items);
        if let Some((after, order)) = order {
            parcels.push((Class::Reply, Parcel::order(order)));
            parcels.append(&mut Parcel::pack(after));
        }
        for (class, parcel) in parcels {
            let to = if class == Class::Reply { &work.profile.address } else { work.profile.checkin_address() };
            self.send(writer, &work, to.clone(), class, parcel);
        }
        self.keep_entries(std::mem::take(&mut changes.entries), std::mem::take(&mut changes.entry_changes));
        self.batch.occurrences.extend(changes.occurrences.into_iter().map(|occurrence| OccurrenceWrite {
            plan: occurrence.plan,
            person: occurrence.person,
            due_at: occurrence.due,
            expires_at: occurrence.expires,
            state: occurrence.state,
        }));
        self.batch.silences.extend(changes.silence.map(|due_at| SilenceWrite { person, due_at }));
        self.done.freed |= changes.freed;
        self.turned.insert(person);
        self.works.insert(person, work);
        Follows::new()
    }

    /// A row of the outbox. A reply is born as being sent, so that a turn costs one commit; a nudge gets its own
    /// intent, because it must never be sent twice and must not be lost between commit and send.
    fn send(&mut self, writer: &Writer, work: &PersonWork, to: Address, class: Class, parcel: Parcel) {
        let Ok(bytes) = parcel.encode(to.platform) else {
            self.batch.counters.push(("unreadable_total", 1));
            return;
        };
        let id = writer.store.outbox_id_next();
        let reply = class == Class::Reply;
        self.batch.outbox.push(OutboxNew {
            id,
            person: work.id,
            class: if reply { OutboxClass::Reply } else { OutboxClass::Nudge },
            state: if reply { OutboxState::Sending } else { OutboxState::Pending },
            next_at: self.now,
            created_at: self.now,
            item: bytes.into(),
        });
        self.done.handed.push(Handed {
            id,
            person: work.id,
            to,
            class,
            attempts: 0,
            created_at: self.now,
            intended: reply,
            unknown_before: false,
            wait: None,
            early: false,
            counted: true,
            nudge: (!reply).then(|| Box::new(NudgeTerms::of(&work.profile, &writer.settings))),
            parcel,
        });
    }

    fn set_apart(&mut self, writer: &mut Writer, event: &Event, person: PersonId) {
        self.batch.quarantine.push(quarantined(event, self.now, "panic"));
        self.batch.counters.push(("quarantined_total", 1));
        if let Some(work) = self.works.remove(&person) {
            let library = writer.library.speaking(work.language(&writer.settings));
            let text = turn::line(library, "sorry", &[], 0);
            let item = Item::Show { session: None, turn: None, in_place: false, view: View::say(text) };
            self.send(writer, &work, work.profile.address.clone(), Class::Reply, item.into());
            self.works.insert(person, work);
        }
    }
}

fn account(address: &Address) -> (Platform, String) {
    (address.platform, address.account.clone())
}

/// The account that an event comes from, and the one that a space has from now on.
fn accounts_of(event: &Event) -> impl Iterator<Item = (Platform, String)> {
    let address = match &event.source {
        Source::Address(address) => Some(address),
        Source::Person(_) | Source::Platform => None,
    };
    let ask = if let Body::Space(space) = &event.body { Some(&space.ask) } else { None };
    let moved = if let Some(SpaceAsk::Moved(account)) = ask {
        address.map(|address| (address.platform, account.clone()))
    } else {
        None
    };
    address.map(account).into_iter().chain(moved)
}

/// Whether somebody or a space shuts the bot out, or somebody goes from a space: nothing that begins with it.
fn is_goodbye(body: &Body) -> bool {
    let is_going = |ask: &SpaceAsk| matches!(ask, SpaceAsk::Removed | SpaceAsk::Departed(_));
    matches!(body, Body::Left) || matches!(body, Body::Space(event) if is_going(&event.ask))
}

fn day(now: Timestamp) -> i64 {
    now.as_second().div_euclid(86_400)
}
