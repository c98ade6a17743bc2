//! Parse deliveries and act on them: `cargo run -p clip-events --example parse_and_match`.
//!
//! Reads NDJSON from standard input, one delivery a line; without input, three deliveries of its own.

use std::io::{self, IsTerminal as _, Read as _};

use clip_events::{Event, EventRef, EventType, Payload, deliveries};

const SAMPLE: &[u8] = br#"{"id":"e1","type":"post.published","created":1745800000000,"data":{"post_id":"post_1","clip_id":"clip_1","platform":"youtube","team_id":"team_1","published_url":"https://video.example/1"}}
{"id":"e2","type":"clip.liked","created":1745800000001,"data":{"clip_id":"clip_1"}}
{"id":"e3","type":"post.published","created":1745800000002,"data":{}}
"#;

fn main() -> io::Result<()> {
    let mut input = Vec::new();
    if io::stdin().is_terminal() {
        input.extend_from_slice(SAMPLE);
    } else {
        io::stdin().read_to_end(&mut input)?;
    }

    for line in deliveries::<EventRef>(&input) {
        match line.outcome {
            // Borrowing decides cheaply whether an event is of interest; owning keeps it.
            Ok(event) if event.event_type().is_some_and(EventType::is_high_volume) => {}
            Ok(event) => handle(&event.into_owned()),
            Err(rejection) => {
                let error = rejection.explain();
                let id = error.event_id().unwrap_or("no id");
                eprintln!("line {} ({id}): {error}", line.number);
            }
        }
    }
    Ok(())
}

fn handle(event: &Event) {
    match &event.payload {
        Payload::PostPublished(data) => println!("published: {}", data.published_url),
        Payload::AssetAnalysisFailed(data) => println!("analysis failed: {}", data.error),
        // A type that is newer than this program. Acknowledge it, so that it is not sent again.
        Payload::Unknown(unknown) => println!("ignored: {}", unknown.type_name()),
        // What all other events have in common is at hand without naming them.
        _ => println!("{} of team {:?}", event.type_name(), event.team_id()),
    }
    if let Some(path) = event.follow_up() {
        println!("  next: GET {path}");
    }
}
