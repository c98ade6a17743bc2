//! An inbox in memory: what it holds is lost when the process ends.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard};
use std::time::SystemTime;

use crate::inbox::{
    Appended, Arrival, Claim, Claimed, Counts, DeadLetter, DeadReason, Inbox, InboxError, Lease,
    Limits,
};

/// An [`Inbox`] in memory. What it holds is lost when the process ends: for tests, and where the loss of an event does not matter.
#[derive(Debug)]
pub struct MemoryInbox {
    limits: Limits,
    entries: Mutex<Entries>,
}

#[derive(Debug, Default)]
struct Entries {
    /// By their numbers, in the order in which they came.
    all: BTreeMap<u64, Entry>,
    next_number: u64,
    by_id: HashMap<String, u64>,
    /// Those that wait or are in flight.
    open: BTreeSet<u64>,
    /// Those that wait, by what they have in common.
    coalesced: HashMap<String, u64>,
    /// Those that are done, with the time, in the order in which they were.
    done: VecDeque<(SystemTime, u64)>,
}

#[derive(Debug)]
struct Entry {
    id: String,
    state: State,
    attempts: u32,
    created: SystemTime,
    coalesce: Option<String>,
    received: SystemTime,
    signature: Vec<u8>,
    /// None if an id was claimed without a delivery.
    body: Option<Vec<u8>>,
}

#[derive(Debug, PartialEq)]
enum State {
    Waiting { not_before: SystemTime },
    InFlight { since: SystemTime },
    Done,
    Dead(DeadReason<'static>),
}

impl MemoryInbox {
    /// An empty one.
    pub fn new(limits: Limits) -> Self {
        Self { limits, entries: Mutex::default() }
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        // No method leaves it half changed: a panic of another thread takes nothing of it.
        self.entries.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Entries {
    fn append(&mut self, arrival: &Arrival<'_>, now: SystemTime, limits: &Limits) -> Appended {
        if self.by_id.contains_key(arrival.id.as_ref()) {
            return Appended::Duplicate;
        }
        if !self.make_room(limits) {
            return Appended::Full;
        }
        let mut entry = Entry {
            id: arrival.id.clone().into_owned(),
            state: State::Waiting { not_before: SystemTime::UNIX_EPOCH },
            attempts: 0,
            created: arrival.created,
            coalesce: None,
            received: now,
            signature: arrival.signature.to_vec(),
            body: Some(arrival.body.to_vec()),
        };
        if let Some(dead) = &arrival.dead {
            entry.state = State::Dead(dead.to_owned());
            self.insert(entry);
            return Appended::New;
        }
        let Some(key) = &arrival.coalesce else {
            self.insert(entry);
            return Appended::New;
        };
        match self.coalesced.get(key).copied() {
            Some(other) if self.all[&other].created > entry.created => {
                let number = self.insert(entry);
                self.finish(number, now);
                Appended::Superseded
            }
            other => {
                if let Some(other) = other {
                    self.finish(other, now);
                }
                entry.coalesce = Some(key.clone());
                let number = self.insert(entry);
                self.coalesced.insert(key.clone(), number);
                Appended::New
            }
        }
    }

    fn insert(&mut self, entry: Entry) -> u64 {
        self.next_number += 1;
        let number = self.next_number;
        self.by_id.insert(entry.id.clone(), number);
        if !matches!(entry.state, State::Dead(_)) {
            self.open.insert(number);
        }
        self.all.insert(number, entry);
        number
    }

    /// Forgets what was done long ago.
    fn forget_old(&mut self, now: SystemTime, limits: &Limits) {
        while let Some(&(at, number)) = self.done.front() {
            if at > limits.forgotten(now) {
                break;
            }
            self.done.pop_front();
            self.remove(number);
        }
    }

    /// Whether there is room for one more, once what was done first is forgotten.
    fn make_room(&mut self, limits: &Limits) -> bool {
        while self.all.len() >= limits.entries {
            let Some((_, number)) = self.done.pop_front() else { return false };
            self.remove(number);
        }
        true
    }

    fn remove(&mut self, number: u64) {
        if let Some(entry) = self.all.remove(&number) {
            self.by_id.remove(&entry.id);
            self.open.remove(&number);
        }
    }

    /// The entry from now on has no part in what is coalesced.
    fn entry(&mut self, number: u64) -> &mut Entry {
        let entry = self.all.get_mut(&number).expect("each number that is kept has an entry");
        if let Some(key) = entry.coalesce.take() {
            self.coalesced.remove(&key);
        }
        entry
    }

    fn finish(&mut self, number: u64, now: SystemTime) {
        let entry = self.entry(number);
        entry.state = State::Done;
        entry.signature = Vec::new();
        entry.body = None;
        self.open.remove(&number);
        self.done.push_back((now, number));
    }

    fn lease(&mut self, number: u64, now: SystemTime) -> &Entry {
        let entry = self.entry(number);
        entry.state = State::InFlight { since: now };
        entry.attempts += 1;
        entry
    }

    /// The number of the entry that this lease is on.
    fn leased(&self, lease: &Lease) -> Result<u64, InboxError> {
        let number = self.by_id.get(lease.id()).copied().ok_or(InboxError::LeaseLost)?;
        let entry = &self.all[&number];
        let is_held =
            matches!(entry.state, State::InFlight { .. }) && entry.attempts == lease.attempt();
        if is_held { Ok(number) } else { Err(InboxError::LeaseLost) }
    }
}

impl Inbox for MemoryInbox {
    fn append(
        &self,
        arrivals: &[Arrival<'_>],
        now: SystemTime,
    ) -> Result<Vec<Appended>, InboxError> {
        let mut entries = self.entries();
        entries.forget_old(now, &self.limits);
        Ok(arrivals.iter().map(|arrival| entries.append(arrival, now, &self.limits)).collect())
    }

    fn claim(&self, id: &str, now: SystemTime) -> Result<Claim, InboxError> {
        let mut entries = self.entries();
        entries.forget_old(now, &self.limits);
        let number = if let Some(number) = entries.by_id.get(id).copied() {
            match entries.all[&number].state {
                State::Done | State::Dead(_) => return Ok(Claim::Done),
                State::InFlight { since } if !self.limits.has_run_out(since, now) => {
                    return Ok(Claim::InFlight);
                }
                State::InFlight { .. } | State::Waiting { .. } => number,
            }
        } else {
            if !entries.make_room(&self.limits) {
                return Err(InboxError::Full);
            }
            entries.insert(Entry {
                id: id.into(),
                state: State::Waiting { not_before: SystemTime::UNIX_EPOCH },
                attempts: 0,
                created: now,
                coalesce: None,
                received: now,
                signature: Vec::new(),
                body: None,
            })
        };
        Ok(Claim::New(Lease::new(id, entries.lease(number, now).attempts)))
    }

    fn next(&self, limit: usize, now: SystemTime) -> Result<Vec<Claimed>, InboxError> {
        let mut entries = self.entries();
        let is_free = |number: &&u64| {
            let Entry { state, body, .. } = &entries.all[number];
            body.is_some()
                && match state {
                    State::Waiting { not_before } => *not_before <= now,
                    State::InFlight { since } => self.limits.has_run_out(*since, now),
                    State::Done | State::Dead(_) => false,
                }
        };
        let free: Vec<u64> = entries.open.iter().filter(is_free).take(limit).copied().collect();
        let claim = |number| {
            let Entry { id, attempts, received, signature, body, .. } = entries.lease(number, now);
            Claimed {
                lease: Lease::new(id, *attempts),
                received: *received,
                signature: signature.clone(),
                body: body.clone().unwrap_or_default(),
            }
        };
        Ok(free.into_iter().map(claim).collect())
    }

    fn complete(&self, lease: &Lease, now: SystemTime) -> Result<(), InboxError> {
        let mut entries = self.entries();
        let number = entries.leased(lease)?;
        entries.finish(number, now);
        Ok(())
    }

    fn release(&self, lease: &Lease, not_before: SystemTime) -> Result<(), InboxError> {
        let mut entries = self.entries();
        let number = entries.leased(lease)?;
        let entry = entries.entry(number);
        entry.state = State::Waiting { not_before };
        if entry.body.is_none() {
            entries.remove(number);
        }
        Ok(())
    }

    fn bury(&self, lease: &Lease, dead: &DeadReason<'_>) -> Result<(), InboxError> {
        let mut entries = self.entries();
        let number = entries.leased(lease)?;
        entries.entry(number).state = State::Dead(dead.to_owned());
        entries.open.remove(&number);
        Ok(())
    }

    fn dead_letters(&self, after: u64, limit: usize) -> Result<Vec<DeadLetter>, InboxError> {
        let entries = self.entries();
        let dead = entries.all.range(after.saturating_add(1)..).filter_map(|(number, entry)| {
            let State::Dead(reason) = &entry.state else { return None };
            Some(DeadLetter {
                number: *number,
                received: entry.received,
                reason: reason.clone(),
                signature: entry.signature.clone(),
                body: entry.body.clone().unwrap_or_default(),
            })
        });
        Ok(dead.take(limit).collect())
    }

    fn forget(&self, number: u64) -> Result<(), InboxError> {
        let mut entries = self.entries();
        if matches!(entries.all.get(&number), Some(Entry { state: State::Dead(_), .. })) {
            entries.remove(number);
        }
        Ok(())
    }

    fn counts(&self) -> Result<Counts, InboxError> {
        let entries = self.entries();
        let mut counts = Counts::default();
        for entry in entries.all.values() {
            match entry.state {
                State::Waiting { .. } => counts.waiting += 1,
                State::InFlight { .. } => counts.in_flight += 1,
                State::Done => counts.done += 1,
                State::Dead(_) => counts.dead += 1,
            }
        }
        Ok(counts)
    }
}
