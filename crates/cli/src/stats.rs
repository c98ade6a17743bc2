//! `clip-events stats`: what is in an archive of deliveries, counted in one pass.
//!
//! Memory is bounded: of what a sender can make up (event types, keys, days, seconds, ids) only so much is kept, and what is left out
//! is counted as such.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "shares and lengths of bars, of counts far below 2^53"
)]

mod chart;
mod keys;
mod report;

use std::collections::hash_map::RandomState;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fs;
use std::hash::{BuildHasher, BuildHasherDefault, Hasher};
use std::io::{self, Write};
use std::iter::Sum;
use std::ops::AddAssign;
use std::path::{Path, PathBuf};

use clip_events::{EventRef, EventType, deliveries};
use clip_events_input::{self as input, Batch, Chunk, Content, printable};

use crate::report::Format;

use self::keys::{Declared, shortened};

/// Counts what is in the inputs that `paths` name, and prints it; as a picture to `svg`, too. Returns whether all could be read. `now` is in
/// milliseconds since 1970.
///
/// # Errors
///
/// If `out` or `svg` cannot be written.
pub(crate) fn stats(
    paths: &[PathBuf],
    format: Format,
    svg: Option<&Path>,
    now: u64,
    out: &mut impl Write,
) -> io::Result<bool> {
    let counter = Counter { declared: Declared::of_the_contract(), hasher: RandomState::new() };
    let mut total = Total { latest: now.saturating_add(MILLISECONDS_A_DAY), ..Total::default() };
    let all_read = input::run(
        paths,
        0,
        |batch| counter.batch(batch),
        |counted, _| {
            if let Ok(counted) = counted {
                total.add(counted);
            }
            Ok(())
        },
    )?;
    total.close_seconds(0);
    // Whoever closes the pipe of the counts still gets the picture; what is wrong with that is told after them.
    let drawn = svg.map_or(Ok(()), |path| draw(&total, path));
    match format {
        Format::Human => report::human(&total, out)?,
        Format::Json => report::json(&total, out)?,
    }
    out.flush()?;
    drawn?;
    Ok(all_read)
}

fn draw(total: &Total, path: &Path) -> io::Result<()> {
    fs::write(path, chart::svg(total)).map_err(|error| {
        let path = path.to_string_lossy();
        io::Error::other(format!("{}: {error}", printable(&path)))
    })
}

/// A table of counts that a sender can fill keeps so many rows.
const MAX_ROWS: usize = 1_000;

/// So many days are kept: 27 years.
const MAX_DAYS: usize = 10_000;

/// Seconds of progress are kept open for this many of them: an archive may be out of order by so much.
const OPEN_SECONDS: usize = 100_000;

/// The ids of so many deliveries are kept in each of two generations.
const GENERATION: usize = 1 << 21;

/// The seconds with the most progress that are told.
const BURSTS: usize = 3;

const MILLISECONDS_A_DAY: u64 = 86_400_000;

/// Counts by key, up to [`MAX_ROWS`] of them.
#[derive(Debug, Clone)]
struct Rows<K> {
    rows: BTreeMap<K, u64>,
    /// What is counted of further keys.
    others: u64,
}

impl<K> Default for Rows<K> {
    fn default() -> Self {
        Self { rows: BTreeMap::new(), others: 0 }
    }
}

impl<K: Ord> Rows<K> {
    fn add(&mut self, key: K, count: u64) {
        if self.rows.len() < MAX_ROWS || self.rows.contains_key(&key) {
            *self.rows.entry(key).or_default() += count;
        } else {
            self.others += count;
        }
    }

    fn merge(&mut self, other: Self) {
        self.others += other.others;
        other.rows.into_iter().for_each(|(key, count)| self.add(key, count));
    }
}

/// The deliveries of one day.
#[derive(Debug, Default, Clone, Copy)]
struct Day {
    deliveries: u64,
    /// Those that are not high-volume.
    milestones: u64,
    /// Those of them that report an error.
    failures: u64,
}

impl AddAssign for Day {
    fn add_assign(&mut self, more: Self) {
        self.deliveries += more.deliveries;
        self.milestones += more.milestones;
        self.failures += more.failures;
    }
}

impl<'d> Sum<&'d Day> for Day {
    fn sum<I: Iterator<Item = &'d Day>>(days: I) -> Day {
        days.fold(Day::default(), |mut sum, day| {
            sum += *day;
            sum
        })
    }
}

/// What is counted alike in a chunk and in all of them.
#[derive(Debug, Clone, Default)]
struct Counts {
    valid: u64,
    invalid: u64,
    /// Valid deliveries by event type, and those that report an error.
    types: BTreeMap<EventType, (u64, u64)>,
    unknown_types: Rows<String>,
    /// Keys that the contract does not declare, by event type and JSON Pointer, where `*` stands for any item or key.
    undeclared: Rows<(EventType, String)>,
    /// By days since 1970.
    days: BTreeMap<u64, Day>,
    /// Of further days.
    other_days: Day,
}

impl Counts {
    fn add_day(&mut self, day: u64, more: Day) {
        if self.days.len() == MAX_DAYS && !self.days.contains_key(&day) {
            self.other_days += more;
            return;
        }
        *self.days.entry(day).or_default() += more;
    }

    fn merge(&mut self, other: Self) {
        self.valid += other.valid;
        self.invalid += other.invalid;
        for (event_type, (count, failures)) in other.types {
            let known = self.types.entry(event_type).or_default();
            *known = (known.0 + count, known.1 + failures);
        }
        self.unknown_types.merge(other.unknown_types);
        self.undeclared.merge(other.undeclared);
        self.other_days += other.other_days;
        other.days.into_iter().for_each(|(day, more)| self.add_day(day, more));
    }
}

/// What a batch holds.
#[derive(Default)]
struct Counted {
    counts: Counts,
    /// High-volume deliveries by second.
    seconds: BTreeMap<u64, u64>,
    /// The id of each valid delivery, hashed, and when it was created, in their order.
    order: Vec<(u64, u64)>,
}

struct Counter {
    declared: Declared,
    hasher: RandomState,
}

impl Counter {
    fn batch(&self, batch: &Batch) -> Counted {
        let mut counted = Counted::default();
        for chunk in &batch.chunks {
            self.chunk(&mut counted, chunk);
        }
        counted
    }

    fn chunk(&self, counted: &mut Counted, chunk: &Chunk) {
        match chunk {
            Chunk::Lines { bytes, .. } => {
                for line in deliveries::<EventRef<'_>>(bytes) {
                    self.delivery(counted, line.bytes, line.outcome.ok());
                }
            }
            Chunk::Parts(parts) => {
                for part in parts {
                    match &part.content {
                        Content::Delivery(bytes) => {
                            let event = EventRef::from_slice(bytes).ok();
                            self.delivery(counted, bytes, event);
                        }
                        Content::TooLarge(_) | Content::Defect(..) => counted.counts.invalid += 1,
                    }
                }
            }
        }
    }

    /// Counts a delivery. `event` is what it means, if it is valid.
    fn delivery(&self, counted: &mut Counted, bytes: &[u8], event: Option<EventRef<'_>>) {
        let Counted { counts, seconds, order } = counted;
        let Some(event) = event else {
            counts.invalid += 1;
            return;
        };
        counts.valid += 1;
        // A key counts once, however often it is there.
        let mut pointers = BTreeSet::new();
        let noted = self.declared.read(event.event_type(), bytes, |pointer| {
            if !pointers.contains(pointer) {
                pointers.insert(pointer.to_owned());
            }
        });
        let id = self.hasher.hash_one(&*event.id.to_str());
        order.push((id, noted.created));
        let mut day = Day { deliveries: 1, ..Day::default() };
        if let Some(event_type) = event.event_type() {
            let failed = u64::from(noted.has_error);
            let (count, failures) = counts.types.entry(event_type).or_default();
            (*count, *failures) = (*count + 1, *failures + failed);
            if event_type.is_high_volume() {
                *seconds.entry(noted.created / 1_000).or_default() += 1;
            } else {
                day = Day { milestones: 1, failures: failed, ..day };
            }
            for pointer in pointers {
                counts.undeclared.add((event_type, pointer), 1);
            }
        } else {
            let name = event.payload.type_name();
            counts.unknown_types.add(shortened(&name.to_str()).into_owned(), 1);
        }
        counts.add_day(noted.created / MILLISECONDS_A_DAY, day);
    }
}

/// What all inputs hold.
#[derive(Default)]
struct Total {
    counts: Counts,
    ids: Ids,
    /// A delivery that says it was created after this is no measure for others.
    latest: u64,
    /// When the newest delivery so far was created, of those that are a measure.
    measure: u64,
    /// When the newest of all was created.
    newest: u64,
    /// When the oldest one was.
    oldest: Option<u64>,
    /// How much older deliveries are than one before them, in milliseconds, where they are older.
    lags: Lags,
    /// High-volume deliveries by second, of the newest seconds.
    seconds: BTreeMap<u64, u64>,
    /// The seconds with most of them, and their number: the most come first.
    bursts: Vec<(u64, u64)>,
}

impl Total {
    fn add(&mut self, Counted { counts, seconds, order }: Counted) {
        self.counts.merge(counts);
        for (id, created) in order {
            self.ids.add(id, GENERATION);
            if created < self.measure {
                self.lags.add(self.measure - created);
            } else if created <= self.latest {
                self.measure = created;
            }
            self.newest = self.newest.max(created);
            self.oldest = Some(self.oldest.map_or(created, |oldest| oldest.min(created)));
        }
        for (second, count) in seconds {
            *self.seconds.entry(second).or_default() += count;
        }
        self.close_seconds(OPEN_SECONDS);
    }

    /// Takes the oldest seconds for complete, so that so many are left.
    fn close_seconds(&mut self, left: usize) {
        while self.seconds.len() > left {
            let Some((second, mut count)) = self.seconds.pop_first() else { break };
            // It may have been closed before, in an archive that is far out of order.
            self.bursts.retain(|(known, some)| {
                count += if *known == second { *some } else { 0 };
                *known != second
            });
            let place = self.bursts.partition_point(|(_, more)| *more >= count);
            if place < BURSTS {
                self.bursts.insert(place, (second, count));
                self.bursts.truncate(BURSTS);
            }
        }
    }
}

/// The ids of the latest deliveries, hashed with a key of its own in each run.
#[derive(Default)]
struct Ids {
    newer: HashSet<u64, BuildHasherDefault<Hashed>>,
    older: HashSet<u64, BuildHasherDefault<Hashed>>,
    /// Deliveries whose id was seen before.
    repeated: u64,
}

impl Ids {
    /// Counts an id. The latest ones are kept: so many of them, and up to twice as many.
    fn add(&mut self, id: u64, generation: usize) {
        // Renewed even if it is among the older ones: it came again just now.
        if !self.newer.insert(id) || self.older.contains(&id) {
            self.repeated += 1;
        }
        if self.newer.len() == generation {
            self.older = std::mem::take(&mut self.newer);
        }
    }
}

/// The hash of what is a hash already.
#[derive(Default)]
struct Hashed(u64);

impl Hasher for Hashed {
    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }

    fn write(&mut self, _: &[u8]) {
        unreachable!("only hashes are hashed");
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// Durations, counted in steps of an eighth of a power of two.
#[derive(Debug, Clone)]
struct Lags {
    counts: [u64; 8 * 64],
    count: u64,
    longest: u64,
}

impl Default for Lags {
    fn default() -> Self {
        Self { counts: [0; 8 * 64], count: 0, longest: 0 }
    }
}

impl Lags {
    fn add(&mut self, lag: u64) {
        self.counts[Self::step(lag)] += 1;
        self.count += 1;
        self.longest = self.longest.max(lag);
    }

    fn step(lag: u64) -> usize {
        let power = lag.max(8).ilog2() - 3;
        8 * power as usize + (lag >> power) as usize
    }

    /// What this share of all lags, from 0 to 1, does not exceed: the end of a step.
    fn quantile(&self, share: f64) -> u64 {
        let mut left = (self.count as f64 * share).ceil() as u64;
        for (step, count) in self.counts.iter().enumerate() {
            if left <= *count {
                let power = (step / 8).saturating_sub(1);
                let end = (((step - 8 * power) as u64 + 1) << power) - 1;
                return end.min(self.longest);
            }
            left -= count;
        }
        self.longest
    }
}

#[cfg(test)]
mod tests {
    use super::{Ids, Lags};

    #[test]
    fn an_id_is_found_again_among_so_many_of_the_latest() {
        let repeated = |ids: &[u64]| {
            let mut all = Ids::default();
            for id in ids {
                all.add(*id, 4);
            }
            all.repeated
        };
        assert_eq!(repeated(&[1, 2, 3, 4, 5, 6]), 0);
        assert_eq!(repeated(&[1, 2, 3, 4, 1]), 1);
        assert_eq!(repeated(&[1, 2, 3, 4, 5, 6, 1, 7, 1]), 2);
        assert_eq!(repeated(&[1, 1, 1]), 2);
    }

    #[test]
    fn quantiles_are_no_more_than_an_eighth_too_long() {
        for lag in (0..200).chain([1_000, 86_400_000, u64::MAX / 3]) {
            let mut lags = Lags::default();
            lags.add(lag);
            assert_eq!(lags.quantile(0.5), lag);
            lags.add(lag.saturating_mul(3));
            let half = lags.quantile(0.5);
            assert!(lag <= half && half <= lag + lag / 8, "{half} for {lag}");
        }
    }
}
