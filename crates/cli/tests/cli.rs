//! The command as its users see it: arguments, output and exit status.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use clip_events::EventType;

/// Runs `clip-events` in the folder of fixtures, with `stdin` as its input.
fn clip_events(arguments: &[&str], stdin: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_clip-events"))
        .args(arguments)
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            let _ = input.write_all(stdin); // The command need not read to the end.
        });
        child.wait_with_output().unwrap()
    })
}

/// A run as text, for a snapshot.
fn run(arguments: &[&str], stdin: &[u8]) -> String {
    let Output { status, stdout, stderr } = clip_events(arguments, stdin);
    let section = |name: &str, bytes: Vec<u8>| {
        let head = if bytes.is_empty() { String::new() } else { format!("--- {name}\n") };
        head + &String::from_utf8(bytes).unwrap()
    };
    format!(
        "$ clip-events {}\nexit status: {}\n{}{}",
        arguments.join(" "),
        status.code().unwrap(),
        section("stdout", stdout),
        section("stderr", stderr)
    )
}

fn stdout(arguments: &[&str]) -> String {
    let output = clip_events(arguments, b"");
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn lines() {
    insta::assert_snapshot!("lines-reader", run(&["validate", "mixed.ndjson"], b""));
    insta::assert_snapshot!(
        "lines-producer",
        run(&["validate", "--mode", "producer", "mixed.ndjson"], b"")
    );
    insta::assert_snapshot!(
        "lines-json",
        run(&["validate", "--mode", "producer", "--format", "json", "mixed.ndjson"], b"")
    );
}

#[test]
fn the_readme_shows_what_the_command_prints() {
    let output = clip_events(&["validate", "deliveries.ndjson"], b"").stdout;
    let output = String::from_utf8(output).unwrap();
    let readme = include_str!("../README.md");
    assert!(readme.contains(&format!("$ clip-events validate deliveries.ndjson\n{output}```\n")));
}

#[test]
fn hostile_lines() {
    insta::assert_snapshot!("hostile-human", run(&["validate", "hostile.ndjson"], b""));
    insta::assert_snapshot!(
        "hostile-json",
        run(&["validate", "--format", "json", "hostile.ndjson"], b"")
    );
}

#[test]
fn arrays_and_documents() {
    insta::assert_snapshot!(run(
        &["validate", "array.json", "array-broken.json", "pretty.json", "several-pretty.json"],
        b""
    ));
}

#[test]
fn folders() {
    insta::assert_snapshot!("folder", run(&["validate", "--format", "json", "folder"], b""));
}

#[test]
fn unreadable_inputs_do_not_keep_the_rest_from_being_judged() {
    insta::assert_snapshot!(
        "cannot-read",
        run(&["validate", "missing.json", "pretty.json", "folder/deeper"], b"")
    );
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("readme.txt"), "Nothing to judge.").unwrap();
    let output = clip_events(&["validate", folder.path().to_str().unwrap()], b"");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("no .json, .ndjson or .jsonl file"));
}

/// A delivery with the id `id`, valid or not.
fn delivery(id: &str, valid: bool) -> String {
    let created = if valid { 1 } else { -1 };
    format!(
        "{{\"id\":\"{id}\",\"type\":\"project.render.started\",\"created\":{created},\
         \"data\":{{\"project_id\":\"p\",\"team_id\":\"t\"}}}}"
    )
}

fn records(output: &Output) -> Vec<serde_json::Value> {
    let lines = std::str::from_utf8(&output.stdout).unwrap().lines();
    lines.map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn programs_are_told_of_unreadable_inputs_too() {
    let output = clip_events(&["validate", "--format", "json", "missing.json", "pretty.json"], b"");
    assert_eq!(output.status.code(), Some(2));
    let records = records(&output);
    assert_eq!(records[0]["source"], "missing.json");
    assert_eq!(records[0]["line"], serde_json::Value::Null);
    assert_eq!(records[0]["violations"][0]["rule"], "unreadable");
    assert_eq!(records[1]["source"], "pretty.json");
}

#[cfg(unix)]
#[test]
fn folders_are_searched_for_files_wherever_links_lead() {
    use std::os::unix::fs::symlink;

    let folder = tempfile::tempdir().unwrap();
    let other = tempfile::tempdir().unwrap();
    fs::write(other.path().join("a.json"), delivery("a", true)).unwrap();
    symlink(other.path(), folder.path().join("other")).unwrap();
    symlink(other.path(), folder.path().join("named.json")).unwrap();
    symlink(folder.path(), folder.path().join("round")).unwrap();
    symlink("nowhere", folder.path().join("nothing.txt")).unwrap();
    let pipe = folder.path().join("pipe.json");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let arguments = ["validate", "--format", "json", folder.path().to_str().unwrap()];
    let output = clip_events(&arguments, b"");
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let names: Vec<_> =
        records(&output).into_iter().map(|record| record["source"].clone()).collect();
    assert!(
        names.len() == 2 && names[0].as_str().unwrap().ends_with("named.json/a.json"),
        "{names:?}"
    );

    symlink("nowhere", folder.path().join("nothing\u{1b}[31m\n.json")).unwrap();
    let output = clip_events(&arguments, b"");
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.lines().count() == 1 && !told.contains('\u{1b}'), "{told}");
}

#[test]
fn compressed_inputs_are_read() {
    let lines = format!("{}\n{}\n", delivery("a", true), delivery("b", false));
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(lines.as_bytes()).unwrap();
    let gzip = gzip.finish().unwrap();
    let zstandard = zstd::encode_all(lines.as_bytes(), 1).unwrap();
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in [("a.ndjson.gz", &gzip), ("b.json.zst", &zstandard)] {
        // Several members or frames are one input; a frame of Zstandard may hold nothing that counts.
        let skipped: &[u8] =
            if name.ends_with("zst") { b"\x50\x2A\x4D\x18\x03\0\0\0abc" } else { b"" };
        let bytes = [skipped, bytes, bytes].concat();
        let output = clip_events(&["validate", "--format", "json"], &bytes);
        assert_eq!(records(&output).len(), 4, "{name}");
        fs::write(folder.path().join(name), &bytes).unwrap();
        // What stands before the fault is judged, whatever the name of the file promises.
        let cut_off = [&bytes[..], b"no frame"].concat();
        let cut_off = clip_events(&["validate", "--format", "json"], &cut_off);
        assert_eq!(cut_off.status.code(), Some(2), "{cut_off:?}");
        assert_eq!(records(&cut_off).len(), 5, "{cut_off:?}");
    }
    let folder = folder.path().to_str().unwrap();
    let output = clip_events(&["validate", "--format", "json", folder], b"");
    let records = records(&output);
    assert_eq!(records.len(), 8);
    assert_eq!(records[3]["line"], 4);
}

#[test]
fn another_encoding_is_named_once() {
    let lines = format!("{}\n{}\n", delivery("a", true), delivery("b", true));
    let utf_16 = |to_bytes: fn(u16) -> [u8; 2], mark: &str| {
        (mark.to_owned() + &lines).encode_utf16().flat_map(to_bytes).collect::<Vec<_>>()
    };
    for input in [
        utf_16(u16::to_le_bytes, "\u{feff}"),
        utf_16(u16::to_be_bytes, "\u{feff}"),
        utf_16(u16::to_le_bytes, ""),
        utf_16(u16::to_be_bytes, ""),
    ] {
        let output = clip_events(&["validate", "--format", "json"], &input);
        assert_eq!(output.status.code(), Some(1));
        let records = records(&output);
        assert_eq!(records.len(), 1);
        let message = records[0]["violations"][0]["message"].as_str().unwrap();
        assert!(message.contains("UTF-16"), "{message}");
    }
}

#[test]
fn deliveries_are_extracted_unchanged() {
    let [valid, pretty] =
        [delivery("a", true), delivery("b", true).replace(",\"data", ",\n \"data")];
    let invalid = delivery("c", false);
    let unknown = valid.replace("project.render.started", "clip.liked");
    let input = format!("[{valid}, {pretty},\n{invalid},{unknown}]");
    let extract = |which: &str| {
        let output = clip_events(&["validate", "--extract", which], input.as_bytes());
        assert_eq!(output.status.code(), Some(1));
        let report = String::from_utf8(output.stderr).unwrap();
        assert!(report.contains("/created") && report.contains("clip.liked (unknown)"), "{report}");
        String::from_utf8(output.stdout).unwrap()
    };
    assert_eq!(extract("valid"), format!("{valid}\n{pretty}\n{unknown}\n"));
    assert_eq!(extract("invalid"), format!("{invalid}\n"));
    assert_eq!(extract("project.render.started"), format!("{valid}\n{pretty}\n{invalid}\n"));
    assert_eq!(extract("clip.liked"), format!("{unknown}\n"));
    assert_eq!(extract("post.failed"), "");
}

#[test]
fn reports_are_as_short_and_colourful_as_asked() {
    let lines: String = (0..5).map(|id| delivery(&id.to_string(), id == 2) + "\n").collect();
    let output = |arguments: &[&str]| {
        let output = clip_events(arguments, lines.as_bytes());
        assert_eq!(output.status.code(), Some(1));
        String::from_utf8(output.stdout).unwrap()
    };
    assert_eq!(output(&["validate", "--quiet"]), "");
    assert_eq!(output(&["validate", "--quiet", "--format", "json"]), "");
    assert_eq!(output(&["validate", "-q", "--extract", "valid"]).lines().count(), 1);
    assert!(output(&["validate", "--color", "always"]).contains("\u{1b}[31m"));
    assert!(!output(&["validate", "--color", "never"]).contains('\u{1b}'));
    insta::assert_snapshot!(
        "max-errors",
        run(&["validate", "--max-errors", "2"], lines.as_bytes())
    );
    let none = output(&["validate", "--max-errors", "0"]);
    assert!(none.starts_with("(4 more invalid deliveries are not listed)\n"), "{none}");
}

/// Characters that a terminal or a log might act on.
fn hidden() -> impl Iterator<Item = char> {
    let controls = ('\0'..='\u{1f}').chain('\u{7f}'..='\u{9f}');
    let formats =
        ('\u{200b}'..='\u{200f}').chain('\u{2028}'..='\u{202e}').chain('\u{2060}'..='\u{206f}');
    controls.chain(formats).chain(['\u{ad}', '\u{61c}', '\u{feff}', '\u{e0001}'])
}

#[test]
fn nothing_from_outside_acts_on_a_terminal_or_a_log() {
    let mut lines = String::new();
    for c in hidden() {
        let written = serde_json::to_string(&format!("a{c}b")).unwrap();
        let _ = writeln!(
            lines,
            "{{{written}:1,\"id\":{written},\"type\":{written},\"created\":{written},\"data\":{{}}}}"
        );
        let _ = writeln!(
            lines,
            "{{\"id\":\"a{c}b\",\"type\":\"post.failed\",\"created\":a{c}b,\"data\":{{{written}:{written}}}}}"
        );
    }
    let folder = tempfile::tempdir().unwrap();
    let names: Vec<_> = hidden().filter(|c| *c != '\0').map(|c| format!("a{c}b.ndjson")).collect();
    for name in &names {
        fs::write(folder.path().join(name), "{\n").unwrap();
    }
    let folder = folder.path().to_str().unwrap();
    for arguments in [
        &["validate", "--mode", "producer", "-", folder][..],
        &["validate", "--mode", "producer", "--format", "json", "-", folder],
        &["validate", "-\u{1b}[31m"],
        &["sample", "\u{9b}31m\u{202e}"],
        &["sample", "\nerror: forged"],
        &["validate", "--mode", "\u{202e}\nerror: forged"],
        &["validate", "--mode=\u{202e}\nerror: forged"],
        &["validate", "\u{1b}]0;\u{7}\nerror: forged.json"],
    ] {
        let Output { stdout, stderr, .. } = clip_events(arguments, lines.as_bytes());
        let is_forged = |line: &[u8]| line.starts_with(b"error: forged");
        assert!(!stderr.split(|byte| *byte == b'\n').any(is_forged), "{arguments:?}");
        for output in [stdout, stderr] {
            let output = String::from_utf8(output).unwrap().replace('\n', "");
            if let Some(found) = hidden().find(|c| output.contains(*c)) {
                panic!("{arguments:?} prints {found:?}");
            }
        }
    }
}

#[test]
fn long_keys_make_short_lines() {
    let key = "k".repeat(1 << 20);
    let line = format!(
        "{{\"{key}\":1,\"id\":\"e\",\"type\":\"{key}\",\"created\":0,\"data\":{{\"{key}\":[]}}}}"
    );
    let output = clip_events(&["validate", "--mode", "producer"], line.as_bytes());
    assert_eq!(output.status.code(), Some(1));
    let output = String::from_utf8(output.stdout).unwrap();
    assert!(output.lines().all(|line| line.len() < 500), "{}", &output[..2_000]);
}

#[test]
#[cfg(target_os = "linux")]
fn output_that_cannot_be_written_is_an_error() {
    for arguments in [&["--help"][..], &["--version"], &["sample", "--help"], &["schema"]] {
        let full = fs::File::options().write(true).open("/dev/full").unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_clip-events"));
        let output = command.args(arguments).stdout(full).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {output:?}");
        assert!(output.stderr.starts_with(b"error: cannot write the output: "), "{output:?}");
    }
}

#[test]
fn archives_are_counted() {
    insta::assert_snapshot!("stats-human", run(&["stats", "archive.ndjson"], b""));
    let picture = tempfile::tempdir().unwrap();
    let svg = picture.path().join("a.svg");
    let arguments = ["stats", "archive.ndjson", "--format", "json", "--svg", svg.to_str().unwrap()];
    let counts: serde_json::Value = serde_json::from_str(&stdout(&arguments)).unwrap();
    insta::assert_snapshot!("stats-json", serde_json::to_string_pretty(&counts).unwrap());
    insta::assert_snapshot!("stats-svg", fs::read_to_string(svg).unwrap());
    insta::assert_snapshot!("stats-nothing", run(&["stats"], b""));
    insta::assert_snapshot!(
        "stats-unreadable",
        run(&["stats", "archive.ndjson", "missing.json", "--svg", "no/folder.svg"], b"")
    );
}

/// The counts of deliveries that are started renders, each with these members in `data`, at these times.
fn counts(deliveries: &[(&str, u64)]) -> serde_json::Value {
    let lines = deliveries.iter().enumerate().map(|(at, (more, created))| {
        format!(r#"{{"id":"{at}","type":"project.render.started","created":{created},"data":{{"project_id":"p","team_id":"t"{more}}}}}"#)
    });
    let output = clip_events(
        &["stats", "--format", "json"],
        lines.collect::<Vec<_>>().join("\n").as_bytes(),
    );
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn a_key_counts_once_for_each_delivery() {
    let undeclared = &counts(&[(r#","z":1,"z":2"#, 1), (r#","z":1"#, 1)])["undeclared"];
    assert_eq!(undeclared[0]["deliveries"], 2, "{undeclared}");
}

#[test]
fn times_that_nobody_can_mean_are_named_and_no_measure() {
    const LAST: u64 = 9_007_199_254_740_991;
    let counts = counts(&[("", 5_000), ("", LAST), ("", LAST - 86_400_000), ("", 4_000)]);
    assert_eq!(
        (&counts["lag"]["deliveries"], &counts["lag"]["longest_ms"]),
        (&1.into(), &1_000.into())
    );
    assert_eq!(counts["newest"], LAST);
    assert_eq!(counts["days"][1]["day"], "after 9999");
    assert_eq!(counts["days"][1]["deliveries"], 2);
}

#[test]
fn what_a_sender_makes_up_takes_bounded_room() {
    let mut archive = String::new();
    for at in 0..6_000_u64 {
        let (day, long) = (at * 86_400_000, "x".repeat(500));
        let _ = writeln!(
            archive,
            r#"{{"id":"{at}","type":"made.up.{at}.{long}","created":{day},"data":{{}}}}"#
        );
        let _ = writeln!(
            archive,
            r#"{{"id":"a{at}","type":"project.render.started","created":{},"data":{{"project_id":"p","team_id":"t","key{at}":1}}}}"#,
            9_007_199_254_740_991 - day
        );
    }
    let output = clip_events(&["stats", "--format", "json"], archive.as_bytes());
    assert!(output.status.success() && output.stdout.len() < 1 << 20, "{output:?}");
    let counts: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(counts["valid"], 12_000);
    assert_eq!(counts["unknown_types"].as_object().unwrap().len(), 1_000);
    assert_eq!(counts["other_unknown_types"], 5_000);
    assert_eq!(counts["undeclared"].as_array().unwrap().len(), 1_000);
    assert_eq!(counts["other_undeclared"], 5_000);
    let days = counts["days"].as_array().unwrap();
    let of_days: u64 = days.iter().map(|day| day["deliveries"].as_u64().unwrap()).sum();
    assert_eq!(of_days + counts["other_days"]["deliveries"].as_u64().unwrap(), 12_000);
    assert!(counts["other_days"]["deliveries"].as_u64() > Some(1_000), "{}", counts["other_days"]);
}

#[test]
fn man_pages() {
    let folder = tempfile::tempdir().unwrap();
    stdout(&["man", folder.path().to_str().unwrap()]);
    let page = fs::read_to_string(folder.path().join("clip-events-validate.1")).unwrap();
    assert!(page.contains("max\\-errors"), "{page}");
    assert!(folder.path().join("clip-events.1").is_file());
}

#[test]
fn stdin() {
    let lines =
        fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/folder/b.jsonl"));
    let lines = lines.unwrap();
    insta::assert_snapshot!("stdin", run(&["validate", "--format", "json"], &lines));
    assert_eq!(
        clip_events(&["validate", "--format", "json", "-"], &lines).stdout,
        clip_events(&["validate", "--format", "json"], &lines).stdout
    );
}

#[test]
fn nothing_to_judge_is_valid() {
    insta::assert_snapshot!("nothing", run(&["validate", "empty.json", "-"], b" \n\n"));
}

#[test]
fn usage() {
    insta::assert_snapshot!("help", run(&["--help"], b""));
    insta::assert_snapshot!("help-validate", run(&["validate", "--help"], b""));
    assert_eq!(stdout(&["--version"]), concat!("clip-events ", env!("CARGO_PKG_VERSION"), "\n"));
}

#[test]
fn an_unknown_event_type_is_refused_with_the_list_of_known_ones() {
    for command in ["sample", "schema"] {
        let output = clip_events(&[command, "post.publishd"], b"");
        assert_eq!(output.status.code(), Some(2));
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(error.contains("a similar value exists: 'post.published'"), "{error}");
        assert!(EventType::ALL.iter().all(|known| error.contains(known.as_str())), "{error}");
    }
}

#[test]
fn output_keeps_the_order_of_a_large_input() {
    let mut lines = String::new();
    for id in 0..60_000 {
        let created = if id % 100 == 0 { -1 } else { id };
        let _ = writeln!(
            lines,
            "{{\"id\":\"e{id}\",\"type\":\"project.render.started\",\"created\":{created},\"data\":{{\"project_id\":\"p\",\"team_id\":\"t\"}}}}"
        );
    }
    let output = clip_events(&["validate", "--format", "json"], lines.as_bytes());
    assert_eq!(output.status.code(), Some(1));
    let output = String::from_utf8(output.stdout).unwrap();
    let mut count = 0;
    for (index, line) in output.lines().enumerate() {
        let record: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(record["line"], index + 1);
        assert_eq!(record["valid"], index % 100 != 0);
        count += 1;
    }
    assert_eq!(count, 60_000);
}

#[test]
fn a_closed_output_ends_the_run() {
    let sample = ["sample", "post.failed", "--count", "18446744073709551615"];
    let validate = ["validate", "--format", "json", "-"];
    for arguments in [&sample[..], &validate[..]] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_clip-events"))
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let mut input = child.stdin.take().unwrap();
        // Writes more than the buffers between the two hold, so that the command notices that its output is closed.
        while input.write_all(b"{}\n").is_ok() && arguments == validate {}
        drop(input);
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(141), "{arguments:?}");
        assert!(output.stderr.is_empty());
    }
}

#[test]
fn samples_are_valid_by_the_schema_of_their_type_and_for_producers() {
    for event_type in EventType::ALL.iter().map(|event_type| event_type.as_str()) {
        let samples = stdout(&["sample", event_type, "--seed", "7", "--count", "200"]);
        assert_eq!(samples.lines().count(), 200);
        let judged = clip_events(&["validate", "--mode", "producer"], samples.as_bytes());
        assert!(judged.status.success(), "{}", String::from_utf8_lossy(&judged.stdout));

        let schema = serde_json::from_str(&stdout(&["schema", event_type])).unwrap();
        let validator = jsonschema::draft202012::new(&schema).unwrap();
        for sample in samples.lines() {
            let mut sample = serde_json::from_str(sample).unwrap();
            assert!(validator.is_valid(&sample), "{event_type}: {sample}");
            sample["type"] = "another.type".into();
            assert!(!validator.is_valid(&sample));
            sample["type"] = event_type.into();
            sample["data"] = serde_json::json!({});
            assert!(!validator.is_valid(&sample));
        }
    }
}

#[test]
fn samples_of_all_types_have_ids_of_their_own() {
    let samples = stdout(&["sample", "--all", "--count", "1000", "--created", "1700000000000"]);
    let ids: BTreeSet<_> = samples
        .lines()
        .map(|line| {
            let sample: serde_json::Value = serde_json::from_str(line).unwrap();
            assert_eq!(sample["created"], 1_700_000_000_000_u64);
            sample["id"].as_str().unwrap().to_owned()
        })
        .collect();
    assert_eq!(ids.len(), 1_000 * EventType::ALL.len());
    let judged = clip_events(&["validate", "--mode", "producer"], samples.as_bytes());
    assert!(judged.status.success(), "{}", String::from_utf8_lossy(&judged.stdout));
    let now = stdout(&["sample", "post.failed", "--created", "now"]);
    let now: serde_json::Value = serde_json::from_str(&now).unwrap();
    assert!(now["created"].as_u64() > Some(1_700_000_000_000), "{now}");
    assert_eq!(
        clip_events(&["sample", "post.failed", "--created", "soon"], b"").status.code(),
        Some(2)
    );
    assert_eq!(clip_events(&["sample"], b"").status.code(), Some(2));
}

#[test]
fn samples_depend_on_the_seed_alone() {
    let sample = |seed, count| {
        stdout(&["sample", "asset.creation.succeeded", "--seed", seed, "--count", count])
    };
    insta::assert_snapshot!("samples", sample("1", "8"));
    assert!(sample("1", "8").starts_with(&sample("1", "3")));
    assert_ne!(sample("1", "3"), sample("2", "3"));
}

#[test]
fn schema() {
    assert_eq!(stdout(&["schema"]), clip_events_validator::SCHEMA);
    assert_eq!(stdout(&["schema", "--flavor", "canonical"]), clip_events_validator::SCHEMA);
    let for_generators = include_str!("../src/generated/contract.codegen.schema.json");
    assert_eq!(stdout(&["schema", "--flavor", "codegen"]), for_generators);
    let of_one_type = ["schema", "--flavor", "codegen", "post.failed"];
    assert_eq!(clip_events(&of_one_type, b"").status.code(), Some(2));
    insta::assert_snapshot!("schema-of-one-type", stdout(&["schema", "project.render.progress"]));
}

#[test]
fn completions_for_every_shell() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        assert!(stdout(&["completions", shell]).contains("validate"), "{shell}");
    }
}
