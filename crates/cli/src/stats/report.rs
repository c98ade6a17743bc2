//! What was counted, for people and for programs.

use std::fmt::Write as _;
use std::io::{self, Write};

use clip_events::Printable;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Day, MILLISECONDS_A_DAY, Total};
use crate::report::write_json;

/// Rows of a table for people: as many as a month has days.
const MAX_SHOWN: usize = 31;

/// Columns of the longest bar.
const BAR: u64 = 24;

/// Event types with their deliveries, the most first, and the names of what is left out with theirs.
pub(super) fn types(total: &Total) -> Vec<(String, u64)> {
    let counts = &total.counts;
    let known = counts.types.iter().map(|(known, (count, _))| (known.as_str().to_owned(), *count));
    let unknown = &counts.unknown_types;
    let names =
        unknown.rows.iter().map(|(name, count)| (format!("{} (unknown)", printable(name)), *count));
    let mut rows: Vec<_> = known.chain(names).collect();
    rows.sort_by(|(one, many), (other, more)| more.cmp(many).then_with(|| one.cmp(other)));
    rows.extend((unknown.others > 0).then(|| ("(other unknown types)".to_owned(), unknown.others)));
    rows
}

/// The deliveries of each day, or month, or year: the first of these that is not too long a list.
pub(super) fn periods(total: &Total) -> Vec<(String, Day)> {
    let mut shorter = [DAY, "2026-01".len()].map(|length| by_period(total, length)).into_iter();
    let is_short = |periods: &Vec<_>| periods.len() <= MAX_SHOWN;
    let mut periods = shorter.find(is_short).unwrap_or_else(|| by_period(total, "2026".len()));
    let others = total.counts.other_days;
    periods.extend((others.deliveries > 0).then(|| ("(further days)".to_owned(), others)));
    periods
}

/// The deliveries of each period, of which so many characters of a date tell.
fn by_period(total: &Total, length: usize) -> Vec<(String, Day)> {
    let mut periods: Vec<(String, Day)> = Vec::new();
    for (day, counted) in &total.counts.days {
        let mut name = time(day * MILLISECONDS_A_DAY);
        if name != AFTER {
            name.truncate(length);
        }
        match periods.last_mut() {
            Some((last, sum)) if *last == name => *sum += *counted,
            _ => periods.push((name, *counted)),
        }
    }
    periods
}

/// The length of `2026-01-01`.
const DAY: usize = 10;

/// A time that no calendar has.
const AFTER: &str = "after 9999";

/// `milliseconds` since 1970, in UTC; what no calendar has is named as such.
fn time(milliseconds: u64) -> String {
    let time =
        i64::try_from(milliseconds).ok().and_then(|time| Timestamp::from_millisecond(time).ok());
    time.map_or_else(|| AFTER.to_owned(), |time| time.to_string())
}

pub(super) fn human(total: &Total, out: &mut impl Write) -> io::Result<()> {
    let counts = &total.counts;
    write!(out, "{} valid, {} invalid", deliveries(counts.valid), counts.invalid)?;
    if let Some(oldest) = total.oldest {
        write!(out, ", created from {} to {}", time(oldest), time(total.newest))?;
    }
    writeln!(out)?;

    let types = types(total);
    let most = types.iter().map(|(_, count)| *count).max().unwrap_or_default();
    table(
        out,
        "event type",
        types.iter().map(|(name, count)| {
            let rest = format!("{} {}", bar(*count, most), percent(*count, counts.valid));
            (name.clone(), count.to_string(), rest)
        }),
    )?;

    let periods = periods(total);
    let most = periods.iter().map(|(_, day)| day.deliveries).max().unwrap_or_default();
    table(
        out,
        "created",
        periods.iter().map(|(name, day)| {
            let failures = match day.failures {
                0 => String::new(),
                failures => format!(
                    " {failures} of {} failed ({})",
                    day.milestones,
                    percent(failures, day.milestones)
                ),
            };
            (name.clone(), day.deliveries.to_string(), bar(day.deliveries, most) + &failures)
        }),
    )?;

    let days = counts.days.values().chain([&counts.other_days]);
    let Day { milestones, failures, .. } = days.sum();
    writeln!(out)?;
    if milestones > 0 {
        writeln!(
            out,
            "failures    {failures} of {milestones} deliveries that are not high-volume report an error ({})",
            percent(failures, milestones)
        )?;
    }
    if total.lags.count > 0 {
        let [half, most] = [0.5, 0.99].map(|share| duration(total.lags.quantile(share)));
        writeln!(
            out,
            "lag         {} ({}) after a newer one: half of them by {half} at most, 99 % by {most}, one by {}",
            deliveries(total.lags.count),
            percent(total.lags.count, counts.valid),
            duration(total.lags.longest)
        )?;
    }
    if let Some((second, count)) = total.bursts.first() {
        writeln!(
            out,
            "bursts      {count} high-volume deliveries in one second, at {}",
            time(second * 1_000)
        )?;
    }
    writeln!(out, "duplicates  {} with an id that came before", deliveries(total.ids.repeated))?;

    let undeclared = &counts.undeclared;
    let mut rows: Vec<_> = undeclared.rows.iter().collect();
    rows.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    table(
        out,
        "undeclared key",
        rows.into_iter().map(|((event_type, pointer), count)| {
            (printable(pointer).to_string(), count.to_string(), event_type.to_string())
        }),
    )?;
    if undeclared.others > 0 {
        writeln!(out, "{} occurrences of further keys", undeclared.others)?;
    }
    Ok(())
}

/// Prints the first rows of a table, if there are any: a name, a number, and the rest.
fn table(
    out: &mut impl Write,
    title: &str,
    rows: impl ExactSizeIterator<Item = (String, String, String)>,
) -> io::Result<()> {
    if rows.len() == 0 {
        return Ok(());
    }
    let left = rows.len().saturating_sub(MAX_SHOWN);
    let rows: Vec<_> = rows.take(MAX_SHOWN).collect();
    let width = rows
        .iter()
        .map(|(name, ..)| name.chars().count())
        .chain([title.len()])
        .max()
        .unwrap_or_default();
    let digits = rows
        .iter()
        .map(|(_, number, _)| number.len())
        .chain(["deliveries".len()])
        .max()
        .unwrap_or_default();
    writeln!(out, "\n{title:width$}  {:>digits$}", "deliveries")?;
    for (name, number, rest) in rows {
        let mut line = format!("{name:width$}  {number:>digits$}  {rest}");
        line.truncate(line.trim_end().len());
        writeln!(out, "{line}")?;
    }
    if left > 0 {
        writeln!(out, "({left} more are not listed: see --format json)")?;
    }
    Ok(())
}

pub(super) fn json(total: &Total, out: &mut impl Write) -> io::Result<()> {
    let counts = &total.counts;
    let types = |error: bool| -> Value {
        let rows = counts
            .types
            .iter()
            .map(|(known, (count, failures))| (known, if error { failures } else { count }));
        rows.filter(|(_, count)| **count > 0)
            .map(|(known, count)| (known.to_string(), json!(count)))
            .collect()
    };
    let day = |day: Day| {
        json!({
            "deliveries": day.deliveries,
            "not_high_volume": day.milestones,
            "failures": day.failures,
        })
    };
    let days = by_period(total, DAY).into_iter().map(|(name, counted)| {
        let mut counted = day(counted);
        counted["day"] = name.into();
        counted
    });
    let days: Value = days.collect();
    let undeclared: Value = counts.undeclared.rows.iter().map(|((event_type, pointer), count)| {
        json!({ "type": event_type.as_str(), "pointer": pointer, "deliveries": count })
    }).collect();
    let bursts: Value = total
        .bursts
        .iter()
        .map(|(second, count)| json!({ "second": time(second * 1_000), "high_volume": count }))
        .collect();
    let lags = &total.lags;
    let report = json!({
        "valid": counts.valid,
        "invalid": counts.invalid,
        "oldest": total.oldest,
        "newest": total.oldest.map(|_| total.newest),
        "types": types(false),
        "failures": types(true),
        "unknown_types": counts.unknown_types.rows,
        "other_unknown_types": counts.unknown_types.others,
        "days": days,
        "other_days": day(counts.other_days),
        "lag": {
            "deliveries": lags.count,
            "p50_ms": lags.quantile(0.5),
            "p90_ms": lags.quantile(0.9),
            "p99_ms": lags.quantile(0.99),
            "longest_ms": lags.longest,
        },
        "bursts": bursts,
        "undeclared": undeclared,
        "other_undeclared": counts.undeclared.others,
        "duplicates": total.ids.repeated,
    });
    write_json(&mut *out, &report)?;
    writeln!(out)
}

fn printable(text: &str) -> Printable<'_> {
    Printable::new(text, 200)
}

fn deliveries(count: u64) -> String {
    format!("{count} {}", if count == 1 { "delivery" } else { "deliveries" })
}

/// A share in percent.
fn percent(part: u64, whole: u64) -> String {
    format!("{:.1} %", 100.0 * part as f64 / whole.max(1) as f64)
}

/// A bar, exact to an eighth of a column.
fn bar(count: u64, most: u64) -> String {
    let eighths = (count * BAR * 8).div_ceil(most.max(1));
    let mut bar = "\u{2588}".repeat((eighths / 8) as usize);
    if let Some(rest) = char::from_u32(0x2590 - (eighths % 8) as u32).filter(|_| eighths % 8 > 0) {
        bar.push(rest);
    }
    let missing = BAR as usize - bar.chars().count();
    let _ = write!(bar, "{:missing$}", "");
    bar
}

/// `milliseconds` in the largest unit that it has one of.
fn duration(milliseconds: u64) -> String {
    let units = [("d", 86_400_000), ("h", 3_600_000), ("min", 60_000), ("s", 1_000)];
    match units.iter().find(|(_, length)| milliseconds >= *length) {
        Some((unit, length)) => format!("{:.1} {unit}", milliseconds as f64 / *length as f64),
        None => format!("{milliseconds} ms"),
    }
}
