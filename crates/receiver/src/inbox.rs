//! The memory between "received" and "handled": which deliveries are here, who works on them, and which are done.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::time::{Duration, SystemTime};

use clip_events::{Event, EventRef, ParseError};

/// Remembers deliveries from before they are acknowledged until long after they have been handled.
///
/// ```text
///            append                 next, claim                complete
///   (unknown) ───────> waiting ──────────────────> in flight ───────────> done ──(age, room)──> (unknown)
///                        ^ ^                          │  │
///                        │ └───────── release ────────┘  └──── bury ────> dead letter ──(forget)──> (unknown)
///                        │      or the lease runs out                         │
///                        └────────────────────── append ──────────────────────┘
/// ```
///
/// To answer 200 and to mark an event as seen at once loses it when the process ends before it has been handled. So there are two
/// steps: a delivery is stored before it is acknowledged, and done once it has been handled. In between somebody has a lease on it,
/// which runs out: after a crash the event is handled again, and [`Claimed::attempt`] says so.
///
/// What every implementation promises, and the module `conformance` (a feature) tests:
///
/// - Once `append` has returned, what it calls [`Appended::New`] is not lost, unless the implementation says when.
/// - Of all that hold a lease on one event, only the last can complete it. At no time do two hold one that has not run out.
/// - Methods may be called from several threads, and see what others have done before.
/// - An inbox takes at most as many entries as its [`Limits`] say. Those that are done make room, what was superseded first; the others
///   never do, and `append` says [`Appended::Full`].
/// - The time comes from the caller, and may jump: no entry is lost for that, or held for ever.
pub trait Inbox: Send + Sync {
    /// Stores these deliveries, in one step: if this fails, none of them is stored. An answer for each, in order.
    ///
    /// A dead letter that comes again is stored again, and tried as often as a new one; or if it still cannot be handled, it becomes the newest
    /// dead letter.
    ///
    /// Of those that wait and have the same [`Arrival::coalesce`], only the newest by [`Arrival::created`] is kept; the others
    /// are done.
    ///
    /// # Errors
    ///
    /// If they cannot be stored: the sender has to send them again.
    fn append(
        &self,
        arrivals: &[Arrival<'_>],
        now: SystemTime,
    ) -> Result<Vec<Appended>, InboxError>;

    /// A lease on the event with this id, whether it was stored or not: for handlers that do their work before they acknowledge it. If its
    /// delivery comes later, it is stored, and handed out once nobody has the lease any more.
    ///
    /// # Errors
    ///
    /// [`InboxError::Full`], if the id is new and there is no room for it; or if the store cannot be reached.
    fn claim(&self, id: &str, now: SystemTime) -> Result<Claim, InboxError>;

    /// Leases on the deliveries that have waited longest, of which nobody has one: at most `limit`.
    ///
    /// # Errors
    ///
    /// If the store cannot be reached.
    fn next(&self, limit: usize, now: SystemTime) -> Result<Vec<Claimed>, InboxError>;

    /// The event has been handled: it is done, and its body is dropped.
    ///
    /// # Errors
    ///
    /// [`InboxError::LeaseLost`], if somebody else has it now; or if the store cannot be reached.
    fn complete(&self, lease: &Lease, now: SystemTime) -> Result<(), InboxError>;

    /// The event could not be handled, and is to be tried again after `delay`.
    ///
    /// # Errors
    ///
    /// As [`Self::complete`].
    fn release(&self, lease: &Lease, delay: Duration, now: SystemTime) -> Result<(), InboxError>;

    /// Nobody has tried to handle the event: this was no attempt. From now on no newer one takes its place.
    ///
    /// # Errors
    ///
    /// As [`Self::complete`].
    fn give_back(&self, lease: &Lease, now: SystemTime) -> Result<(), InboxError>;

    /// The event cannot be handled: it becomes a dead letter.
    ///
    /// # Errors
    ///
    /// As [`Self::complete`].
    fn bury(&self, lease: &Lease, dead: &DeadReason<'_>) -> Result<(), InboxError>;

    /// The dead letters behind the one with the number `after`, oldest first: at most `limit`.
    ///
    /// # Errors
    ///
    /// If the store cannot be reached.
    fn dead_letters(&self, after: u64, limit: usize) -> Result<Vec<DeadLetter>, InboxError>;

    /// Drops the dead letter with this number, if it is there.
    ///
    /// # Errors
    ///
    /// If the store cannot be reached.
    fn forget(&self, number: u64) -> Result<(), InboxError>;

    /// What it holds at most.
    fn limits(&self) -> Limits;

    /// How many entries there are.
    ///
    /// # Errors
    ///
    /// If the store cannot be reached.
    fn counts(&self) -> Result<Counts, InboxError>;
}

/// What an inbox holds at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// All entries together, dead letters included. An id that is done is forgotten sooner than after `age` where others need its room.
    pub entries: usize,
    /// How long an id is known after it is done. It should be longer than the sender tries to deliver.
    pub age: Duration,
    /// How long a lease holds, in whole milliseconds. It should be several times longer than handling takes.
    pub lease: Duration,
}

/// 100,000 entries, 7 days, leases of a minute.
impl Default for Limits {
    fn default() -> Self {
        Self {
            entries: 100_000,
            age: Duration::from_secs(7 * 24 * 60 * 60),
            lease: Duration::from_secs(60),
        }
    }
}

impl Limits {
    /// Whether a lease of this age has run out. A clock that jumps backwards by more ends it as well.
    pub(crate) fn has_run_out(&self, leased_at: SystemTime, now: SystemTime) -> bool {
        let age = now.duration_since(leased_at).unwrap_or_else(|error| error.duration());
        age.as_millis() >= self.lease_millis()
    }

    /// For stores that count times in milliseconds since 1970: as [`Self::forgotten`], which may be before that.
    #[cfg(feature = "sqlite")]
    pub(crate) fn forgotten_millis(&self, now: i64) -> i64 {
        now.saturating_sub(i64::try_from(self.age.as_millis()).unwrap_or(i64::MAX))
    }

    pub(crate) fn lease_millis(&self) -> u128 {
        self.lease.as_millis().max(1)
    }

    /// What was done at this time or before is forgotten; nothing, if there is no such time.
    pub(crate) fn forgotten(&self, now: SystemTime) -> Option<SystemTime> {
        now.checked_sub(self.age)
    }
}

/// A delivery to be stored.
#[derive(Clone)]
pub struct Arrival<'a> {
    /// What it is known by: the event's id, or something else of a delivery that has none.
    pub id: Cow<'a, str>,
    /// When the event fired.
    pub created: SystemTime,
    /// If only the newest of several is worth handling: what they have in common.
    pub coalesce: Option<String>,
    /// If it cannot be handled: it becomes a dead letter at once.
    pub dead: Option<DeadReason<'a>>,
    /// The value of the signature's header.
    pub signature: Cow<'a, [u8]>,
    /// As it came.
    pub body: Cow<'a, [u8]>,
}

impl Arrival<'_> {
    /// The same, to keep.
    pub fn into_owned(self) -> Arrival<'static> {
        Arrival {
            id: self.id.into_owned().into(),
            created: self.created,
            coalesce: self.coalesce,
            dead: self.dead.as_ref().map(DeadReason::to_owned),
            signature: self.signature.into_owned().into(),
            body: self.body.into_owned().into(),
        }
    }
}

/// What became of a delivery that was to be stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Appended {
    /// It is stored.
    New,
    /// It was stored before.
    Duplicate,
    /// A newer one with the same [`Arrival::coalesce`] waits: it is done.
    Superseded,
    /// There is no room.
    Full,
}

/// Who has the event with an id.
#[derive(Debug)]
pub enum Claim {
    /// The caller, from now on.
    New(Lease),
    /// Somebody else.
    InFlight,
    /// Nobody: it is done, or a dead letter.
    Done,
}

/// The right to handle an event, until it runs out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    id: String,
    key: LeaseKey,
    attempt: u32,
    earlier: u32,
}

/// What tells a lease from all others of an inbox: the entry, and how often it was leased.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeaseKey {
    /// The number of the entry, which no other gets.
    pub entry: u64,
    /// Counted up with each lease.
    pub lease: u64,
}

impl Lease {
    /// For implementations: a lease on the entry with this id, the number of the attempt that it is for, and how many there were before the
    /// delivery came again as a dead letter.
    pub fn new(id: impl Into<String>, key: LeaseKey, attempt: u32, earlier: u32) -> Self {
        Self { id: id.into(), key, attempt, earlier }
    }

    /// What the delivery is known by.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// For implementations: what tells it from others.
    pub fn key(&self) -> LeaseKey {
        self.key
    }

    /// From 1.
    pub fn attempt(&self) -> u32 {
        self.attempt
    }

    /// The same, counted from when the delivery came last: a dead letter that is sent again is tried as often as a new one.
    pub(crate) fn attempt_since(&self) -> u32 {
        self.attempt.saturating_sub(self.earlier)
    }
}

/// A stored delivery, with a lease on it.
#[derive(Clone)]
pub struct Claimed {
    /// The lease.
    pub lease: Lease,
    /// When it was stored.
    pub received: SystemTime,
    /// The value of the signature's header.
    pub signature: Vec<u8>,
    /// As it came.
    pub body: Vec<u8>,
}

impl Claimed {
    /// How many times the event has been claimed, this one included. Above 1 it may have been handled before: the lease ran out, or
    /// was given back.
    pub fn attempt(&self) -> u32 {
        self.lease.attempt
    }

    /// The event, borrowed.
    ///
    /// # Errors
    ///
    /// If the delivery does not meet the contract. What [`Receiver`](crate::Receiver) stores does.
    pub fn parse(&self) -> Result<EventRef<'_>, ParseError> {
        EventRef::from_slice(&self.body)
    }

    /// The event, to keep.
    ///
    /// # Errors
    ///
    /// As [`Self::parse`].
    pub fn parse_owned(&self) -> Result<Event, ParseError> {
        Event::from_slice(&self.body)
    }
}

/// Why a delivery cannot be handled.
#[derive(Clone, PartialEq, Eq)]
pub struct DeadReason<'a> {
    /// In words, which may hold parts of the body.
    pub reason: Cow<'a, str>,
    /// Where in the delivery, as JSON Pointer.
    pub pointer: Cow<'a, str>,
}

impl DeadReason<'_> {
    pub(crate) fn to_owned(&self) -> DeadReason<'static> {
        DeadReason {
            reason: Cow::Owned(self.reason.clone().into_owned()),
            pointer: Cow::Owned(self.pointer.clone().into_owned()),
        }
    }
}

/// A delivery that could not be handled.
#[derive(Clone, PartialEq, Eq)]
pub struct DeadLetter {
    /// Its number in the inbox; later ones have greater numbers.
    pub number: u64,
    /// When it was stored.
    pub received: SystemTime,
    /// Why it could not be handled.
    pub reason: DeadReason<'static>,
    /// The value of the signature's header.
    pub signature: Vec<u8>,
    /// As it came.
    pub body: Vec<u8>,
}

/// How many entries there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Of which nobody has a lease.
    pub waiting: u64,
    /// With a lease, which may have run out.
    pub in_flight: u64,
    /// Known by their ids alone.
    pub done: u64,
    /// That could not be handled.
    pub dead: u64,
}

/// Why an inbox does not do what it is asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InboxError {
    /// The lease has run out, and somebody else has one now, or has completed the event.
    #[error(
        "the lease on this event has run out, and somebody else has it: it may be handled twice"
    )]
    LeaseLost,
    /// As many entries as the inbox may have are waiting or in flight.
    #[error("the inbox is full: as many events as it may hold are waiting")]
    Full,
    /// The store cannot be reached, or has no room left.
    #[error("the inbox cannot be reached: {0}")]
    Unavailable(#[source] Box<dyn Error + Send + Sync>),
}

/// Without the signature, and of the body its length: none of these may be in a log.
impl fmt::Debug for Arrival<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Arrival");
        shown.field("id", &self.id).field("body", &self.body.len()).finish_non_exhaustive()
    }
}

/// Without the signature, and of the body its length: none of these may be in a log.
impl fmt::Debug for Claimed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Claimed");
        shown.field("lease", &self.lease).field("body", &self.body.len()).finish_non_exhaustive()
    }
}

/// Without the signature, and of the body its length: none of these may be in a log.
impl fmt::Debug for DeadLetter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("DeadLetter");
        shown.field("number", &self.number).field("reason", &self.reason);
        shown.field("body", &self.body.len()).finish_non_exhaustive()
    }
}

/// The place alone: the words may hold parts of the body.
impl fmt::Debug for DeadReason<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeadReason").field("pointer", &self.pointer).finish_non_exhaustive()
    }
}
