//! An inbox in memory: what it holds is lost when the process ends.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::fmt;
use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, SystemTime};

use crate::inbox::{
    Appended, Arrival, Claim, Claimed, Counts, DeadLetter, DeadReason, Inbox, InboxError, Lease,
    LeaseKey, Limits,
};

/// An [`Inbox`] in memory. What it holds is lost when the process ends: for tests, and where the loss of an event does not matter.
pub struct MemoryInbox {
    limits: Limits,
    entries: Mutex<Entries>,
}

#[derive(Default)]
struct Entries {
    /// By their numbers, in the order in which they came.
    all: BTreeMap<u64, Entry>,
    next_number: u64,
    by_id: HashMap<String, u64>,
    /// Those that wait or are in flight.
    open: BTreeSet<u64>,
    /// Those of them whose delivery has not come.
    claimed: BTreeSet<u64>,
    /// Those that wait, by what they have in common.
    coalesced: HashMap<String, u64>,
    /// Those that are done, with the time, in the order in which they were.
    done: VecDeque<(SystemTime, u64)>,
    /// The same of those that nobody has handled, since a newer one came.
    superseded: VecDeque<(SystemTime, u64)>,
}

struct Entry {
    id: String,
    state: State,
    attempts: u32,
    /// Attempts before it came again as a dead letter.
    earlier: u32,
    leases: u64,
    created: SystemTime,
    coalesce: Option<String>,
    received: SystemTime,
    signature: Vec<u8>,
    /// None if an id was claimed without a delivery.
    body: Option<Vec<u8>>,
}

enum State {
    /// Since then, and for so long at least.
    Waiting {
        since: SystemTime,
        delay: Duration,
    },
    InFlight {
        since: SystemTime,
    },
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

impl fmt::Debug for MemoryInbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryInbox").field("limits", &self.limits).finish_non_exhaustive()
    }
}

impl Entry {
    fn new(id: &str, now: SystemTime) -> Self {
        Self {
            id: id.into(),
            state: State::Waiting { since: now, delay: Duration::ZERO },
            attempts: 0,
            earlier: 0,
            leases: 0,
            created: now,
            coalesce: None,
            received: now,
            signature: Vec::new(),
            body: None,
        }
    }

    fn fill(&mut self, arrival: &Arrival<'_>, now: SystemTime) {
        self.created = arrival.created;
        self.received = now;
        self.signature = arrival.signature.to_vec();
        self.body = Some(arrival.body.to_vec());
    }

    /// Whether nobody has it, and its time has come.
    fn is_free(&self, now: SystemTime, limits: &Limits) -> bool {
        match self.state {
            // A clock that was ahead then has no say now.
            State::Waiting { since, delay } => {
                now.duration_since(since).map_or(true, |waited| waited >= delay)
            }
            State::InFlight { since } => limits.has_run_out(since, now),
            State::Done | State::Dead(_) => false,
        }
    }
}

impl Entries {
    fn append(&mut self, arrival: &Arrival<'_>, now: SystemTime, limits: &Limits) -> Appended {
        if let Some(known) = self.by_id.get(arrival.id.as_ref()).copied() {
            let entry = self.all.get_mut(&known).expect("each number that is kept has an entry");
            // Its id was claimed before it came.
            if self.claimed.remove(&known) {
                entry.fill(arrival, now);
                return Appended::New;
            }
            if let State::Dead(_) = entry.state {
                self.revive(known, arrival, now);
                return Appended::New;
            }
            return Appended::Duplicate;
        }
        let key = arrival.coalesce.as_ref().filter(|_| arrival.dead.is_none());
        let other = key.and_then(|key| self.coalesced.get(key)).copied();
        let is_newer = |other: u64| self.all[&other].created > arrival.created;
        let superseded = other.is_some_and(is_newer);
        if let Some(other) = other.filter(|_| !superseded) {
            self.finish(other, now, true);
        }
        if !self.make_room(limits) {
            return if superseded { Appended::Superseded } else { Appended::Full };
        }
        let mut entry = Entry::new(&arrival.id, now);
        entry.fill(arrival, now);
        if let Some(dead) = &arrival.dead {
            entry.state = State::Dead(dead.to_owned());
        }
        let number = self.insert(entry);
        if superseded {
            self.finish(number, now, true);
            return Appended::Superseded;
        }
        if let Some(key) = key {
            self.entry(number).coalesce = Some(key.clone());
            self.coalesced.insert(key.clone(), number);
        }
        Appended::New
    }

    /// Stores a dead letter that comes again, under a number of its own.
    fn revive(&mut self, number: u64, arrival: &Arrival<'_>, now: SystemTime) {
        let Some(mut entry) = self.all.remove(&number) else { return };
        entry.fill(arrival, now);
        entry.earlier = entry.attempts;
        entry.state = match &arrival.dead {
            Some(dead) => State::Dead(dead.to_owned()),
            None => State::Waiting { since: now, delay: Duration::ZERO },
        };
        self.insert(entry);
    }

    fn insert(&mut self, entry: Entry) -> u64 {
        self.next_number += 1;
        let number = self.next_number;
        self.by_id.insert(entry.id.clone(), number);
        if !matches!(entry.state, State::Dead(_)) {
            self.open.insert(number);
            if entry.body.is_none() {
                self.claimed.insert(number);
            }
        }
        self.all.insert(number, entry);
        number
    }

    /// Forgets what was done long ago, and ids that somebody claimed and left.
    fn forget_old(&mut self, now: SystemTime, limits: &Limits) {
        let Some(forgotten) = limits.forgotten(now) else { return };
        let is_old = |at: SystemTime| at <= forgotten;
        let mut old = Vec::new();
        for done in [&mut self.superseded, &mut self.done] {
            while let Some(&(_, number)) = done.front().filter(|(at, _)| is_old(*at)) {
                done.pop_front();
                old.push(number);
            }
        }
        old.extend(self.claimed.iter().copied().filter(|number| {
            let entry = &self.all[number];
            is_old(entry.received) && entry.is_free(now, limits)
        }));
        for number in old {
            self.remove(number);
        }
    }

    /// Whether there is room for one more, once what was done first is forgotten.
    fn make_room(&mut self, limits: &Limits) -> bool {
        while self.all.len() >= limits.entries {
            let first = self.superseded.pop_front().or_else(|| self.done.pop_front());
            let Some((_, number)) = first else { return false };
            self.remove(number);
        }
        true
    }

    fn remove(&mut self, number: u64) {
        if let Some(entry) = self.all.remove(&number) {
            self.by_id.remove(&entry.id);
            self.open.remove(&number);
            self.claimed.remove(&number);
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

    fn finish(&mut self, number: u64, now: SystemTime, is_superseded: bool) {
        let entry = self.entry(number);
        entry.state = State::Done;
        entry.signature = Vec::new();
        entry.body = None;
        self.open.remove(&number);
        self.claimed.remove(&number);
        let done = if is_superseded { &mut self.superseded } else { &mut self.done };
        done.push_back((now, number));
    }

    fn lease(&mut self, number: u64, now: SystemTime) -> Lease {
        let entry = self.entry(number);
        entry.state = State::InFlight { since: now };
        entry.attempts = entry.attempts.saturating_add(1);
        entry.leases += 1;
        let key = LeaseKey { entry: number, lease: entry.leases };
        Lease::new(&*entry.id, key, entry.attempts, entry.earlier)
    }

    /// The number of the entry that this lease is on.
    fn leased(&self, lease: &Lease) -> Result<u64, InboxError> {
        let LeaseKey { entry: number, lease } = lease.key();
        match self.all.get(&number) {
            Some(Entry { state: State::InFlight { .. }, leases, .. }) if *leases == lease => {
                Ok(number)
            }
            _ => Err(InboxError::LeaseLost),
        }
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
            entries.insert(Entry::new(id, now))
        };
        Ok(Claim::New(entries.lease(number, now)))
    }

    fn next(&self, limit: usize, now: SystemTime) -> Result<Vec<Claimed>, InboxError> {
        let mut entries = self.entries();
        let is_free = |number: &&u64| {
            let entry = &entries.all[number];
            entry.body.is_some() && entry.is_free(now, &self.limits)
        };
        let free: Vec<u64> = entries.open.iter().filter(is_free).take(limit).copied().collect();
        let claim = |number| {
            let lease = entries.lease(number, now);
            let Entry { received, signature, body, .. } = &entries.all[&number];
            Claimed {
                lease,
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
        entries.finish(number, now, false);
        Ok(())
    }

    fn release(&self, lease: &Lease, delay: Duration, now: SystemTime) -> Result<(), InboxError> {
        let mut entries = self.entries();
        let number = entries.leased(lease)?;
        entries.entry(number).state = State::Waiting { since: now, delay };
        Ok(())
    }

    fn give_back(&self, lease: &Lease, now: SystemTime) -> Result<(), InboxError> {
        let mut entries = self.entries();
        let number = entries.leased(lease)?;
        let entry = entries.entry(number);
        entry.state = State::Waiting { since: now, delay: Duration::ZERO };
        entry.attempts = entry.attempts.saturating_sub(1);
        Ok(())
    }

    fn bury(&self, lease: &Lease, dead: &DeadReason<'_>) -> Result<(), InboxError> {
        let mut entries = self.entries();
        let number = entries.leased(lease)?;
        entries.entry(number).state = State::Dead(dead.to_owned());
        entries.open.remove(&number);
        entries.claimed.remove(&number);
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

    fn limits(&self) -> Limits {
        self.limits
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
