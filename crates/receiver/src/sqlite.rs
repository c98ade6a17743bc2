//! An inbox in a SQLite database: it needs no server, and what it has taken outlives the process and the machine's power.

use std::fmt;
use std::path::Path;
use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, SystemTime};

use rusqlite::{Connection, OptionalExtension as _, Row, TransactionBehavior, params};

use crate::inbox::{
    Appended, Arrival, Claim, Claimed, Counts, DeadLetter, DeadReason, Inbox, InboxError, Lease,
    Limits,
};

/// How long a call waits for others that write to the same file.
const BUSY: Duration = Duration::from_secs(5);

/// Raised with each change of [`TABLE`].
const VERSION: i64 = 1;

/// `state` is 0 while an entry waits, 1 in flight, 2 done, 3 for a dead letter; `since` is when it began to be that.
const TABLE: &str = "
CREATE TABLE inbox (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    state INTEGER NOT NULL,
    since INTEGER NOT NULL,
    not_before INTEGER NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0,
    created INTEGER NOT NULL,
    received INTEGER NOT NULL,
    coalesce TEXT,
    reason TEXT,
    pointer TEXT,
    signature BLOB,
    body BLOB
) STRICT;
CREATE INDEX inbox_open ON inbox (number) WHERE state < 2;
CREATE INDEX inbox_done ON inbox (since, number) WHERE state = 2;
CREATE INDEX inbox_dead ON inbox (number) WHERE state = 3;
CREATE UNIQUE INDEX inbox_coalesced ON inbox (coalesce) WHERE coalesce IS NOT NULL;
PRAGMA user_version = 1;
";

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
    /// The number of entries, as of this version of the data by others.
    entries: u64,
    version: i64,
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
        connection.pragma_update(None, "journal_mode", "wal")?;
        connection.pragma_update(None, "synchronous", "full")?;
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        match transaction.pragma_query_value(None, "user_version", |row| row.get::<_, i64>(0))? {
            0 => transaction.execute_batch(TABLE)?,
            VERSION => {}
            _ => return Err(InboxError::Unavailable("a later version made this file".into())),
        }
        transaction.commit()?;
        let store =
            Mutex::new(Store { connection, durability: Durability::Disk, entries: 0, version: -1 });
        Ok(Self { limits, store })
    }

    /// Runs `work` in one transaction.
    fn write<T>(
        &self,
        until: Durability,
        work: impl FnOnce(&mut Work<'_>) -> Result<T, InboxError>,
    ) -> Result<T, InboxError> {
        let mut store = self.store();
        let Store { connection, durability, entries, version } = &mut *store;
        if *durability != until {
            let synchronous = if until == Durability::Disk { "full" } else { "normal" };
            connection.pragma_update(None, "synchronous", synchronous)?;
            *durability = until;
        }
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let seen = transaction.pragma_query_value(None, "data_version", |row| row.get(0))?;
        let before = if seen == *version {
            *entries
        } else {
            transaction.query_row("SELECT count(*) FROM inbox", [], |row| unsigned(row, 0))?
        };
        let mut work_on = Work { transaction: &transaction, limits: &self.limits, entries: before };
        // If the transaction fails, this stays what it was.
        let result = work(&mut work_on)?;
        let after = work_on.entries;
        transaction.commit()?;
        (*entries, *version) = (after, seen);
        Ok(result)
    }

    fn store(&self) -> MutexGuard<'_, Store> {
        // A transaction that a panic has ended was rolled back.
        self.store.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// A transaction.
struct Work<'t> {
    transaction: &'t Connection,
    limits: &'t Limits,
    /// The number of entries.
    entries: u64,
}

impl Work<'_> {
    fn append(&mut self, arrival: &Arrival<'_>, now: SystemTime) -> Result<Appended, InboxError> {
        let mut known = self.transaction.prepare_cached("SELECT 1 FROM inbox WHERE id = ?1")?;
        if known.exists([&arrival.id])? {
            return Ok(Appended::Duplicate);
        }
        if !self.make_room()? {
            return Ok(Appended::Full);
        }
        let mut newer = false;
        if let (Some(key), None) = (&arrival.coalesce, &arrival.dead) {
            let mut find = self
                .transaction
                .prepare_cached("SELECT number, created FROM inbox WHERE coalesce = ?1")?;
            let other = find
                .query_row([key], |row| Ok((row.get::<_, i64>(0)?, time(row, 1)?)))
                .optional()?;
            if let Some((number, created)) = other {
                newer = created > arrival.created;
                if !newer {
                    self.finish(number, now)?;
                }
            }
        }
        let state = match arrival.dead {
            Some(_) => 3,
            None if newer => 2,
            None => 0,
        };
        let coalesce = arrival.coalesce.as_ref().filter(|_| state == 0);
        let kept = (state != 2).then_some((&*arrival.signature, &*arrival.body));
        let mut insert = self.transaction.prepare_cached(
            "INSERT INTO inbox (id, state, since, created, received, coalesce, reason, pointer, signature, body)
             VALUES (?1, ?2, ?3, ?4, ?3, ?5, ?6, ?7, ?8, ?9)",
        )?;
        insert.execute(params![
            arrival.id,
            state,
            millis(now),
            millis(arrival.created),
            coalesce,
            arrival.dead.as_ref().map(|dead| &dead.reason),
            arrival.dead.as_ref().map(|dead| &dead.pointer),
            kept.map(|(signature, _)| signature),
            kept.map(|(_, body)| body),
        ])?;
        self.entries += 1;
        Ok(if newer { Appended::Superseded } else { Appended::New })
    }

    /// Forgets what was done long ago.
    fn forget_old(&mut self, now: SystemTime) -> Result<(), InboxError> {
        let mut forget =
            self.transaction.prepare_cached("DELETE FROM inbox WHERE state = 2 AND since <= ?1")?;
        self.entries -= forget.execute([millis(self.limits.forgotten(now))])? as u64;
        Ok(())
    }

    /// Whether there is room for one more, once what was done first is forgotten.
    fn make_room(&mut self) -> Result<bool, InboxError> {
        let most = u64::try_from(self.limits.entries).unwrap_or(u64::MAX);
        if self.entries < most {
            return Ok(true);
        }
        let over = i64::try_from(self.entries - most).unwrap_or(i64::MAX).saturating_add(1);
        let mut forget = self.transaction.prepare_cached(
            "DELETE FROM inbox WHERE number IN
             (SELECT number FROM inbox WHERE state = 2 ORDER BY since, number LIMIT ?1)",
        )?;
        self.entries -= forget.execute([over])? as u64;
        Ok(self.entries < most)
    }

    fn finish(&self, number: i64, now: SystemTime) -> Result<(), InboxError> {
        let mut finish = self.transaction.prepare_cached(
            "UPDATE inbox SET state = 2, since = ?2, coalesce = NULL, signature = NULL, body = NULL WHERE number = ?1",
        )?;
        finish.execute(params![number, millis(now)])?;
        Ok(())
    }

    /// The number of the entry that this lease is on.
    fn leased(&self, lease: &Lease) -> Result<i64, InboxError> {
        let mut find = self.transaction.prepare_cached(
            "SELECT number FROM inbox WHERE id = ?1 AND state = 1 AND attempts = ?2",
        )?;
        let number =
            find.query_row(params![lease.id(), lease.attempt()], |row| row.get(0)).optional()?;
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
            let mut find = work
                .transaction
                .prepare_cached("SELECT state, since, attempts FROM inbox WHERE id = ?1")?;
            let found = find
                .query_row([id], |row| {
                    Ok((row.get::<_, u8>(0)?, time(row, 1)?, row.get::<_, u32>(2)?))
                })
                .optional()?;
            let attempt = match found {
                Some((2.., ..)) => return Ok(Claim::Done),
                Some((1, since, _)) if !work.limits.has_run_out(since, now) => {
                    return Ok(Claim::InFlight);
                }
                Some((.., attempts)) => attempts.saturating_add(1),
                None if !work.make_room()? => return Err(InboxError::Full),
                None => {
                    work.entries += 1;
                    1
                }
            };
            let mut lease = work.transaction.prepare_cached(
                "INSERT INTO inbox (id, state, since, attempts, created, received) VALUES (?1, 1, ?2, ?3, ?2, ?2)
                 ON CONFLICT (id) DO UPDATE SET state = 1, since = ?2, attempts = ?3, coalesce = NULL",
            )?;
            lease.execute(params![id, millis(now), attempt])?;
            Ok(Claim::New(Lease::new(id, attempt)))
        })
    }

    fn next(&self, limit: usize, now: SystemTime) -> Result<Vec<Claimed>, InboxError> {
        let lease = i64::try_from(self.limits.lease.as_millis()).unwrap_or(i64::MAX);
        let mut claimed = self.write(Durability::Disk, |work| {
            let mut lease_next = work.transaction.prepare_cached(
                "UPDATE inbox SET state = 1, since = ?1, attempts = attempts + 1, coalesce = NULL
                 WHERE number IN (
                     SELECT number FROM inbox
                     WHERE state < 2 AND body IS NOT NULL
                         AND (state = 0 AND not_before <= ?1 OR state = 1 AND abs(?1 - since) >= ?2)
                     ORDER BY number LIMIT ?3
                 )
                 RETURNING number, id, attempts, received, signature, body",
            )?;
            let limit = i64::try_from(limit).unwrap_or(i64::MAX);
            let rows = lease_next.query_map(params![millis(now), lease, limit], |row| {
                let claimed = Claimed {
                    lease: Lease::new(row.get::<_, String>(1)?, row.get(2)?),
                    received: time(row, 3)?,
                    signature: row.get(4)?,
                    body: row.get(5)?,
                };
                Ok((row.get::<_, i64>(0)?, claimed))
            })?;
            Ok(rows.collect::<Result<Vec<_>, _>>()?)
        })?;
        // `RETURNING` has no order.
        claimed.sort_unstable_by_key(|(number, _)| *number);
        Ok(claimed.into_iter().map(|(_, claimed)| claimed).collect())
    }

    fn complete(&self, lease: &Lease, now: SystemTime) -> Result<(), InboxError> {
        self.write(Durability::Process, |work| work.finish(work.leased(lease)?, now))
    }

    fn release(&self, lease: &Lease, not_before: SystemTime) -> Result<(), InboxError> {
        self.write(Durability::Disk, |work| {
            let number = work.leased(lease)?;
            let mut forget = work
                .transaction
                .prepare_cached("DELETE FROM inbox WHERE number = ?1 AND body IS NULL")?;
            work.entries -= forget.execute([number])? as u64;
            let mut release = work
                .transaction
                .prepare_cached("UPDATE inbox SET state = 0, not_before = ?2 WHERE number = ?1")?;
            release.execute(params![number, millis(not_before)])?;
            Ok(())
        })
    }

    fn bury(&self, lease: &Lease, dead: &DeadReason<'_>) -> Result<(), InboxError> {
        self.write(Durability::Disk, |work| {
            let mut bury = work.transaction.prepare_cached(
                "UPDATE inbox SET state = 3, reason = ?2, pointer = ?3 WHERE number = ?1",
            )?;
            bury.execute(params![work.leased(lease)?, dead.reason, dead.pointer])?;
            Ok(())
        })
    }

    fn dead_letters(&self, after: u64, limit: usize) -> Result<Vec<DeadLetter>, InboxError> {
        let store = self.store();
        let mut find = store.connection.prepare_cached(
            "SELECT number, received, reason, pointer, signature, body FROM inbox
             WHERE state = 3 AND number > ?1 ORDER BY number LIMIT ?2",
        )?;
        let number = |number| i64::try_from(number).unwrap_or(i64::MAX);
        let letters = find.query_map([number(after), number(limit as u64)], |row| {
            Ok(DeadLetter {
                number: unsigned(row, 0)?,
                received: time(row, 1)?,
                reason: DeadReason {
                    reason: row.get::<_, String>(2)?.into(),
                    pointer: row.get::<_, String>(3)?.into(),
                },
                signature: row.get(4)?,
                body: row.get::<_, Option<_>>(5)?.unwrap_or_default(),
            })
        })?;
        Ok(letters.collect::<Result<_, _>>()?)
    }

    fn forget(&self, number: u64) -> Result<(), InboxError> {
        self.write(Durability::Disk, |work| {
            let mut forget = work
                .transaction
                .prepare_cached("DELETE FROM inbox WHERE number = ?1 AND state = 3")?;
            let number = i64::try_from(number).unwrap_or(i64::MAX);
            work.entries -= forget.execute([number])? as u64;
            Ok(())
        })
    }

    fn counts(&self) -> Result<Counts, InboxError> {
        let store = self.store();
        let mut count =
            store.connection.prepare_cached("SELECT state, count(*) FROM inbox GROUP BY state")?;
        let mut counts = Counts::default();
        let mut rows = count.query([])?;
        while let Some(row) = rows.next()? {
            let count = unsigned(row, 1)?;
            match row.get::<_, u8>(0)? {
                0 => counts.waiting = count,
                1 => counts.in_flight = count,
                2 => counts.done = count,
                _ => counts.dead = count,
            }
        }
        Ok(counts)
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

fn unsigned(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    let value: i64 = row.get(column)?;
    u64::try_from(value).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(column, value))
}
