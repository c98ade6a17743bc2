//! The values of a column while they are gathered. What is missing is filled in late: a row costs what it holds.

use std::ops::RangeInclusive;
use std::sync::Arc;

use arrow_array::types::Int32Type;
use arrow_array::{
    ArrayRef, BooleanArray, DictionaryArray, Float64Array, Int32Array, Int64Array, ListArray,
    MapArray, StringArray, StructArray, TimestampMillisecondArray,
};
use arrow_buffer::{
    BooleanBufferBuilder, Buffer, NullBuffer, NullBufferBuilder, OffsetBuffer, ScalarBuffer,
};
use arrow_schema::ArrowError;
use hashbrown::HashMap;

use crate::columns::{Column, Kind, entries, entry, fields_of, item};
use crate::json::{Cursor, Key, Next, Written, float, integer};
use crate::rest::{Rest, Step, Way};

/// The times that all engines know, from the year 1 to the year 9999. Some stop at others, and one tells wrong dates.
const TIMES: RangeInclusive<i64> = -62_135_596_800_000..=253_402_300_799_999;

/// A column that is growing.
pub(crate) struct Builder {
    nulls: NullBufferBuilder,
    values: Values,
}

enum Values {
    String(Strings),
    Category(Categories),
    Json(Strings),
    Boolean(BooleanBufferBuilder),
    Integer(Vec<i64>),
    Timestamp(Vec<i64>),
    Number(Vec<f64>),
    List(Offsets, Box<Builder>),
    Map(Offsets, Strings, Box<Builder>),
    Struct(Members),
}

/// The fields of objects in a column.
struct Members {
    columns: Vec<Column>,
    keys: Vec<Key>,
    builders: Vec<Builder>,
}

impl Builder {
    pub(crate) fn new(kind: &Kind) -> Self {
        let values = match kind {
            Kind::String => Values::String(Strings::default()),
            Kind::Category => Values::Category(Categories::default()),
            Kind::Json => Values::Json(Strings::default()),
            Kind::Boolean => Values::Boolean(BooleanBufferBuilder::new(0)),
            Kind::Integer => Values::Integer(Vec::new()),
            Kind::Timestamp => Values::Timestamp(Vec::new()),
            Kind::Number => Values::Number(Vec::new()),
            Kind::List(inside) => Values::List(Offsets::default(), Self::new(inside).into()),
            Kind::Map(inside) => {
                Values::Map(Offsets::default(), Strings::default(), Self::new(inside).into())
            }
            Kind::Struct(columns) => Values::Struct(Members {
                columns: columns.clone(),
                keys: columns.iter().map(|column| Key::new(&column.name)).collect(),
                builders: columns.iter().map(|column| Self::new(&column.kind)).collect(),
            }),
        };
        Self { nulls: NullBufferBuilder::new(0), values }
    }

    pub(crate) fn len(&self) -> usize {
        self.nulls.len()
    }

    /// Fills up with null until there are `rows`.
    #[inline]
    pub(crate) fn fill(&mut self, rows: usize) {
        if self.len() < rows {
            self.fill_with_null(rows);
        }
    }

    fn fill_with_null(&mut self, rows: usize) {
        let missing = rows - self.len();
        self.nulls.append_n_nulls(missing);
        match &mut self.values {
            Values::String(strings) | Values::Json(strings) => strings.0.repeat(rows),
            Values::Category(categories) => categories.keys.resize(rows, 0),
            Values::Boolean(values) => values.append_n(missing, false),
            Values::Integer(values) | Values::Timestamp(values) => values.resize(rows, 0),
            Values::Number(values) => values.resize(rows, 0.0),
            Values::List(offsets, _) | Values::Map(offsets, ..) => offsets.repeat(rows),
            // Those inside are filled when they end, or when they get a value.
            Values::Struct(_) => {}
        }
    }

    /// Appends the value that comes next. What this has no place for is kept in `rest`, at the end of `way`.
    #[inline]
    pub(crate) fn append<'a>(
        &mut self,
        json: &mut Cursor<'a>,
        way: &Way<'_, 'a>,
        rest: &mut Rest<'a>,
    ) -> Option<()> {
        json.peek()?;
        if self.append_plain(json)? { Some(()) } else { self.append_any(json, way, rest) }
    }

    /// Appends the value that comes next if it is as most are. Returns whether it was; if not, nothing is done.
    #[inline]
    fn append_plain(&mut self, json: &mut Cursor<'_>) -> Option<bool> {
        let mut ahead = *json;
        match &mut self.values {
            Values::String(strings) => match ahead.plain_string() {
                Some(text) => strings.append_text(text)?,
                None => return Some(false),
            },
            Values::Category(categories) => match ahead.plain_string() {
                Some(text) => categories.append(text)?,
                None => return Some(false),
            },
            Values::Integer(values) => match ahead.plain_integer() {
                Some(value) => values.push(value),
                None => return Some(false),
            },
            Values::Timestamp(values) => match ahead.plain_integer() {
                Some(time) if TIMES.contains(&time) => values.push(time),
                _ => return Some(false),
            },
            Values::Number(values) => match ahead.plain_number() {
                Some(value) => values.push(value),
                None => return Some(false),
            },
            _ => return Some(false),
        }
        *json = ahead;
        self.nulls.append_non_null();
        Some(true)
    }

    /// Appends the value that comes next, whatever it is.
    fn append_any<'a>(
        &mut self,
        json: &mut Cursor<'a>,
        way: &Way<'_, 'a>,
        rest: &mut Rest<'a>,
    ) -> Option<()> {
        let first = json.peek()?;
        let before = *json;
        let row = self.len();
        let taken = match (&mut self.values, first) {
            (Values::String(strings), b'"') => {
                let string = json.string()?;
                strings.append(string)?;
                true
            }
            (Values::Category(categories), b'"') => {
                let mut meant = Vec::new();
                json.string()?.append_to(&mut meant)?;
                categories.append(&meant)?;
                true
            }
            (_, b'n') => false,
            (Values::Json(strings), _) => {
                strings.append_text(json.value()?)?;
                true
            }
            (Values::Boolean(values), b't' | b'f') => {
                values.append(json.word()? == b"true");
                true
            }
            (Values::Integer(values), b'-' | b'0'..=b'9') => {
                let value = integer(json.word()?);
                values.extend(value);
                value.is_some()
            }
            (Values::Timestamp(values), b'-' | b'0'..=b'9') => {
                let value = integer(json.word()?).filter(|time| TIMES.contains(time));
                values.extend(value);
                value.is_some()
            }
            (Values::Number(values), b'-' | b'0'..=b'9') => {
                let text = json.word()?;
                let number = float(text);
                values.extend(number.map(|(value, _)| value));
                if number.is_some_and(|(_, is_kept)| !is_kept) {
                    rest.keep(way, text);
                }
                number.is_some()
            }
            (Values::List(offsets, items), b'[') => {
                json.take(b'[')?;
                let mut number = 0;
                while json.item(number == 0)? {
                    let way = Way { before: Some(way), step: Step::Item(number) };
                    items.append(json, &way, rest)?;
                    number += 1;
                }
                offsets.end_at(items.len())?;
                true
            }
            // Engines want the keys of a map to be different.
            (Values::Map(offsets, keys, values), b'{') if json.has_distinct_keys()? => {
                json.take(b'{')?;
                let mut is_first = true;
                while json.item(is_first)? {
                    let key = json.key()?;
                    is_first = false;
                    keys.append(key)?;
                    let way = Way { before: Some(way), step: Step::Key(key.text) };
                    values.append(json, &way, rest)?;
                }
                offsets.end_at(values.len())?;
                true
            }
            (Values::Struct(members), b'{') => {
                json.take(b'{')?;
                let (mut expected, mut is_first) = (0, true);
                loop {
                    match json.member(&members.keys, &mut expected, is_first)? {
                        Next::Known(at, key) => {
                            let way = Way { before: Some(way), step: Step::Key(key) };
                            let builder = &mut members.builders[at];
                            builder.fill(row);
                            builder.append(json, &way, rest)?;
                        }
                        Next::Other(key) => {
                            let way = Way { before: Some(way), step: Step::Key(key) };
                            rest.keep(&way, json.value()?);
                        }
                        Next::End => break,
                    }
                    is_first = false;
                }
                true
            }
            _ => false,
        };
        if taken {
            self.nulls.append_non_null();
        } else {
            *json = before;
            rest.keep(way, json.value()?);
            self.fill(row + 1);
        }
        Some(())
    }

    /// Takes all values out, of which there are `rows`.
    pub(crate) fn take(&mut self, rows: usize) -> Result<ArrayRef, ArrowError> {
        self.fill(rows);
        let nulls: Option<NullBuffer> = self.nulls.finish();
        Ok(match &mut self.values {
            Values::String(strings) | Values::Json(strings) => Arc::new(strings.take(nulls)?),
            Values::Category(categories) => Arc::new(categories.take(nulls)?),
            Values::Boolean(values) => Arc::new(BooleanArray::new(values.finish(), nulls)),
            Values::Integer(values) => Arc::new(Int64Array::new(take(values).into(), nulls)),
            Values::Timestamp(values) => {
                let array = TimestampMillisecondArray::new(take(values).into(), nulls);
                Arc::new(array.with_timezone("UTC"))
            }
            Values::Number(values) => Arc::new(Float64Array::new(take(values).into(), nulls)),
            Values::List(offsets, items) => {
                let field = item(&items.kind());
                let items = items.take(items.len())?;
                Arc::new(ListArray::try_new(field, offsets.take(), items, nulls)?)
            }
            Values::Map(offsets, keys, values) => {
                let kind = values.kind();
                let arrays: Vec<ArrayRef> =
                    vec![Arc::new(keys.take(None)?), values.take(values.len())?];
                let entries = StructArray::try_new(entries(&kind), arrays, None)?;
                Arc::new(MapArray::try_new(entry(&kind), offsets.take(), entries, nulls, false)?)
            }
            Values::Struct(members) => {
                let arrays = members.builders.iter_mut().map(|builder| builder.take(rows));
                let arrays = arrays.collect::<Result<Vec<_>, _>>()?;
                let fields = fields_of(&members.columns);
                Arc::new(StructArray::try_new_with_length(fields, arrays, nulls, rows)?)
            }
        })
    }

    /// What it was made for.
    fn kind(&self) -> Kind {
        match &self.values {
            Values::String(_) => Kind::String,
            Values::Category(_) => Kind::Category,
            Values::Json(_) => Kind::Json,
            Values::Boolean(_) => Kind::Boolean,
            Values::Integer(_) => Kind::Integer,
            Values::Timestamp(_) => Kind::Timestamp,
            Values::Number(_) => Kind::Number,
            Values::List(_, items) => Kind::List(items.kind().into()),
            Values::Map(_, _, values) => Kind::Map(values.kind().into()),
            Values::Struct(members) => Kind::Struct(members.columns.clone()),
        }
    }
}

/// `values`, in whose place are none with room for as many: the next ones are likely to be.
fn take<T>(values: &mut Vec<T>) -> Vec<T> {
    let next = Vec::with_capacity(values.capacity());
    std::mem::replace(values, next)
}

/// Where each of many values ends; before the first, the one before it does.
struct Offsets(Vec<i32>);

impl Default for Offsets {
    fn default() -> Self {
        Self(vec![0])
    }
}

impl Offsets {
    /// `None` if that is further than files can tell.
    fn end_at(&mut self, end: usize) -> Option<()> {
        self.0.push(i32::try_from(end).ok()?);
        Some(())
    }

    /// Empty values, until there are `rows`.
    fn repeat(&mut self, rows: usize) {
        let last = self.0.last().copied().unwrap_or(0);
        self.0.resize(rows + 1, last);
    }

    fn take(&mut self) -> OffsetBuffer<i32> {
        let ends = take(&mut self.0);
        self.0.push(0);
        OffsetBuffer::new(ScalarBuffer::from(ends))
    }
}

#[derive(Default)]
struct Strings(Offsets, Vec<u8>);

impl Strings {
    fn append(&mut self, string: Written<'_>) -> Option<()> {
        string.append_to(&mut self.1)?;
        self.0.end_at(self.1.len())
    }

    fn append_text(&mut self, text: &[u8]) -> Option<()> {
        self.1.extend_from_slice(text);
        self.0.end_at(self.1.len())
    }

    fn get(&self, at: i32) -> Option<&[u8]> {
        let at = usize::try_from(at).ok()?;
        let [start, end] = *self.0.0.get(at..at + 2)? else { return None };
        self.1.get(usize::try_from(start).ok()?..usize::try_from(end).ok()?)
    }

    fn take(&mut self, nulls: Option<NullBuffer>) -> Result<StringArray, ArrowError> {
        StringArray::try_new(self.0.take(), Buffer::from_vec(take(&mut self.1)), nulls)
    }
}

/// Strings of which few are different.
#[derive(Default)]
struct Categories {
    keys: Vec<i32>,
    values: Strings,
    known: HashMap<Vec<u8>, i32>,
    /// The key of the string that was last appended, which often comes again.
    last: Option<i32>,
}

impl Categories {
    #[inline]
    fn append(&mut self, string: &[u8]) -> Option<()> {
        let key = match self.last {
            Some(key) if self.values.get(key) == Some(string) => key,
            _ => self.key(string)?,
        };
        self.last = Some(key);
        self.keys.push(key);
        Some(())
    }

    fn key(&mut self, string: &[u8]) -> Option<i32> {
        if let Some(key) = self.known.get(string) {
            return Some(*key);
        }
        let key = i32::try_from(self.known.len()).ok()?;
        self.values.append_text(string)?;
        self.known.insert(string.to_vec(), key);
        Some(key)
    }

    fn take(
        &mut self,
        nulls: Option<NullBuffer>,
    ) -> Result<DictionaryArray<Int32Type>, ArrowError> {
        self.known.clear();
        self.last = None;
        let keys = Int32Array::new(take(&mut self.keys).into(), nulls);
        DictionaryArray::try_new(keys, Arc::new(self.values.take(None)?))
    }
}
