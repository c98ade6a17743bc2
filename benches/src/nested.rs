//! The contenders for nested deliveries.

use std::hint::black_box;

use clip_events_benches::derived::{Flattened, Visited};
use clip_events_benches::peers::{self, Contender, SIMD, SONIC, contender};
use clip_events_benches::visitor::Text;
use nested_events::{CONTRACT, EventRef, PayloadRef};

/// All of them.
pub fn contenders() -> Vec<Contender> {
    let mut all = peers::nested();
    all.insert(2, contender("**`EventRef`**, and each item of its list read", read_items));
    all.extend([
        contender("`serde_json`, derived types in a hand-written envelope, owned", |bytes| {
            black_box(serde_json::from_slice::<Visited<String>>(bytes)).is_ok()
        }),
        contender("`serde_json`, derived types in a hand-written envelope, borrowed", |bytes| {
            black_box(serde_json::from_slice::<Visited<Text<'_>>>(bytes)).is_ok()
        }),
        contender(SONIC, |bytes| {
            black_box(sonic_rs::from_slice::<Flattened<String>>(bytes)).is_ok()
        }),
        contender("`sonic-rs`, derived types in a hand-written envelope, borrowed", |bytes| {
            black_box(sonic_rs::from_slice::<Visited<Text<'_>>>(bytes)).is_ok()
        }),
        contender(SIMD, |bytes| {
            let mut bytes = bytes.to_vec();
            black_box(simd_json::serde::from_slice::<Flattened<String>>(&mut bytes)).is_ok()
        }),
        peers::with_jsonschema(CONTRACT),
    ]);
    all.extend(peers::floors());
    all
}

/// Parses an event, and reads all that each item of its list holds.
fn read_items(bytes: &[u8]) -> bool {
    let Ok(event) = EventRef::from_slice(bytes) else { return false };
    match event.payload {
        PayloadRef::ClipsFound(data) => data.clips.iter().for_each(|clip| {
            black_box((clip, clip.caption.get()));
        }),
        PayloadRef::PostsPlanned(data) => data.posts.iter().for_each(|post| {
            black_box((post, post.channel.get()));
        }),
        _ => return false,
    }
    true
}
