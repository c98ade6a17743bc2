//! `clip-events trigger`: sends signed samples to an endpoint, and tells whether it answers as it should.

mod deliveries;

use std::io::Write;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{ArgGroup, Args};
use clip_events_receiver::Secrets;
use clip_events_validator::{Mode, Validator};
use serde_json::Value;

use crate::envelope::Envelope;
use crate::failure::Failure;
use crate::sample::event_types;
use crate::secrets::SecretArguments;
use crate::send::{Client, Expected, Report, Target, headers};
use crate::sign::read;

use deliveries::{SCENARIOS, Scenario, Setting, malformed};

pub(crate) const HELP: &str = "\
Examples:
  clip-events trigger post.failed \\
      --to http://localhost:8787/ --secret-env CLIP_EVENTS_SECRET
  clip-events trigger --scenario analysis --duplicate --reorder \\
      --to http://localhost:8787/ --secret-env CLIP_EVENTS_SECRET

A genuine delivery is expected to be answered 2xx. With --stale or --bad-signature 4xx is expected; where a delivery does not meet the \
contract, as with --malformed, 2xx or 4xx but 401 and 403. Where nothing is (404, 405, 410), nothing was refused. Several of these options may be given at once. Redirects are not followed, and an endpoint has \
30 seconds to answer.

Exit status: 0 if each answer is as expected, 1 if one is not or is missing, 2 if the command could not do its work.";

/// How old a stale delivery is: twice as old as receivers accept.
const STALE: Duration = Duration::from_secs(600);

#[expect(clippy::struct_excessive_bools, reason = "any of them may be given with any other")]
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("what").args(["event_type", "scenario", "body"]).required(true)))]
#[command(group(ArgGroup::new("secrets").args(["secret_env", "secret_file"]).required(true).multiple(true)))]
pub(crate) struct Arguments {
    /// The event type of the deliveries.
    #[arg(value_name = "EVENT_TYPE", value_parser = event_types())]
    event_type: Option<String>,
    /// Send what happens to one job, with the same ids.
    #[arg(long, value_name = "NAME", value_parser = scenarios())]
    scenario: Option<String>,
    /// Send the bytes of this file as they are, or of stdin for -.
    #[arg(long, value_name = "FILE")]
    pub(crate) body: Option<PathBuf>,
    /// The endpoint.
    #[arg(long, value_name = "URL")]
    to: Target,
    #[command(flatten)]
    secrets: SecretArguments,
    /// Set a value in each delivery, by its path from the envelope on, such as `data.job_id=x`; a value that is no JSON is a string.
    #[arg(long, value_name = "PATH=VALUE", conflicts_with = "body")]
    set: Vec<Setting>,
    /// The number of deliveries, or of runs of the scenario.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=100_000))]
    count: u64,
    /// Send so many in a second at most.
    #[arg(long, value_name = "NUMBER", value_parser = rate)]
    rate: Option<f64>,
    /// Seed of the samples, in place of the clock: the same seed gives the same ids.
    #[arg(long)]
    seed: Option<u64>,
    /// Send each delivery twice.
    #[arg(long)]
    duplicate: bool,
    /// Send the newest first.
    #[arg(long)]
    reorder: bool,
    /// Sign for a time 10 minutes ago.
    #[arg(long)]
    stale: bool,
    /// Sign with another secret.
    #[arg(long)]
    bad_signature: bool,
    /// Put the signature by another secret before the right one, as while secrets are exchanged.
    #[arg(long)]
    two_signatures: bool,
    /// Send what does not meet the contract.
    #[arg(long)]
    malformed: bool,
}

fn scenarios() -> PossibleValuesParser {
    let values = SCENARIOS.iter().map(|(name, _)| {
        let title = Scenario::named(name).map(|scenario| scenario.title);
        PossibleValue::new(*name).help(title.unwrap_or_else(|error| error.to_string()))
    });
    values.collect::<Vec<_>>().into()
}

fn rate(text: &str) -> Result<f64, &'static str> {
    let rate = text.parse().ok().filter(|rate: &f64| rate.is_finite() && *rate >= 0.001);
    rate.ok_or("expected a number of at least 0.001")
}

/// A delivery to send.
#[derive(Clone)]
struct Shot {
    envelope: Envelope,
    body: Vec<u8>,
    expected: Expected,
}

/// Sends them all, one after the other. Returns whether each was answered as it should be.
pub(crate) fn trigger(arguments: &Arguments, out: &mut impl Write) -> Result<bool, Failure> {
    let secrets = arguments.secrets.required()?;
    let other = Secrets::new("a secret that no endpoint has")?;
    let shots = shots(arguments)?;
    let client = Client::new(arguments.to.clone());
    let mut report = Report::new(out);
    let start = Instant::now();
    let times = if arguments.duplicate { 2 } else { 1 };
    let each = shots.iter().flat_map(|shot| (0..times).map(move |_| shot));
    for (number, shot) in each.enumerate() {
        if let Some(rate) = arguments.rate {
            #[expect(clippy::cast_precision_loss, reason = "a time, not a count")]
            let due = Duration::from_secs_f64(number as f64 / rate);
            thread::sleep(due.saturating_sub(start.elapsed()));
        }
        let header = arguments.header(&shot.body, &secrets, &other);
        let reply = client.post(&headers(header.as_bytes()), &shot.body);
        report.add(&shot.envelope, shot.expected, &reply)?;
    }
    Ok(report.finish()?)
}

impl Arguments {
    /// The value of the signature's header.
    fn header(&self, body: &[u8], secrets: &Secrets, other: &Secrets) -> String {
        let now = SystemTime::now();
        let at = if self.stale { now.checked_sub(STALE).unwrap_or(UNIX_EPOCH) } else { now };
        let wrong = other.sign(body, at);
        let signed = if self.bad_signature { wrong.clone() } else { secrets.sign(body, at) };
        if !self.two_signatures {
            return signed;
        }
        // The wrong one comes first: an endpoint may not stop there.
        let signatures = signed.split_once(',').map(|(_, signatures)| signatures);
        format!("{wrong},{}", signatures.unwrap_or_default())
    }

    /// What an endpoint should make of a delivery with this body.
    fn expected(&self, body: &[u8], validator: &Validator) -> Expected {
        if self.stale || self.bad_signature {
            Expected::Refused
        } else if validator.judge(body).is_valid() {
            Expected::Taken
        } else {
            Expected::Either
        }
    }
}

/// The deliveries, in the order in which they are sent.
fn shots(arguments: &Arguments) -> Result<Vec<Shot>, Failure> {
    let validator = Validator::new(Mode::Reader);
    let shot = |envelope: Envelope, body: Vec<u8>| Shot {
        envelope,
        expected: arguments.expected(&body, &validator),
        body,
    };
    let mut shots = Vec::new();
    if let Some(path) = &arguments.body {
        let mut body = read(path)?;
        let envelope = Envelope::read(&body);
        if arguments.malformed {
            body = serde_json::from_slice(&body).map_or(body, |value: Value| malformed(&value));
        }
        let one = shot(envelope, body);
        shots.extend((0..arguments.count).map(|_| one.clone()));
    } else {
        for mut delivery in samples(arguments)? {
            for setting in &arguments.set {
                setting.apply(&mut delivery)?;
            }
            let body = if arguments.malformed {
                malformed(&delivery)
            } else {
                delivery.to_string().into_bytes()
            };
            shots.push(shot(Envelope::of(&delivery), body));
        }
    }
    if arguments.reorder {
        shots.reverse();
    }
    Ok(shots)
}

fn samples(arguments: &Arguments) -> Result<Vec<Value>, Failure> {
    let clock = UNIX_EPOCH.elapsed().unwrap_or_default();
    let now = u64::try_from(clock.as_millis()).unwrap_or_default();
    // Ids that were not sent before: an endpoint would take them for duplicates.
    let seed =
        arguments.seed.unwrap_or_else(|| u64::try_from(clock.as_nanos()).unwrap_or_default());
    if let Some(event_type) = &arguments.event_type {
        return Scenario::of_type(event_type, arguments.count)
            .deliveries(event_type, false, seed, now);
    }
    let name = arguments.scenario.as_deref().unwrap_or_default();
    let scenario = Scenario::named(name)?;
    let mut all = Vec::new();
    for run in 0..arguments.count {
        all.extend(scenario.deliveries(name, true, seed.wrapping_add(run), now)?);
    }
    Ok(all)
}
