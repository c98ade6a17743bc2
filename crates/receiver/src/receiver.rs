//! From a request to its answer, and from the inbox to the handler. No HTTP, no runtime, no clock of its own.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use clip_events::{EventRef, EventType, ParseError, Printable};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use crate::answer::Answer;
use crate::inbox::{Appended, Arrival, Claimed, DeadReason, Inbox, InboxError, Lease};
use crate::observe;
use crate::secrets::hex;
use crate::signature::{Verified, Verifier};

/// The largest body that is looked at, unless it is said otherwise: 64 KiB.
pub const BODY_LIMIT: usize = 64 * 1024;

/// Characters that are kept of a handler's error.
const REASON_LIMIT: usize = 500;

/// Deliveries that are claimed at once, at most: to claim one waits for the disk.
const BATCH: usize = 64;

/// If handling a batch takes less, the next one may be larger.
const QUICK: Duration = Duration::from_millis(100);

/// If it takes more, the rest of it is given back, before its leases run out.
const SLOW: Duration = Duration::from_secs(1);

/// Nobody says when something is to be tried again, or when another process has stored something: so a worker looks that often.
const LOOK: Duration = Duration::from_secs(1);

/// Between two attempts at most, unless the first delay is longer.
const MAX_DELAY: Duration = Duration::from_secs(60 * 60);

/// Receives deliveries: tells genuine ones from others, stores them in an [`Inbox`], and hands them to a handler.
///
/// ```
/// use std::time::SystemTime;
///
/// use clip_events_receiver::{Answer, Limits, MemoryInbox, Receiver, Secrets, Verifier};
///
/// let secrets = Secrets::new("whsec_1")?;
/// # let body = br#"{"id":"1","type":"clip.liked","created":1745800000000,"data":{}}"#;
/// # let header = secrets.sign(body, SystemTime::now());
/// let receiver = Receiver::new(Verifier::new(secrets), MemoryInbox::new(Limits::default()));
///
/// // For each request: its answer, once the delivery is stored.
/// let answer = receiver.receive(&[header.as_bytes()], body, SystemTime::now());
/// assert!(matches!(answer, Answer::Stored));
/// assert_eq!(answer.status(), 200);
///
/// // What is in the inbox, one after the other. A thread of its own does this for ever with `work`.
/// let handled = receiver.handle(SystemTime::now, |claimed| {
///     claimed.parse().map(|event| println!("{} {}", event.id, event.type_name()))
/// })?;
/// assert_eq!(handled, 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Receiver<I> {
    verifier: Verifier,
    inbox: I,
    body_limit: usize,
    retry: Retry,
    /// If it is none, [`same_ids`] tells.
    coalesce: Option<Box<Coalesce>>,
    news: Mutex<News>,
    has_news: Condvar,
}

/// What those that handle events have to know.
#[derive(Default)]
struct News {
    /// Counted up each time that something is stored.
    arrivals: u64,
    /// Whether they have to end.
    is_stopped: bool,
}

type Coalesce = dyn Fn(&EventRef<'_>, &[u8]) -> Option<String> + Send + Sync;

/// How often an event is tried that cannot be handled, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retry {
    /// After so many attempts it becomes a dead letter.
    pub attempts: u32,
    /// Before the second attempt; twice as long before each further one, up to an hour.
    pub delay: Duration,
}

/// 10 attempts within a bit more than 8 minutes: the first delay is a second.
impl Default for Retry {
    fn default() -> Self {
        Self { attempts: 10, delay: Duration::from_secs(1) }
    }
}

impl<I: Inbox> Receiver<I> {
    /// Takes what `verifier` takes, and stores it in `inbox`.
    pub fn new(verifier: Verifier, inbox: I) -> Self {
        Self {
            verifier,
            inbox,
            body_limit: BODY_LIMIT,
            retry: Retry::default(),
            coalesce: None,
            news: Mutex::default(),
            has_news: Condvar::new(),
        }
    }

    /// The same with another limit of the body, in bytes.
    #[must_use]
    pub fn body_limit(self, body_limit: usize) -> Self {
        Self { body_limit, ..self }
    }

    /// The same with other retries.
    #[must_use]
    pub fn retry(self, retry: Retry) -> Self {
        Self { retry, ..self }
    }

    /// The same with another choice of the events of which only the newest is worth handling. `coalesce` returns what they have in
    /// common, and `None` for an event that has to be handled in any case; it also gets the delivery's bytes.
    ///
    /// Unless it is said otherwise, those are events of a type that fires many times for one job
    /// ([`EventType::is_high_volume`]), of the same type, with the same value of each member of `data` whose key ends
    /// with `_id`.
    #[must_use]
    pub fn coalesce(
        self,
        coalesce: impl Fn(&EventRef<'_>, &[u8]) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        Self { coalesce: Some(Box::new(coalesce)), ..self }
    }

    /// The inbox.
    pub fn inbox(&self) -> &I {
        &self.inbox
    }

    /// Larger bodies need not be read.
    pub fn max_body(&self) -> usize {
        self.body_limit
    }

    /// The answer to a request: to be sent once this has returned. `signatures` are the values of all headers
    /// [`SIGNATURE_HEADER`](crate::SIGNATURE_HEADER) that it has.
    pub fn receive(&self, signatures: &[&[u8]], body: &[u8], now: SystemTime) -> Answer {
        match self.check(signatures, body, now) {
            Ok(arrival) => self.store(&[arrival], now).pop().unwrap_or(Answer::Unavailable),
            Err(answer) => answer,
        }
    }

    /// The first half of [`Self::receive`], which does not wait for anything: what is to be stored.
    ///
    /// # Errors
    ///
    /// The answer, if the request is refused.
    pub fn check<'a>(
        &self,
        signatures: &[&'a [u8]],
        body: &'a [u8],
        now: SystemTime,
    ) -> Result<Arrival<'a>, Answer> {
        let refuse = |answer: Answer| {
            observe::answered(&answer);
            answer
        };
        if body.len() > self.body_limit {
            return Err(refuse(Answer::TooLarge));
        }
        let verified = self.verifier.verify_one(signatures, body, now);
        let verified = verified.map_err(|error| refuse(Answer::Refused(error)))?;
        let signature = signatures.first().copied().unwrap_or_default();
        Ok(self.arrival(verified, signature, now))
    }

    fn arrival<'a>(
        &self,
        verified: Verified<'a>,
        signature: &'a [u8],
        now: SystemTime,
    ) -> Arrival<'a> {
        let body = verified.body();
        let mut arrival = Arrival {
            id: Cow::Borrowed(""),
            created: now,
            coalesce: None,
            dead: None,
            signature: signature.into(),
            body: body.into(),
        };
        match verified.parse() {
            Ok(event) => {
                arrival.id = event.id.to_str();
                // Such an id is no id: two events may have it.
                if arrival.id.is_empty() {
                    arrival.id = fingerprint(body).into();
                }
                let envelope = serde_json::from_slice::<Envelope<'_>>(body).ok();
                arrival.coalesce = match &self.coalesce {
                    Some(coalesce) => coalesce(&event, body),
                    None => envelope.as_ref().and_then(|envelope| same_ids(&event, envelope)),
                };
                if let Some(created) = envelope.and_then(|envelope| envelope.created()) {
                    arrival.created = created;
                }
                observe::received(event.event_type(), arrival.created, now);
            }
            Err(error) => {
                arrival.id = fingerprint(body).into();
                arrival.dead = Some(dead_reason(&error));
            }
        }
        arrival
    }

    /// The second half of [`Self::receive`], for several at once: they are stored in one step, which takes hardly longer than one. An
    /// answer for each, in order.
    pub fn store(&self, arrivals: &[Arrival<'_>], now: SystemTime) -> Vec<Answer> {
        let appended = match self.inbox.append(arrivals, now) {
            Ok(appended) => appended,
            Err(error) => {
                observe::unavailable(&error);
                let answers = arrivals.iter().map(|_| Answer::Unavailable);
                return answers.inspect(observe::answered).collect();
            }
        };
        let answer = |(arrival, appended): (&Arrival<'_>, Appended)| match appended {
            Appended::New if arrival.dead.is_some() => Answer::DeadLetter,
            Appended::New => Answer::Stored,
            Appended::Superseded => Answer::Superseded,
            Appended::Duplicate => Answer::Duplicate,
            Appended::Full => Answer::Full,
        };
        let answers: Vec<Answer> = arrivals.iter().zip(appended).map(answer).collect();
        answers.iter().for_each(observe::answered);
        if answers.contains(&Answer::Stored) {
            self.tell(|news| news.arrivals += 1);
        }
        answers
    }

    /// Hands what is in the inbox to `handler`, as [`Self::handle`] does, and waits for more, until [`Self::stop`] is called: for a
    /// thread of its own, or several. While the inbox cannot be reached it tries again each second.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use std::thread;
    /// use std::time::SystemTime;
    ///
    /// # use clip_events_receiver::{Limits, MemoryInbox, Receiver, Secrets, Verifier};
    /// # let receiver = Arc::new(Receiver::new(Verifier::new(Secrets::new("whsec_1")?), MemoryInbox::new(Limits::default())));
    /// let worker = Arc::clone(&receiver);
    /// let worker = thread::spawn(move || {
    ///     worker.work(SystemTime::now, |claimed| claimed.parse().map(|event| println!("{}", event.id)));
    /// });
    /// // When the service ends:
    /// receiver.stop();
    /// worker.join().unwrap();
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn work<E: fmt::Display>(
        &self,
        clock: impl Fn() -> SystemTime,
        mut handler: impl FnMut(&Claimed) -> Result<(), E>,
    ) {
        loop {
            let seen = self.news().arrivals;
            let result = self.handle(&clock, &mut handler);
            match &result {
                Ok(_) => observe::entries(&self.inbox),
                Err(error) => observe::unavailable(error),
            }
            let has_to_wait =
                |news: &mut News| !news.is_stopped && (result.is_err() || news.arrivals == seen);
            let (news, _) = self
                .has_news
                .wait_timeout_while(self.news(), LOOK, has_to_wait)
                .unwrap_or_else(PoisonError::into_inner);
            if news.is_stopped {
                return;
            }
        }
    }

    /// Has each [`Self::work`] and [`Self::handle`] end after the event that it is at, now and from now on.
    pub fn stop(&self) {
        self.tell(|news| news.is_stopped = true);
    }

    /// Hands all that waits to `handler`, oldest first, until nothing waits any more: how many it has handled. What it cannot handle is
    /// tried again later, and becomes a dead letter in the end; the text of the error is kept there. To panic is to fail.
    ///
    /// One event may come twice: where [`Claimed::attempt`] is above 1.
    ///
    /// # Errors
    ///
    /// If the inbox cannot be reached.
    pub fn handle<E: fmt::Display>(
        &self,
        clock: impl Fn() -> SystemTime,
        mut handler: impl FnMut(&Claimed) -> Result<(), E>,
    ) -> Result<usize, InboxError> {
        let limit = SLOW.min(self.inbox.limits().lease / 2);
        let (mut handled, mut size) = (0, 1);
        while !self.news().is_stopped {
            let start = clock();
            // A clock that was set back tells nothing: it may have been long.
            let is_within = |limit| clock().duration_since(start).is_ok_and(|time| time < limit);
            let mut batch = self.inbox.next(size, start)?.into_iter();
            if batch.len() == 0 {
                break;
            }
            let mut failed = None;
            for claimed in batch.by_ref() {
                // Whoever handled it before has not come to an end as often as is allowed.
                let result = if claimed.lease.attempt_since() > self.retry.attempts {
                    Err("no attempt came to an end".to_string())
                } else {
                    attempt(&claimed, &mut handler)
                };
                observe::handled(result.is_ok());
                handled += usize::from(result.is_ok());
                failed = self.settle(&claimed.lease, result, clock()).err();
                if failed.is_some() || !is_within(limit) || self.news().is_stopped {
                    break;
                }
            }
            size = if is_within(QUICK) { BATCH.min(2 * size) } else { 1 };
            // Nobody has looked at these.
            for claimed in batch {
                failed = failed.or(or_lost(self.inbox.give_back(&claimed.lease, clock())).err());
            }
            if let Some(error) = failed {
                return Err(error);
            }
        }
        Ok(handled)
    }

    fn settle(
        &self,
        lease: &Lease,
        result: Result<(), String>,
        now: SystemTime,
    ) -> Result<(), InboxError> {
        or_lost(match result {
            Ok(()) => self.inbox.complete(lease, now),
            Err(error) if lease.attempt_since() >= self.retry.attempts => {
                let reason = Printable::new(&error, REASON_LIMIT).to_string();
                let dead = DeadReason { reason: reason.into(), pointer: "".into() };
                self.inbox.bury(lease, &dead).inspect(|()| observe::dead("handler"))
            }
            Err(_) => self.inbox.release(lease, self.delay(lease.attempt_since()), now),
        })
    }

    fn news(&self) -> MutexGuard<'_, News> {
        self.news.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self, change: impl FnOnce(&mut News)) {
        change(&mut self.news());
        self.has_news.notify_all();
    }

    fn delay(&self, attempt: u32) -> Duration {
        let delay = self.retry.delay.saturating_mul(1 << attempt.saturating_sub(1).min(16));
        delay.min(MAX_DELAY.max(self.retry.delay))
    }
}

impl<I: fmt::Debug> fmt::Debug for Receiver<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receiver")
            .field("verifier", &self.verifier)
            .field("inbox", &self.inbox)
            .finish_non_exhaustive()
    }
}

fn attempt<E: fmt::Display>(
    claimed: &Claimed,
    handler: &mut impl FnMut(&Claimed) -> Result<(), E>,
) -> Result<(), String> {
    // Otherwise the thread ends, and what comes from then on is acknowledged and never handled.
    match catch_unwind(AssertUnwindSafe(|| handler(claimed).map_err(|error| error.to_string()))) {
        Ok(result) => result,
        Err(_) => Err("the handler has panicked".into()),
    }
}

/// Handling that takes longer than a lease is no failure: whoever has the event now is told that it is not the first attempt.
fn or_lost(result: Result<(), InboxError>) -> Result<(), InboxError> {
    match result {
        Err(InboxError::LeaseLost) => {
            observe::lease_lost();
            Ok(())
        }
        result => result,
    }
}

/// The parts of a delivery that tell which others make it needless: read by their keys, whatever the contract says of them.
#[derive(Deserialize)]
struct Envelope<'a> {
    created: serde_json::Number,
    #[serde(borrow)]
    data: BTreeMap<Cow<'a, str>, &'a serde_json::value::RawValue>,
}

impl Envelope<'_> {
    fn created(&self) -> Option<SystemTime> {
        let created = self.created.as_u64().or_else(|| {
            // `1.7458e12` is an integer as well.
            let created = self.created.as_f64()?;
            format!("{created:.0}").parse().ok().filter(|_| created.fract() == 0.0)
        });
        SystemTime::UNIX_EPOCH.checked_add(Duration::from_millis(created?))
    }
}

/// What events of a type that fires often have in common: the type, and the ids in `data`.
fn same_ids(event: &EventRef<'_>, envelope: &Envelope<'_>) -> Option<String> {
    if !event.event_type().is_some_and(EventType::is_high_volume) {
        return None;
    }
    let mut ids = envelope.data.iter().filter(|(key, _)| key.ends_with("_id")).peekable();
    ids.peek()?;
    let mut common = event.type_name().to_str().into_owned();
    for (key, value) in ids {
        _ = write!(common, " {key:?}:{value}");
    }
    Some(common)
}

/// What a delivery is known by that has no id to rely on.
fn fingerprint(body: &[u8]) -> String {
    format!("sha256:{}", hex(&Sha256::digest(body)))
}

fn dead_reason(error: &ParseError) -> DeadReason<'static> {
    DeadReason {
        reason: error.message().to_string().into(),
        pointer: error.pointer().to_string().into(),
    }
}
