//! Writes the deliveries and schemas for the peers from other ecosystems into a folder, and measures `judge` the same way.
//! See `benches/peers`.

use std::hint::black_box;
use std::path::PathBuf;
use std::time::Instant;
use std::{env, error, fs};

use clip_events::judge;
use clip_events_corpus::{CONTRACT, Corpus, compact, invalid};
use serde_json::{Map, Value, json};

#[path = "../../src/traps.rs"]
mod traps;

/// Traps for other ecosystems only: the name, whether it is valid, and the delivery.
const MORE_TRAPS: [(&str, bool, &str); 2] = [
    (
        "`job_id` null",
        false,
        r#"{"id":"e","type":"asset.analysis.started","created":0,"data":{"asset_id":"a","team_id":"t","job_id":null}}"#,
    ),
    (
        "`NaN`, undeclared",
        false,
        r#"{"id":"e","type":"project.render.started","created":0,"data":{"project_id":"p","team_id":"t"},"x":NaN}"#,
    ),
];

fn main() -> Result<(), Box<dyn error::Error>> {
    let folder = PathBuf::from(env::args_os().nth(1).ok_or("which folder?")?);
    let traps = traps::TRAPS.iter().map(|trap| (trap.name, trap.valid, trap.delivery()));
    let more = MORE_TRAPS.map(|(name, valid, delivery)| (name, valid, delivery.into()));
    let traps: Vec<_> = traps.chain(more).collect();
    let about: Vec<_> =
        traps.iter().map(|(name, valid, _)| json!({ "name": name, "valid": valid })).collect();
    let traps = traps.into_iter().map(|(_, _, delivery)| delivery).collect();
    let corpora = [
        compact(CONTRACT, 2_000),
        invalid(CONTRACT, 2_000),
        Corpus { name: "traps", deliveries: traps },
    ];
    for corpus in &corpora {
        fs::write(folder.join(corpus.name).with_extension("ndjson"), corpus.ndjson())?;
    }
    let about = json!({ "schemas": schemas()?, "traps": about });
    fs::write(folder.join("about.json"), about.to_string())?;

    let verdicts: Map<_, _> = corpora
        .iter()
        .map(|corpus| {
            let verdicts = corpus.deliveries.iter().map(|delivery| judge(delivery).is_ok());
            (corpus.name.to_owned(), verdicts.collect())
        })
        .collect();
    let nanoseconds = median_nanoseconds(&corpora[0]);
    println!("{}", json!({ "name": "judge", "nanoseconds": nanoseconds, "verdicts": verdicts }));
    Ok(())
}

/// The schema for whole deliveries of each event type. The empty name is for unknown event types.
fn schemas() -> serde_json::Result<Map<String, Value>> {
    let mut contract: Value = serde_json::from_str(CONTRACT)?;
    // `allOf` dispatches on `type`, which every peer does faster outside the schema. Each schema is compiled alone.
    for key in ["allOf", "$id"] {
        contract.as_object_mut().expect("an object").remove(key);
    }
    let shapes = contract["$defs"].as_object().expect("definitions").iter();
    let per_type = shapes.filter(|(_, shape)| shape["type"] == "object").map(|(name, _)| {
        let mut schema = contract.clone();
        schema["properties"]["data"] = json!({ "$ref": format!("#/$defs/{name}") });
        (name.clone(), schema)
    });
    Ok(per_type.chain([(String::new(), contract.clone())]).collect())
}

/// Measured like every peer: 51 passes, after ten that are not timed.
fn median_nanoseconds(corpus: &Corpus) -> f64 {
    let mut times: Vec<_> = (0..61)
        .map(|_| {
            let start = Instant::now();
            for delivery in &corpus.deliveries {
                assert!(judge(black_box(delivery)).is_ok(), "the corpus is valid");
            }
            start.elapsed().as_secs_f64() * 1e9 / corpus.deliveries.len() as f64
        })
        .skip(10)
        .collect();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
