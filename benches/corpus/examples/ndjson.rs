//! Writes deliveries as NDJSON to stdout: so many blocks of 100,000 as the argument says, each event with an id of its own and later than
//! those before it. Events that fire many times for one job tell of it a hundred times; with the argument `random`, each tells of a
//! job of its own. See `benches/archive`.

use std::collections::HashMap;
use std::io::{self, BufWriter, Write};
use std::ops::Range;

use clip_events_corpus::{CONTRACT, compact};

const BLOCK: usize = 100_000;
/// How often a job tells how far it is.
const TIMES: u32 = 100;
/// Jobs of one kind at a time.
const AT_ONCE: usize = 40;

fn main() -> io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let blocks = arguments.next().and_then(|count| count.parse().ok());
    let blocks: u64 = blocks.expect("how many blocks?");
    let random = arguments.next().is_some_and(|which| which == "random");
    let block = compact(CONTRACT, BLOCK).deliveries;
    let deliveries: Vec<_> = block.iter().map(|text| Delivery::of(text)).collect();
    let times = deliveries.iter().map(|delivery| delivery.created);
    let length = times.clone().max().unwrap_or(0) - times.min().unwrap_or(0);
    let mut jobs: HashMap<&[u8], Vec<(&Delivery<'_>, u32)>> = HashMap::new();
    let mut out = BufWriter::new(io::stdout().lock());
    for number in 0..blocks {
        for (at, delivery) in deliveries.iter().enumerate() {
            let Delivery { text, id, created_at, data_at, progress_at, created } = delivery;
            // In place of the first four digits of a UUID.
            out.write_all(ID)?;
            write!(out, "{number:04x}")?;
            out.write_all(&text[id.start + 4..created_at.start])?;
            write!(out, "{}", created + number * length)?;
            out.write_all(&text[created_at.end..data_at.start])?;
            let data = match progress_at {
                Some(progress) if !random => {
                    let jobs = jobs.entry(&text[id.end..created_at.start]).or_default();
                    if jobs.len() < AT_ONCE {
                        jobs.push((delivery, TIMES));
                    }
                    let next = at % jobs.len();
                    let (job, left) = &mut jobs[next];
                    let of_job = job.progress_at.clone().expect("of this kind");
                    let data = [
                        &job.text[job.data_at.start..of_job.start],
                        &text[progress.clone()],
                        &job.text[of_job.end..],
                    ];
                    *left -= 1;
                    if *left == 0 {
                        (*job, *left) = (delivery, TIMES);
                    }
                    data.concat()
                }
                _ => text[data_at.clone()].to_vec(),
            };
            out.write_all(&data)?;
            out.write_all(b"\n")?;
        }
    }
    out.flush()
}

/// How deliveries begin, and what comes before some of their values.
const ID: &[u8] = b"{\"id\":\"";
const CREATED: &[u8] = b"\"created\":";
const DATA: &[u8] = b"\"data\":";
const PROGRESS: &[u8] = b"\"progress\":";

/// A compact delivery, and where its values are.
struct Delivery<'a> {
    text: &'a [u8],
    id: Range<usize>,
    created_at: Range<usize>,
    data_at: Range<usize>,
    /// Of those that tell how far a job is.
    progress_at: Option<Range<usize>>,
    created: u64,
}

impl<'a> Delivery<'a> {
    fn of(text: &'a [u8]) -> Self {
        assert!(text.starts_with(ID), "deliveries are compact");
        let behind = |key: &[u8]| {
            let start = text.windows(key.len()).position(|window| window == key)? + key.len();
            let length = text[start..].iter().take_while(|byte| !b",}\"".contains(byte)).count();
            Some(start..start + length)
        };
        let created_at = behind(CREATED).expect("it is required");
        let created = std::str::from_utf8(&text[created_at.clone()]).expect("digits");
        let id_end = ID.len() + text[ID.len()..].iter().take_while(|byte| **byte != b'"').count();
        Self {
            text,
            id: ID.len()..id_end,
            created: created.parse().expect("an integer"),
            created_at,
            data_at: behind(DATA).expect("it is required").start..text.len(),
            progress_at: behind(PROGRESS),
        }
    }
}
