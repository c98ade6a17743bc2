//! Whether verification takes the same time for a signature that is nearly right as for one that is wrong from the first byte: the
//! statistic of dudect (Reparaz, Balasch, Verbauwhede: "Dude, is my code constant time?", 2017). Above 4.5 it does not.

use std::hint::black_box;
use std::time::{Instant, SystemTime};

use clip_events_receiver::{Secrets, Verifier};

const TRIES: usize = 1_000_000;

/// The mean and the variance, step by step.
#[derive(Default)]
struct Sample {
    count: f64,
    mean: f64,
    squares: f64,
}

impl Sample {
    fn add(&mut self, value: f64) {
        self.count += 1.0;
        let difference = value - self.mean;
        self.mean += difference / self.count;
        self.squares += difference * (value - self.mean);
    }

    fn variance(&self) -> f64 {
        self.squares / (self.count - 1.0)
    }
}

/// Welch's t.
fn statistic(one: &Sample, other: &Sample) -> f64 {
    let error = one.variance() / one.count + other.variance() / other.count;
    (one.mean - other.mean) / error.sqrt()
}

pub(crate) fn measure() {
    let secrets = Secrets::new("whsec_timing").expect("a secret");
    let body = br#"{"id":"1","type":"project.render.started","created":0,"data":{}}"#;
    let right = secrets.sign(body, SystemTime::now());
    let verifier = Verifier::new(secrets);
    // The last digit wrong, or the first one: a comparison that stops at the first difference tells them apart. A digit stays a digit
    // and a letter a letter: how the header is read depends on that, which is no secret.
    let change = |at: usize| {
        let mut header = right.clone().into_bytes();
        let base = if header[at] > b'9' { b'a' } else { b'0' };
        header[at] = base + ((header[at] - base) ^ 1);
        header
    };
    let first = right.find("v1=").expect("a signature") + 3;
    let headers = [change(right.len() - 1), change(first)];
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    // One place for both: that alone would be a difference.
    let mut header = headers[0].clone();
    let mut times = Vec::with_capacity(TRIES);
    for _ in 0..TRIES {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let class = (random >> 32 & 1) as usize;
        header.copy_from_slice(&headers[class]);
        let start = Instant::now();
        let verified = verifier.verify_archived(black_box(&header), black_box(body));
        let time = start.elapsed();
        assert!(black_box(verified).is_err());
        times.push((class, f64::from(u32::try_from(time.as_nanos()).unwrap_or(u32::MAX))));
    }
    // As dudect does: all measurements, and without the slowest, which are interrupts.
    let mut sorted: Vec<f64> = times.iter().map(|(_, time)| *time).collect();
    sorted.sort_by(f64::total_cmp);
    for percent in [100, 99, 90, 50] {
        let limit = sorted[(TRIES - 1) * percent / 100];
        let mut samples = [Sample::default(), Sample::default()];
        for (class, time) in times.iter().filter(|(_, time)| *time <= limit) {
            samples[*class].add(*time);
        }
        let [one, other] = &samples;
        let t = statistic(one, other);
        println!(
            "fastest {percent} %: {:.1} ns and {:.1} ns, t = {t:.2}{}",
            one.mean,
            other.mean,
            if t.abs() < 4.5 { "" } else { " (not constant)" }
        );
    }
}
