//! Make events to test your own handler with: `cargo run -p clip-events --example make_events_for_a_test`.

use clip_events::{Event, Payload, Platform, PostFailed, TeamId, UnixMillis, Unknown};

/// A handler as yours may be: whom to tell about an event.
fn team_to_alert(event: &Event) -> Option<&TeamId> {
    match &event.payload {
        Payload::PostFailed(data) => Some(&data.team_id),
        _ => None,
    }
}

fn event(payload: impl Into<Payload>) -> Event {
    Event::builder()
        .id("evt_1")
        .created(UnixMillis::constant(1_745_800_000_000))
        .payload(payload)
        .build()
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let failed = event(
        PostFailed::builder()
            .post_id("post_1")
            .clip_id("clip_1")
            .platform(Platform::TIKTOK)
            .team_id("team_1")
            .error("The platform refused the video.")
            .build(),
    );
    assert_eq!(team_to_alert(&failed), Some(&TeamId::from("team_1")));

    // Your handler must survive event types that do not exist yet.
    let unknown = event(Unknown::new("clip.liked", r#"{"team_id":"team_1"}"#)?);
    assert_eq!(team_to_alert(&unknown), None);

    // The body of a delivery, to send through your whole endpoint.
    let body = serde_json::to_vec(&failed)?;
    assert_eq!(Event::from_slice(&body)?, failed);
    println!("{}", String::from_utf8(body)?);
    Ok(())
}
