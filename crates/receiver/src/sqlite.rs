//! An inbox in a SQLite database: it needs no server, and what it has taken outlives the process and the machine's power.

use std::fmt;
use std::path::Path;
use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, SystemTime};

use rusqlite::{Connection, OptionalExtension as _, Row, TransactionBehavior, params};

use crate::inbox::{
    Appended, Arrival, Claim, Claimed, Counts, DeadLetter, DeadReason, Inbox, InboxError, Lease,
    LeaseKey, Limits,
};

/// How long a call waits for others that write to the same file.
const BUSY: Duration = Duration::from_secs(5);

const WAITING: i64 = 0;
const IN_FLIGHT: i64 = 1;
const SUPERSEDED: i64 = 2;
const DONE: i64 = 3;
const DEAD: i64 = 4;

/// Marks a file as an inbox: the bytes "clip".
const APPLICATION: i64 = 0x636c_6970;

/// Raised with each change of [`TABLES`].
const VERSION: i64 = 1;

const TABLES: &str = include_str!("sqlite/tables.sql");

/// An [`Inbox`] in a file. Several processes may share it.
///
/// What `append` has stored is on the disk before it returns: neither the end of the process nor a loss of power takes it. Neither takes
/// the number of attempts.
///
/// ```
/// use clip_events_receiver::{Inbox, Limits, SqliteInbox};
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("inbox.sqlite");
/// let inbox = SqliteInbox::open(&path, Limits::default())?;
/// assert_eq!(inbox.counts()?.waiting, 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct SqliteInbox {
    limits: Limits,
    store: Mutex<Store>,
}

struct Store {
    connection: Connection,
    /// What the connection does now.
    durability: Durability,
}

/// When a transaction is over.
#[derive(Clone, Copy, PartialEq)]
enum Durability {
    /// Once it is on the disk.
    Disk,
    /// Once other processes see it. A loss of power may take it, and does no harm: an event that was done is handed out again, as one
    /// more attempt.
    Process,
}

impl fmt::Debug for SqliteInbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteInbox").field("limits", &self.limits).finish_non_exhaustive()
    }
}

impl From<rusqlite::Error> for InboxError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Unavailable(Box::new(error))
    }
}

impl SqliteInbox {
    /// The inbox in this file, which is made if it is not there.
    ///
    /// # Errors
    ///
    /// If the file cannot be opened, is no SQLite database, or was made by a later version of this crate.
    pub fn open(path: impl AsRef<Path>, limits: Limits) -> Result<Self, InboxError> {
        let mut connection = Connection::open(path)?;
        connection.busy_timeout(BUSY)?;
        // Nothing is changed in what somebody else has made.
        is_new(&connection)?;
        let mode = write_ahead(&connection)?;
        if mode != "wal" {
            let refused = format!("what is stored there would not last: its journal is `{mode}`");
            return Err(InboxError::Unavailable(refused.into()));
        }
        connection.pragma_update(None, "synchronous", "full")?;
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        // Another process may have made it in the meantime.
        if is_new(&transaction)? {
            transaction.execute_batch(TABLES)?;
            transaction.pragma_update(None, "application_id", APPLICATION)?;
            transaction.pragma_update(None, "user_version", VERSION)?;
        }
        transaction.commit()?;
        let store = Store { connection, durability: Durability::Disk };
        Ok(Self { limits, store: Mutex::new(store) })
    }

    /// Runs `work` in one transaction.
    fn write<T>(
        &self,
        until: Durability,
        work: impl FnOnce(&mut Work<'_>) -> Result<T, InboxError>,
    ) -> Result<T, InboxError> {
        let mut store = self.store();
        let Store { connection, durability } = &mut *store;
        if *durability != until {
            let synchronous = if until == Durability::Disk { "full" } else { "normal" };
            connection.pragma_update(None, "synchronous", synchronous)?;
            *durability = until;
        }
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let before = Totals::read(&transaction)?;
        let mut work_on = Work { transaction: &transaction, limits: &self.limits, totals: before };
        let result = work(&mut work_on)?;
        let after = work_on.totals;
        if after != before {
            after.write(&transaction)?;
        }
        transaction.commit()?;
        Ok(result)
    }

    fn store(&self) -> MutexGuard<'_, Store> {
        // A transaction that a panic has ended was rolled back.
        self.store.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Whether the database is empty; if it is not, it has to be an inbox.
fn is_new(connection: &Connection) -> Result<bool, InboxError> {
    let mark = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let tables = || {
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get::<_, i64>(0))
    };
    match (mark("application_id")?, mark("user_version")?) {
        (0, 0) if tables()? == 0 => Ok(true),
        (APPLICATION, VERSION) => Ok(false),
        (APPLICATION, _) => Err(InboxError::Unavailable("a later version made this file".into())),
        _ => Err(InboxError::Unavailable("this database is no inbox".into())),
    }
}

/// Has changes written ahead: the mode of the journal then. Unlike other calls this one does not wait for others by itself.
fn write_ahead(connection: &Connection) -> Result<String, rusqlite::Error> {
    let mut waited = Duration::ZERO;
    loop {
        let mode =
            connection.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0));
        let is_busy = mode.as_ref().err().and_then(rusqlite::Error::sqlite_error_code)
            == Some(rusqlite::ErrorCode::DatabaseBusy);
        if !is_busy || waited >= BUSY {
            return mode;
        }
        std::thread::sleep(Duration::from_millis(10));
        waited += Duration::from_millis(10);
    }
}

/// The row of the table of this name.
#[derive(Clone, Copy, PartialEq)]
struct Totals {
    last: i64,
    entries: u64,
    done: u64,
}

impl Totals {
    fn read(connection: &Connection) -> Result<Self, InboxError> {
        let mut read = connection.prepare_cached("SELECT last, entries, done FROM totals")?;
        Ok(read.query_row([], |row| {
            Ok(Self { last: row.get(0)?, entries: unsigned(row, 1)?, done: unsigned(row, 2)? })
        })?)
    }

    fn write(self, connection: &Connection) -> Result<(), InboxError> {
        let mut write =
            connection.prepare_cached("UPDATE totals SET last = ?1, entries = ?2, done = ?3")?;
        write.execute(params![self.last, signed(self.entries), signed(self.done)])?;
        Ok(())
    }
}

/// A transaction.
struct Work<'t> {
    transaction: &'t Connection,
    limits: &'t Limits,
    totals: Totals,
}

impl Work<'_> {
    fn append(&mut self, arrival: &Arrival<'_>, now: SystemTime) -> Result<Appended, InboxError> {
        let mut known = self.transaction.prepare_cached(
            "SELECT number, state < 2 AND body IS NULL, state FROM inbox WHERE id = ?1",
        )?;
        let known = known
            .query_row([&arrival.id], |row| {
                Ok((row.get::<_, i64>(0)?, row.get::<_, bool>(1)?, row.get::<_, i64>(2)?))
            })
            .optional()?;
        match known {
            None => {}
            // Its id was claimed before it came.
            Some((number, true, _)) => {
                let mut fill = self.transaction.prepare_cached(
                    "UPDATE inbox SET created = ?2, received = ?3, signature = ?4, body = ?5 WHERE number = ?1",
                )?;
                let (created, received) = (millis(arrival.created), millis(now));
                fill.execute(params![
                    number,
                    created,
                    received,
                    &*arrival.signature,
                    &*arrival.body
                ])?;
                return Ok(Appended::New);
            }
            Some((number, false, DEAD)) => return self.revive(number, arrival, now),
            Some(_) => return Ok(Appended::Duplicate),
        }
        let key = arrival.coalesce.as_ref().filter(|_| arrival.dead.is_none());
        let mut superseded = false;
        if let Some(key) = key {
            let mut find = self
                .transaction
                .prepare_cached("SELECT number, created FROM inbox WHERE coalesce = ?1")?;
            let other = find
                .query_row([key], |row| Ok((row.get::<_, i64>(0)?, time(row, 1)?)))
                .optional()?;
            if let Some((number, created)) = other {
                superseded = created > arrival.created;
                if !superseded && self.is_overfull() {
                    return Ok(Appended::Full);
                }
                if !superseded {
                    self.finish(number, SUPERSEDED, now)?;
                }
            }
        }
        if !self.make_room()? {
            return Ok(if superseded { Appended::Superseded } else { Appended::Full });
        }
        let state = match arrival.dead {
            Some(_) => DEAD,
            None if superseded => SUPERSEDED,
            None => WAITING,
        };
        let kept = (!superseded).then_some((&*arrival.signature, &*arrival.body));
        let mut insert = self.transaction.prepare_cached(
            "INSERT INTO inbox (number, id, state, since, ended, created, received, coalesce, reason, pointer, signature, body)
             VALUES (?1, ?2, ?3, ?4, ?1, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        )?;
        let since = if superseded { self.last_to_finish(SUPERSEDED, now)? } else { millis(now) };
        insert.execute(params![
            self.number(),
            arrival.id,
            state,
            since,
            millis(arrival.created),
            millis(now),
            key.filter(|_| !superseded),
            arrival.dead.as_ref().map(|dead| &dead.reason),
            arrival.dead.as_ref().map(|dead| &dead.pointer),
            kept.map(|(signature, _)| signature),
            kept.map(|(_, body)| body),
        ])?;
        self.totals.entries += 1;
        self.totals.done += u64::from(superseded);
        Ok(if superseded { Appended::Superseded } else { Appended::New })
    }

    /// Stores a dead letter that comes again, under a number of its own.
    fn revive(
        &mut self,
        number: i64,
        arrival: &Arrival<'_>,
        now: SystemTime,
    ) -> Result<Appended, InboxError> {
        let mut remove = self
            .transaction
            .prepare_cached("DELETE FROM inbox WHERE number = ?1 RETURNING attempts, leases")?;
        let (attempts, leases): (i64, i64) =
            remove.query_row([number], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let mut insert = self.transaction.prepare_cached(
            "INSERT INTO inbox (number, id, state, since, attempts, earlier, leases, created, received, reason, pointer, signature, body)
             VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?6, ?7, ?4, ?8, ?9, ?10, ?11)",
        )?;
        insert.execute(params![
            self.number(),
            arrival.id,
            if arrival.dead.is_some() { DEAD } else { WAITING },
            millis(now),
            attempts,
            leases,
            millis(arrival.created),
            arrival.dead.as_ref().map(|dead| &dead.reason),
            arrival.dead.as_ref().map(|dead| &dead.pointer),
            &*arrival.signature,
            &*arrival.body,
        ])?;
        Ok(Appended::New)
    }

    /// A number that none has had before.
    fn number(&mut self) -> i64 {
        self.totals.last += 1;
        self.totals.last
    }

    /// Whether more is kept than there is room for, whatever is forgotten: somebody else has opened the file with higher limits.
    fn is_overfull(&self) -> bool {
        self.totals.entries - self.totals.done > self.limits.entries as u64
    }

    /// Forgets what was done long ago, and ids that somebody claimed and left.
    fn forget_old(&mut self, now: SystemTime) -> Result<(), InboxError> {
        let forgotten = self.limits.forgotten_millis(millis(now));
        let mut done = self.transaction.prepare_cached(
            "DELETE FROM inbox INDEXED BY inbox_done WHERE state IN (2, 3) AND since <= ?1",
        )?;
        self.forget_done(done.execute([forgotten])?);
        let mut claimed = self.transaction.prepare_cached(
            "DELETE FROM inbox INDEXED BY inbox_claimed WHERE state < 2 AND body IS NULL AND received <= ?1
                 AND (state = 0 AND (?2 - since >= delay OR ?2 < since) OR state = 1 AND abs(?2 - since) >= ?3)",
        )?;
        let claimed = claimed.execute([forgotten, millis(now), self.lease()])?;
        self.totals.entries -= claimed as u64;
        Ok(())
    }

    /// Whether there is room for one more, once what was done first is forgotten.
    fn make_room(&mut self) -> Result<bool, InboxError> {
        let most = self.limits.entries as u64;
        if self.totals.entries < most {
            return Ok(true);
        }
        let mut forget = self.transaction.prepare_cached(
            "DELETE FROM inbox WHERE number IN
             (SELECT number FROM inbox INDEXED BY inbox_done WHERE state IN (2, 3) ORDER BY state, since, ended LIMIT ?1)",
        )?;
        let over = self.totals.entries - most;
        self.forget_done(forget.execute([signed(over).saturating_add(1)])?);
        Ok(self.totals.entries < most)
    }

    fn forget_done(&mut self, count: usize) {
        self.totals.entries -= count as u64;
        self.totals.done -= count as u64;
    }

    /// In milliseconds.
    fn lease(&self) -> i64 {
        i64::try_from(self.limits.lease_millis()).unwrap_or(i64::MAX)
    }

    /// `state` is how it ends.
    fn finish(&mut self, number: i64, state: i64, now: SystemTime) -> Result<(), InboxError> {
        let mut finish = self.transaction.prepare_cached(
            "UPDATE inbox SET state = ?2, since = ?3, ended = ?4, coalesce = NULL, signature = NULL, body = NULL WHERE number = ?1",
        )?;
        finish.execute([number, state, self.last_to_finish(state, now)?, self.number()])?;
        self.totals.done += 1;
        Ok(())
    }

    /// When an entry ends. Whatever the clock does, what ends later has the later time: that is the order in which it makes room.
    fn last_to_finish(&self, state: i64, now: SystemTime) -> Result<i64, InboxError> {
        let mut last = self.transaction.prepare_cached(
            "SELECT max(since) FROM inbox INDEXED BY inbox_done WHERE state IN (2, 3) AND state = ?1",
        )?;
        let last: Option<i64> = last.query_row([state], |row| row.get(0))?;
        Ok(last.unwrap_or(0).max(millis(now)))
    }

    /// Has the entry wait again.
    fn wait(&self, number: i64, delay: Duration, now: SystemTime) -> Result<(), InboxError> {
        let mut wait = self.transaction.prepare_cached(
            "UPDATE inbox SET state = 0, since = ?2, delay = ?3 WHERE number = ?1",
        )?;
        let delay = i64::try_from(delay.as_millis()).unwrap_or(i64::MAX);
        wait.execute([number, millis(now), delay])?;
        Ok(())
    }

    /// The number of the entry that this lease is on.
    fn leased(&self, lease: &Lease) -> Result<i64, InboxError> {
        let mut find = self.transaction.prepare_cached(
            "SELECT number FROM inbox WHERE number = ?1 AND state = 1 AND leases = ?2",
        )?;
        let LeaseKey { entry, lease } = lease.key();
        let number = find.query_row([signed(entry), signed(lease)], |row| row.get(0)).optional()?;
        number.ok_or(InboxError::LeaseLost)
    }
}

impl Inbox for SqliteInbox {
    fn append(
        &self,
        arrivals: &[Arrival<'_>],
        now: SystemTime,
    ) -> Result<Vec<Appended>, InboxError> {
        self.write(Durability::Disk, |work| {
            work.forget_old(now)?;
            arrivals.iter().map(|arrival| work.append(arrival, now)).collect()
        })
    }

    fn claim(&self, id: &str, now: SystemTime) -> Result<Claim, InboxError> {
        self.write(Durability::Disk, |work| {
            work.forget_old(now)?;
            let mut find =
                work.transaction.prepare_cached("SELECT state, since FROM inbox WHERE id = ?1")?;
            let found = find
                .query_row([id], |row| Ok((row.get::<_, i64>(0)?, time(row, 1)?)))
                .optional()?;
            match found {
                Some((SUPERSEDED | DONE | DEAD, _)) => return Ok(Claim::Done),
                Some((IN_FLIGHT, since)) if !work.limits.has_run_out(since, now) => {
                    return Ok(Claim::InFlight);
                }
                Some(_) => {}
                None if !work.make_room()? => return Err(InboxError::Full),
                None => work.totals.entries += 1,
            }
            let mut lease = work.transaction.prepare_cached(
                "INSERT INTO inbox (number, id, state, since, attempts, leases, created, received)
                 VALUES (?3, ?1, 1, ?2, 1, 1, ?2, ?2)
                 ON CONFLICT (id) DO UPDATE SET
                     state = 1, since = ?2, attempts = attempts + 1, leases = leases + 1, coalesce = NULL
                 RETURNING number, leases, attempts, earlier",
            )?;
            let lease = lease.query_row(params![id, millis(now), work.number()], |row| {
                let key = LeaseKey { entry: unsigned(row, 0)?, lease: unsigned(row, 1)? };
                Ok(Lease::new(id, key, row.get(2)?, row.get(3)?))
            })?;
            Ok(Claim::New(lease))
        })
    }

    fn next(&self, limit: usize, now: SystemTime) -> Result<Vec<Claimed>, InboxError> {
        let mut claimed = self.write(Durability::Disk, |work| {
            let mut lease_next = work.transaction.prepare_cached(
                "UPDATE inbox SET
                     state = 1, since = ?1, attempts = attempts + 1, leases = leases + 1, coalesce = NULL
                 WHERE number IN (
                     SELECT number FROM inbox INDEXED BY inbox_open
                     WHERE state < 2 AND body IS NOT NULL AND (
                         state = 0 AND (?1 - since >= delay OR ?1 < since)
                         OR state = 1 AND abs(?1 - since) >= ?2
                     )
                     ORDER BY number LIMIT ?3
                 )
                 RETURNING number, leases, id, attempts, received, signature, body, earlier",
            )?;
            let limit = signed(limit as u64);
            let rows = lease_next.query_map([millis(now), work.lease(), limit], |row| {
                let key = LeaseKey { entry: unsigned(row, 0)?, lease: unsigned(row, 1)? };
                Ok(Claimed {
                    lease: Lease::new(row.get::<_, String>(2)?, key, row.get(3)?, row.get(7)?),
                    received: time(row, 4)?,
                    signature: row.get(5)?,
                    body: row.get(6)?,
                })
            })?;
            Ok(rows.collect::<Result<Vec<_>, _>>()?)
        })?;
        // `RETURNING` has no order.
        claimed.sort_unstable_by_key(|claimed| claimed.lease.key().entry);
        Ok(claimed)
    }

    fn complete(&self, lease: &Lease, now: SystemTime) -> Result<(), InboxError> {
        self.write(Durability::Process, |work| {
            let number = work.leased(lease)?;
            work.finish(number, DONE, now)
        })
    }

    fn release(&self, lease: &Lease, delay: Duration, now: SystemTime) -> Result<(), InboxError> {
        self.write(Durability::Disk, |work| work.wait(work.leased(lease)?, delay, now))
    }

    fn give_back(&self, lease: &Lease, now: SystemTime) -> Result<(), InboxError> {
        self.write(Durability::Process, |work| {
            let number = work.leased(lease)?;
            work.wait(number, Duration::ZERO, now)?;
            let mut uncount = work
                .transaction
                .prepare_cached("UPDATE inbox SET attempts = attempts - 1 WHERE number = ?1")?;
            uncount.execute([number])?;
            Ok(())
        })
    }

    fn bury(&self, lease: &Lease, dead: &DeadReason<'_>) -> Result<(), InboxError> {
        self.write(Durability::Disk, |work| {
            let mut bury = work.transaction.prepare_cached(
                "UPDATE inbox SET state = 4, reason = ?2, pointer = ?3 WHERE number = ?1",
            )?;
            bury.execute(params![work.leased(lease)?, dead.reason, dead.pointer])?;
            Ok(())
        })
    }

    fn dead_letters(&self, after: u64, limit: usize) -> Result<Vec<DeadLetter>, InboxError> {
        let store = self.store();
        let mut find = store.connection.prepare_cached(
            "SELECT number, received, reason, pointer, signature, body FROM inbox INDEXED BY inbox_dead
             WHERE state = 4 AND number > ?1 ORDER BY number LIMIT ?2",
        )?;
        let letters = find.query_map([signed(after), signed(limit as u64)], |row| {
            Ok(DeadLetter {
                number: unsigned(row, 0)?,
                received: time(row, 1)?,
                reason: DeadReason {
                    reason: row.get::<_, String>(2)?.into(),
                    pointer: row.get::<_, String>(3)?.into(),
                },
                // An id that was claimed has neither.
                signature: row.get::<_, Option<_>>(4)?.unwrap_or_default(),
                body: row.get::<_, Option<_>>(5)?.unwrap_or_default(),
            })
        })?;
        Ok(letters.collect::<Result<_, _>>()?)
    }

    fn forget(&self, number: u64) -> Result<(), InboxError> {
        self.write(Durability::Disk, |work| {
            let mut forget = work
                .transaction
                .prepare_cached("DELETE FROM inbox WHERE number = ?1 AND state = 4")?;
            work.totals.entries -= forget.execute([signed(number)])? as u64;
            Ok(())
        })
    }

    fn limits(&self) -> Limits {
        self.limits
    }

    fn counts(&self) -> Result<Counts, InboxError> {
        let mut store = self.store();
        // All as of one moment.
        let transaction = store.connection.transaction()?;
        let Totals { entries, done, .. } = Totals::read(&transaction)?;
        let mut in_flight = transaction.prepare_cached(
            "SELECT (SELECT count(*) FROM inbox INDEXED BY inbox_open WHERE state < 2 AND body IS NOT NULL AND state = 1)
                  + (SELECT count(*) FROM inbox INDEXED BY inbox_claimed WHERE state < 2 AND body IS NULL AND state = 1)",
        )?;
        let in_flight = in_flight.query_row([], |row| unsigned(row, 0))?;
        let mut dead = transaction
            .prepare_cached("SELECT count(*) FROM inbox INDEXED BY inbox_dead WHERE state = 4")?;
        let dead = dead.query_row([], |row| unsigned(row, 0))?;
        Ok(Counts {
            waiting: entries.saturating_sub(done + in_flight + dead),
            in_flight,
            done,
            dead,
        })
    }
}

/// Unix milliseconds.
fn millis(time: SystemTime) -> i64 {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

fn time(row: &Row<'_>, column: usize) -> rusqlite::Result<SystemTime> {
    let since = Duration::from_millis(unsigned(row, column)?);
    Ok(SystemTime::UNIX_EPOCH.checked_add(since).unwrap_or(SystemTime::UNIX_EPOCH))
}

/// SQLite has no unsigned integers.
fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn unsigned(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    let value: i64 = row.get(column)?;
    u64::try_from(value).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(column, value))
}

#[cfg(test)]
mod tests;
