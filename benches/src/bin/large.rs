//! Measures our paths and the peers on the example deliveries of a large contract, in the folder of its first argument. It has to be
//! the contract that `nested_events` was made from: see `benches/large`.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

use clip_events_benches::table::{Table, measure, print};
use clip_events_benches::{alloc, peers};
use clip_events_corpus::Corpus;

fn main() -> Result<(), Box<dyn Error>> {
    alloc::keep_memory();
    let folder = PathBuf::from(env::args_os().nth(1).ok_or("which folder of deliveries?")?);
    let mut contenders = peers::nested();
    let mut deliveries = Vec::new();
    read(&folder, &mut deliveries)?;
    let total = deliveries.len();
    for contender in &contenders {
        let before = deliveries.len();
        deliveries.retain(|delivery| (contender.run)(delivery));
        if deliveries.len() < before {
            println!(
                "{} rejects {} deliveries: left out",
                contender.name,
                before - deliveries.len()
            );
        }
    }
    println!("{} of {total} example deliveries\n", deliveries.len());
    contenders.extend(peers::floors());
    let compact = deliveries.iter().map(|delivery| without_whitespace(delivery)).collect();
    let corpora = vec![
        Corpus { name: "compact", deliveries: compact },
        Corpus { name: "pretty", deliveries },
    ];
    let tables = [Table { name: "large", contenders, corpora }];
    print(&tables[0], &measure(&tables)[0]);
    Ok(())
}

/// Reads the files below `folder`.
fn read(folder: &Path, deliveries: &mut Vec<Vec<u8>>) -> Result<(), Box<dyn Error>> {
    let mut paths: Vec<_> = fs::read_dir(folder)?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<_, std::io::Error>>()?;
    paths.sort();
    for path in paths {
        if path.is_dir() {
            read(&path, deliveries)?;
        } else {
            deliveries.push(fs::read(&path)?.trim_ascii().to_vec());
        }
    }
    Ok(())
}

/// The same JSON on one line, its keys in the same order.
fn without_whitespace(json: &[u8]) -> Vec<u8> {
    let (mut is_text, mut is_escaped) = (false, false);
    let mut kept = json.to_vec();
    kept.retain(|byte| {
        let is_quote = *byte == b'"' && !is_escaped;
        is_escaped = *byte == b'\\' && !is_escaped;
        is_text ^= is_quote;
        is_text || is_quote || !byte.is_ascii_whitespace()
    });
    kept
}
