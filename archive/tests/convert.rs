//! What a folder has in the end: each delivery once, whatever was interrupted, added or asked for twice.

mod support;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::slice::from_ref;
use std::time::Duration;

use arrow_array::RecordBatch;
use arrow_ipc::reader::FileReader;
use clip_events_archive::{Columns, ConvertError, FolderError, Format, Summary, Task, convert};
use clip_events_validator::{Mode, Validator};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::Value;
use support::{Judged, assert_same, deliveries, judged, read};

fn run(inputs: &[PathBuf], out: &Path, format: Format) -> Result<Summary, ConvertError> {
    let columns = Columns::of_the_contract();
    convert(&Task { inputs, out, format, columns, part_size: 30_000 })
}

/// Deliveries a line each, valid and invalid: those that have no line feed in them.
fn lines() -> Vec<Judged> {
    let mut all = judged("target/tmp/judged.ndjson");
    all.truncate(1_500);
    all.retain(|judged| !judged.body.contains(&b'\n') && !judged.body.trim_ascii().is_empty());
    all
}

/// Of event types that the contract has.
fn known() -> impl Iterator<Item = Value> {
    let known = lines().into_iter().filter(|judged| {
        matches!(clip_events::judge(&judged.body), Ok(clip_events::AnyEventType::Known(_)))
    });
    known.map(|judged| serde_json::from_slice(&judged.body).expect("JSON"))
}

fn ndjson(deliveries: &[Judged]) -> Vec<u8> {
    deliveries.iter().flat_map(|judged| [&judged.body[..], b"\n"].concat()).collect()
}

/// The files of columns below `out`, in the order of their names.
fn files(out: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(out).expect("a folder") {
        let folder = entry.expect("an entry").path();
        let name = folder.file_name().expect("a name").to_string_lossy().into_owned();
        if name.starts_with("created_date=") {
            let of_day = fs::read_dir(folder).expect("a folder");
            files.extend(of_day.map(|entry| entry.expect("an entry").path()));
        }
    }
    files.sort();
    files
}

fn batches(out: &Path) -> Vec<RecordBatch> {
    let of_file = |path: PathBuf| -> Vec<RecordBatch> {
        let file = File::open(&path).expect("a file");
        if path.extension().is_some_and(|extension| extension == "arrow") {
            let reader = FileReader::try_new(file, None).expect("Arrow");
            return reader.map(|batch| batch.expect("a batch")).collect();
        }
        let reader = ParquetRecordBatchReaderBuilder::try_new(file).expect("Parquet");
        reader.build().expect("Parquet").map(|batch| batch.expect("a batch")).collect()
    };
    files(out).into_iter().flat_map(of_file).collect()
}

/// The deliveries in the table, sorted.
fn rows(out: &Path) -> Vec<Value> {
    let columns: Value =
        serde_json::from_str(&read("archive/src/generated/columns.json")).expect("JSON");
    let batches = batches(out);
    sorted(batches.iter().flat_map(|batch| deliveries(&columns, batch)).collect())
}

fn sorted(mut deliveries: Vec<Value>) -> Vec<Value> {
    deliveries
        .sort_by_cached_key(|delivery| delivery["id"].to_string() + &delivery["type"].to_string());
    deliveries
}

/// Whether the table has the valid ones of `expected`, and the side files the others.
fn assert_holds(out: &Path, expected: &[&Judged]) {
    let valid = expected.iter().filter(|judged| judged.valid);
    let valid = valid.map(|judged| serde_json::from_slice(&judged.body).expect("JSON"));
    let valid: Vec<Value> = sorted(valid.collect());
    let rows = rows(out);
    assert_eq!(rows.len(), valid.len());
    let key = |delivery: &Value| delivery["id"].to_string() + &delivery["type"].to_string();
    let mut alike = BTreeMap::<_, u32>::new();
    for delivery in &valid {
        *alike.entry(key(delivery)).or_default() += 1;
    }
    for (expected, row) in valid.iter().zip(&rows) {
        assert_eq!(key(expected), key(row));
        // Others may stand in any order.
        if alike[&key(row)] == 1 {
            assert_same(expected, row);
        }
    }
    let mut invalid: Vec<Vec<u8>> = invalid(out).into_iter().map(|line| line.1).collect();
    invalid.sort();
    let expected = expected.iter().filter(|judged| !judged.valid);
    let mut expected: Vec<_> = expected.map(|judged| judged.body.clone()).collect();
    expected.sort();
    assert_eq!(invalid.len(), expected.len());
    for (invalid, expected) in invalid.iter().zip(&expected) {
        assert_eq!(invalid.trim_ascii_end(), expected.trim_ascii_end());
    }
}

/// The lines of the side files, each with the bytes of its delivery.
fn invalid(out: &Path) -> Vec<(Value, Vec<u8>)> {
    use base64::Engine as _;

    let Ok(folder) = fs::read_dir(out.join("_invalid")) else { return Vec::new() };
    let mut lines = Vec::new();
    for entry in folder {
        let text = fs::read_to_string(entry.expect("an entry").path()).expect("a file");
        for line in text.lines() {
            let line: Value = serde_json::from_str(line).expect("JSON");
            let bytes = match (line["delivery"].as_str(), line["delivery_base64"].as_str()) {
                (Some(text), None) => text.as_bytes().to_vec(),
                (None, Some(text)) => {
                    base64::engine::general_purpose::STANDARD.decode(text).expect("base64")
                }
                other => panic!("{other:?}"),
            };
            lines.push((line, bytes));
        }
    }
    lines
}

/// A folder with an input, and one to write into.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder") }
    }

    fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(&path, bytes).expect("written");
        path
    }

    fn out(&self) -> PathBuf {
        self.folder.path().join("out")
    }
}

#[test]
fn every_delivery_is_in_the_table_or_beside_it_and_is_counted_as_the_parser_judges() {
    let lines = lines();
    for format in [Format::Parquet, Format::Arrow] {
        let place = Place::new();
        let input = place.file("all.ndjson", &ndjson(&lines));
        let summary = run(&[input], &place.out(), format).expect("converted");
        let mut counts = BTreeMap::<String, (u64, u64)>::new();
        for judged in &lines {
            if let Ok(event_type) = clip_events::judge(&judged.body) {
                counts.entry(event_type.to_string()).or_default().0 += 1;
            } else {
                let event_type = Validator::new(Mode::Reader).explain(&judged.body).event_type;
                counts.entry(event_type.unwrap_or_default().into_owned()).or_default().1 += 1;
            }
        }
        let of_summary = summary.counts.into_iter();
        let of_summary: BTreeMap<_, _> = of_summary
            .map(|(event_type, count)| (event_type, (count.valid, count.invalid)))
            .collect();
        assert_eq!(of_summary, counts);
        assert!(summary.converted > 5, "the input is of several parts");
        assert!(summary.all_read);
        assert_holds(&place.out(), &lines.iter().collect::<Vec<_>>());
    }
}

#[test]
fn rows_are_in_the_folder_of_their_day() {
    let lines = lines();
    let place = Place::new();
    let input = place.file("all.ndjson", &ndjson(&lines));
    run(&[input], &place.out(), Format::Parquet).expect("converted");
    let mut days = 0;
    for file in files(&place.out()) {
        let folder = file.parent().and_then(Path::file_name).expect("a folder").to_string_lossy();
        let day = folder.strip_prefix("created_date=").expect("a day");
        let day: jiff::civil::Date = day.parse().expect("a day");
        let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(&file).expect("a file"));
        for batch in reader.expect("Parquet").build().expect("Parquet") {
            use arrow_array::cast::AsArray as _;
            let batch = batch.expect("a batch");
            let created = batch.column_by_name("created").expect("a column");
            for created in created.as_primitive::<arrow_array::types::TimestampMillisecondType>() {
                // Later ones are beside the columns.
                let expected = created.map_or(jiff::civil::date(9999, 12, 31), |created| {
                    let created = jiff::Timestamp::from_millisecond(created).expect("a time");
                    jiff::tz::TimeZone::UTC.to_datetime(created).date()
                });
                assert_eq!(day, expected);
            }
        }
        days += 1;
    }
    assert!(days > 10, "the deliveries are of several days");
}

/// All that is in a folder, by path; of the name of a record what tells its content.
fn everything(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut all = BTreeMap::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            all.extend(everything(&path));
        } else {
            let name = path.file_name().expect("a name").to_string_lossy();
            let (content, extension) = (name.split('.').next(), path.extension());
            let short = Path::new(content.unwrap_or_default());
            let short = path.with_file_name(short).with_extension(extension.unwrap_or_default());
            all.insert(short, fs::read(&path).expect("a file"));
        }
    }
    all
}

#[test]
fn what_is_there_is_not_converted_again_however_it_is_named() {
    let lines = lines();
    let place = Place::new();
    let input = place.file("in/all.ndjson", &ndjson(&lines));
    let first = run(from_ref(&input), &place.out(), Format::Parquet).expect("converted");
    let before = everything(&place.out());
    let renamed = place.file("elsewhere/archive.ndjson", &fs::read(&input).expect("a file"));
    let folder = input.parent().expect("a folder").to_owned();
    for again in [input, folder, renamed] {
        let summary = run(&[again], &place.out(), Format::Parquet).expect("converted");
        assert_eq!((summary.converted, summary.found), (0, first.converted));
        assert_eq!(summary.counts, first.counts);
    }
    let after = everything(&place.out());
    assert!(before == after, "not a byte is another");
}

#[test]
fn two_files_that_are_alike_are_two() {
    let lines = lines();
    let place = Place::new();
    let input = place.file("in/a.ndjson", &ndjson(&lines));
    let folder = input.parent().expect("a folder").to_owned();
    run(&[input], &place.out(), Format::Parquet).expect("converted");
    place.file("in/b.ndjson", &ndjson(&lines));
    for expected in [true, false] {
        let summary = run(from_ref(&folder), &place.out(), Format::Parquet).expect("converted");
        assert_eq!(summary.converted > 0, expected);
        let total = summary.total();
        assert_eq!(total.valid + total.invalid, 2 * lines.len() as u64);
        let twice: Vec<_> = lines.iter().chain(&lines).collect();
        assert_eq!(rows(&place.out()).len(), twice.iter().filter(|judged| judged.valid).count());
    }
}

#[test]
fn a_file_that_has_grown_is_taken_up_where_it_ended_even_within_a_delivery() {
    let lines = lines();
    let place = Place::new();
    let all = ndjson(&lines);
    for end in [all.len() / 3, all.len() / 2, all.len() / 2 + 1, all.len() - 1, all.len()] {
        let input = place.file("growing.ndjson", &all[..end]);
        run(&[input], &place.out(), Format::Parquet).expect("converted");
    }
    assert_holds(&place.out(), &lines.iter().collect::<Vec<_>>());
}

#[test]
fn a_file_that_takes_the_name_of_another_takes_nothing_from_it() {
    let lines = lines();
    let place = Place::new();
    let (one, other) = lines.split_at(lines.len() / 2);
    for part in [one, other] {
        let input = place.file("rotated.ndjson", &ndjson(part));
        run(&[input], &place.out(), Format::Parquet).expect("converted");
    }
    assert_holds(&place.out(), &lines.iter().collect::<Vec<_>>());
}

#[test]
fn documents_and_compressed_files_hold_what_lines_do() {
    let lines: Vec<_> = lines().into_iter().filter(|judged| judged.valid).collect();
    let bodies: Vec<&[u8]> = lines.iter().map(|judged| judged.body.trim_ascii()).collect();
    let array = [b"[", &bodies.join(&b",\n"[..])[..], b"]"].concat();
    let place = Place::new();
    let input = place.file("all.json", &array);
    run(&[input], &place.out(), Format::Parquet).expect("converted");
    assert_holds(&place.out(), &lines.iter().collect::<Vec<_>>());
}

#[test]
fn a_folder_has_files_of_one_kind() {
    let place = Place::new();
    let input = place.file("all.ndjson", b"");
    run(from_ref(&input), &place.out(), Format::Parquet).expect("converted");
    let other = run(&[input], &place.out(), Format::Csv);
    assert!(matches!(other, Err(ConvertError::Folder(FolderError::Settings { .. }))), "{other:?}");
}

#[test]
fn what_is_written_is_not_read() {
    let place = Place::new();
    place.file("all.ndjson", b"{}\n");
    let folder = place.folder.path().to_owned();
    for found in [0, 1, 1] {
        let summary = run(from_ref(&folder), &place.out(), Format::Parquet).expect("converted");
        assert_eq!((summary.found, summary.total().invalid), (found, 1));
    }
}

#[test]
fn what_is_no_delivery_is_told_from_what_is_no_other() {
    let place = Place::new();
    let large = |length: usize| [&b"{}\n"[..], &vec![b' '; length], b"1\n"].concat();
    for (content, invalid) in [
        (b"[".to_vec(), 1),
        (b"[,".to_vec(), 2),
        (b"[,,".to_vec(), 3),
        (b"\xFF\xFE{\0".to_vec(), 1),
        (b"[1,2]".to_vec(), 2),
        (b"[12]".to_vec(), 1),
        (large(17 << 20), 2),
        (large(18 << 20), 2),
    ] {
        let input = place.file(&format!("{invalid}-{}.json", content.len()), &content);
        let summary = run(&[input], &place.out(), Format::Parquet).expect("converted");
        assert_eq!((summary.found, summary.total().invalid), (0, invalid), "{}", content.len());
    }
}

#[test]
fn an_array_that_is_closed_later_was_never_open() {
    let place = Place::new();
    let lines: Vec<_> = lines().into_iter().filter(|judged| judged.valid).take(3).collect();
    let bodies: Vec<&[u8]> = lines.iter().map(|judged| judged.body.trim_ascii()).collect();
    let array = [b"[", &bodies.join(&b",\n"[..])[..], b"]"].concat();
    for end in [1, 2, array.len() / 2, array.len() - 1, array.len()] {
        let input = place.file("growing.json", &array[..end]);
        run(&[input], &place.out(), Format::Parquet).expect("converted");
    }
    assert_holds(&place.out(), &lines.iter().collect::<Vec<_>>());
}

#[test]
fn a_file_that_has_been_renamed_or_copied_may_grow() {
    let lines = lines();
    let (one, other) = lines.split_at(lines.len() / 2);
    let place = Place::new();
    let first = place.file("in/b.ndjson", &ndjson(one));
    let folder = first.parent().expect("a folder").to_owned();
    let convert = || run(from_ref(&folder), &place.out(), Format::Parquet).expect("converted");
    convert();
    fs::rename(&first, folder.join("c.ndjson")).expect("renamed");
    convert();
    place.file("in/a.ndjson", &ndjson(one));
    convert();
    place.file("in/a.ndjson", &ndjson(&lines));
    convert();
    place.file("in/c.ndjson", &ndjson(&lines));
    convert();
    let expected: Vec<_> = one.iter().chain(other).collect();
    let twice: Vec<_> = expected.iter().chain(&expected).copied().collect();
    let valid = |all: &[&Judged]| all.iter().filter(|judged| judged.valid).count();
    assert_eq!(rows(&place.out()).len(), valid(&twice));
}

/// A sender can make up days, and the values of open sets.
#[test]
fn many_days_take_neither_many_files_at_once_nor_the_dictionary_of_all() {
    let mut delivery = known().next().expect("one");
    let mut text = String::new();
    for day in 0..600_u64 {
        delivery["created"] = (day * 86_400_000).into();
        delivery["type"] = format!("made.up-{}-{day}", "x".repeat(2_000)).into();
        writeln!(text, "{delivery}").expect("it is a text");
    }
    for format in [Format::Parquet, Format::Arrow] {
        let place = Place::new();
        let input = place.file("days.ndjson", text.as_bytes());
        run(&[input], &place.out(), format).expect("converted");
        let sizes =
            files(&place.out()).into_iter().map(|file| file.metadata().expect("a file").len());
        let sizes: Vec<_> = sizes.collect();
        assert_eq!(sizes.len(), 600);
        assert!(sizes.iter().sum::<u64>() < 20_000_000, "{} bytes", sizes.iter().sum::<u64>());
    }
}

/// More days than files may be open, more rows than are encoded at once, and each row of another day than the one before.
#[test]
fn days_that_take_turns_have_a_file_each() {
    const DAYS: usize = 40;
    let known: Vec<Value> = known().collect();
    let mut all = Vec::new();
    for (number, delivery) in known.iter().cycle().take(10_000).enumerate() {
        let mut delivery = delivery.clone();
        delivery["created"] = (number % DAYS * 86_400_000 + number).into();
        delivery["id"] = format!("{number:05}").into();
        all.push(delivery);
    }
    let text = all.iter().fold(String::new(), |text, delivery| text + &format!("{delivery}\n"));
    for format in [Format::Parquet, Format::Arrow] {
        let place = Place::new();
        let inputs = [place.file("days.ndjson", text.as_bytes())];
        let out = &place.out();
        let columns = Columns::of_the_contract();
        let task = Task { inputs: &inputs, out, format, columns, part_size: u64::MAX };
        convert(&task).expect("converted");
        assert_eq!(files(out).len(), DAYS);
        let rows = rows(out);
        assert_eq!(rows.len(), all.len());
        for (delivery, row) in all.iter().zip(&rows) {
            assert_same(delivery, row);
        }
    }
}

#[test]
fn a_file_that_is_missing_is_told() {
    let lines = lines();
    let place = Place::new();
    let input = place.file("all.ndjson", &ndjson(&lines));
    run(from_ref(&input), &place.out(), Format::Parquet).expect("converted");
    // As if the power had failed between the record and its files.
    let record = fs::read_dir(place.out().join("_done")).expect("a folder").next().expect("one");
    let name = record.expect("an entry").file_name().into_string().expect("UTF-8");
    let identity = name.split_once('.').expect("a name").0;
    fs::create_dir_all(place.out().join("_tmp").join(identity)).expect("a folder");
    let lost =
        files(&place.out()).into_iter().find(|file| file.to_string_lossy().contains(identity));
    fs::remove_file(lost.expect("a file")).expect("removed");
    let error = run(&[input], &place.out(), Format::Parquet);
    assert!(matches!(error, Err(ConvertError::Folder(FolderError::Broken { .. }))), "{error:?}");
}

#[test]
fn csv_tells_null_from_an_empty_string_and_quotes_what_has_to_be() {
    let place = Place::new();
    let body = known().next().expect("one is valid");
    let mut strange = body.clone();
    strange["id"] = "".into();
    strange["added-later"] = "a \"quoted\", text\r\n".into();
    let input = place.file("two.ndjson", format!("{body}\n{strange}\n").as_bytes());
    run(&[input], &place.out(), Format::Csv).expect("converted");
    let texts =
        files(&place.out()).into_iter().map(|path| fs::read_to_string(path).expect("a file"));
    let text: String = texts.collect();
    let (head, rows) = text.split_once("\r\n").expect("a head");
    let columns: Value =
        serde_json::from_str(&read("archive/src/generated/columns.json")).expect("JSON");
    let columns = columns["columns"].as_array().expect("columns");
    let names: Vec<_> =
        columns.iter().map(|column| column["name"].as_str().expect("a name")).collect();
    assert_eq!(head, names.join(",") + ",rest");
    assert!(rows.contains("\r\n\"\","), "an empty id is quoted: {rows}");
    assert!(rows.contains(r#"""added-later"":""a \""quoted\"", text\r\n"""#), "{rows}");
    assert!(rows.contains(",,"), "null is nothing: {rows}");
}

/// Kills the program at any moment, again and again: what is there in the end is what is there without that.
#[test]
fn a_program_that_is_killed_leaves_nothing_out_and_nothing_twice() {
    let lines = lines();
    let place = Place::new();
    let half = ndjson(&lines[..lines.len() / 2]);
    let input = place.file("all.ndjson", &half);
    let start = || {
        Command::new(env!("CARGO_BIN_EXE_clip-events-convert"))
            .args(["--to", "parquet", "--part-size", "1", "--out"])
            .args([place.out(), input.clone()])
            .stdout(Stdio::null())
            .spawn()
            .expect("it runs")
    };
    let mut killed = 0;
    for round in 0..40_u64 {
        if round == 20 {
            place.file("all.ndjson", &ndjson(&lines));
        }
        let mut program = start();
        // From before the first file to after the last one.
        std::thread::sleep(Duration::from_millis(round % 20 * 7));
        program.kill().expect("killed");
        killed += u32::from(program.wait().expect("it ends").code().is_none());
    }
    assert!(killed > 5, "{killed} were killed in the middle");
    let status = start().wait().expect("it ends");
    assert_eq!(status.code(), Some(1), "some deliveries are invalid");
    assert_holds(&place.out(), &lines.iter().collect::<Vec<_>>());
    assert_eq!(fs::read_dir(place.out().join("_tmp")).expect("a folder").count(), 0);
}
