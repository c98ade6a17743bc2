//! Deliveries as rows: each valid delivery goes into the columns that the contract has for it.
//!
//! The rows of an event type are gathered apart from others. They have the same fields, so most of their columns have no null, and
//! those of other event types are not touched.

use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, new_null_array};
use arrow_schema::{ArrowError, Schema};
use hashbrown::HashMap;

use crate::builder::Builder;
use crate::columns::{self, Columns, DATA, Kind, Placement};
use crate::json::{Cursor, Key, Next};
use crate::rest::{Rest, Step, Way};

/// Which keys go into which columns, made once for all tables.
#[derive(Debug)]
pub struct Plan {
    kinds: Vec<Kind>,
    schema: Arc<Schema>,
    groups: Vec<GroupPlan>,
    by_event_type: HashMap<Vec<u8>, Group>,
}

/// The rows of one event type, or of all that the contract does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Group(usize);

/// Of all event types that the contract does not have.
const UNKNOWN: Group = Group(0);

/// Which keys go into which of the columns that a group has.
#[derive(Debug)]
struct GroupPlan {
    /// The numbers that they have in the table.
    columns: Vec<usize>,
    envelope: Object<Target>,
    data: Data,
}

/// Keys, and where their values go.
#[derive(Debug)]
struct Object<T> {
    keys: Vec<Key>,
    targets: Vec<T>,
}

/// Where a member of the envelope goes.
#[derive(Debug, Clone, Copy)]
enum Target {
    Column(usize),
    Data,
}

/// Where `data` goes.
#[derive(Debug)]
enum Data {
    Members(Object<usize>),
    Whole(usize),
    /// Into no column.
    Rest,
}

impl GroupPlan {
    fn new(columns: &Columns, data: Option<&columns::Data>) -> Self {
        let mut used = Vec::new();
        let mut place = |name: &str| {
            let column = columns.index(name)?;
            used.push(column);
            Some(used.len() - 1)
        };
        let mut members = |placement: &Placement| -> Vec<(String, usize)> {
            let members = placement.iter();
            members.filter_map(|(key, name)| Some((key.clone(), place(name)?))).collect()
        };
        let envelope = members(&columns.envelope).into_iter();
        let envelope = envelope.map(|(key, column)| (key, Target::Column(column)));
        let envelope = Object::new(envelope.chain([(DATA.to_owned(), Target::Data)]));
        let data = match data {
            Some(columns::Data::Members(placement)) => {
                Data::Members(Object::new(members(placement)))
            }
            Some(columns::Data::Whole(name)) => place(name).map_or(Data::Rest, Data::Whole),
            None => Data::Rest,
        };
        Self { columns: used, envelope, data }
    }
}

impl<T> Object<T> {
    fn new(members: impl IntoIterator<Item = (String, T)>) -> Self {
        let (keys, targets) = members.into_iter().map(|(key, to)| (Key::new(&key), to)).unzip();
        Self { keys, targets }
    }
}

impl Plan {
    /// The plan for tables of `columns`.
    pub fn new(columns: &Columns) -> Self {
        let known = columns.events.values().map(|data| GroupPlan::new(columns, Some(data)));
        let event_types = columns.events.keys().enumerate();
        Self {
            kinds: columns.all.iter().map(|column| column.kind.clone()).collect(),
            schema: columns.schema(),
            groups: [GroupPlan::new(columns, None)].into_iter().chain(known).collect(),
            by_event_type: event_types
                .map(|(at, event_type)| (event_type.as_bytes().to_vec(), Group(at + 1)))
                .collect(),
        }
    }

    /// Where the rows of `event_type` are.
    pub fn group(&self, event_type: &[u8]) -> Group {
        self.by_event_type.get(event_type).copied().unwrap_or(UNKNOWN)
    }
}

/// A table that is growing.
pub struct Table<'p> {
    plan: &'p Plan,
    groups: Vec<Option<Rows<'p>>>,
    rows: usize,
}

impl<'p> Table<'p> {
    /// A table without rows.
    pub fn new(plan: &'p Plan) -> Self {
        Self { plan, groups: plan.groups.iter().map(|_| None).collect(), rows: 0 }
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Adds a delivery that is valid, to the group of its event type. Returns `None`, and leaves the table unusable, if it is no JSON, or
    /// if more is in the table than its files can tell.
    #[must_use]
    pub fn append(&mut self, group: Group, delivery: &[u8]) -> Option<()> {
        let plan = self.plan;
        let new = || Rows::new(plan, &plan.groups[group.0]);
        self.groups[group.0].get_or_insert_with(new).append(delivery)?;
        self.rows += 1;
        Some(())
    }

    /// Takes all rows out, in the order of their groups.
    ///
    /// # Errors
    ///
    /// When a string is not UTF-8, which no valid delivery has.
    pub fn take(&mut self) -> Result<Vec<RecordBatch>, ArrowError> {
        self.rows = 0;
        let groups = self.groups.iter_mut().flatten().filter(|group| group.length > 0);
        groups.map(|group| group.take(&self.plan.schema)).collect()
    }
}

/// Rows of a group.
struct Rows<'p> {
    plan: &'p GroupPlan,
    columns: Vec<Builder>,
    rest: Builder,
    length: usize,
}

impl<'p> Rows<'p> {
    fn new(plan: &Plan, group: &'p GroupPlan) -> Self {
        let kinds = group.columns.iter().map(|column| &plan.kinds[*column]);
        let columns = kinds.map(Builder::new).collect();
        Self { plan: group, columns, rest: Builder::new(&Kind::Json), length: 0 }
    }

    fn append(&mut self, delivery: &[u8]) -> Option<()> {
        let mut json = Cursor::new(delivery);
        let mut rest = Rest::default();
        let Object { keys, targets } = &self.plan.envelope;
        let (mut expected, mut is_first) = (0, true);
        json.take(b'{')?;
        loop {
            match json.member(keys, &mut expected, is_first)? {
                Next::Known(at, key) => {
                    let way = Way { before: None, step: Step::Key(key) };
                    match targets[at] {
                        Target::Column(column) => self.value(column, &mut json, &way, &mut rest)?,
                        Target::Data => self.data(&mut json, &way, &mut rest)?,
                    }
                }
                Next::Other(key) => {
                    rest.keep(&Way { before: None, step: Step::Key(key) }, json.value()?);
                }
                Next::End => break,
            }
            is_first = false;
        }
        rest.end();
        if !rest.text.is_empty() {
            self.rest.fill(self.length);
            let way = Way { before: None, step: Step::Key(&[]) };
            self.rest.append(&mut Cursor::new(&rest.text), &way, &mut Rest::default())?;
        }
        self.length += 1;
        Some(())
    }

    fn data<'a>(
        &mut self,
        json: &mut Cursor<'a>,
        way: &Way<'_, 'a>,
        rest: &mut Rest<'a>,
    ) -> Option<()> {
        let Object { keys, targets } = match &self.plan.data {
            Data::Members(members) if json.peek()? == b'{' => members,
            Data::Whole(column) => return self.value(*column, json, way, rest),
            _ => {
                rest.keep(way, json.value()?);
                return Some(());
            }
        };
        let (mut expected, mut is_first) = (0, true);
        json.take(b'{')?;
        loop {
            match json.member(keys, &mut expected, is_first)? {
                Next::Known(at, key) => {
                    let way = Way { before: Some(way), step: Step::Key(key) };
                    self.value(targets[at], json, &way, rest)?;
                }
                Next::Other(key) => {
                    let way = Way { before: Some(way), step: Step::Key(key) };
                    rest.keep(&way, json.value()?);
                }
                Next::End => return Some(()),
            }
            is_first = false;
        }
    }

    #[inline]
    fn value<'a>(
        &mut self,
        column: usize,
        json: &mut Cursor<'a>,
        way: &Way<'_, 'a>,
        rest: &mut Rest<'a>,
    ) -> Option<()> {
        let builder = &mut self.columns[column];
        builder.fill(self.length);
        builder.append(json, way, rest)
    }

    /// Takes all rows out, with null in the columns that others have.
    fn take(&mut self, schema: &Arc<Schema>) -> Result<RecordBatch, ArrowError> {
        let rows = std::mem::take(&mut self.length);
        let mut columns: Vec<Option<ArrayRef>> = vec![None; schema.fields().len() - 1];
        for (builder, column) in self.columns.iter_mut().zip(&self.plan.columns) {
            columns[*column] = Some(builder.take(rows)?);
        }
        columns.push(Some(self.rest.take(rows)?));
        let null = |at: usize| new_null_array(schema.field(at).data_type(), rows);
        let columns = columns.into_iter().enumerate();
        let columns = columns.map(|(at, column)| column.unwrap_or_else(|| null(at))).collect();
        RecordBatch::try_new(Arc::clone(schema), columns)
    }
}
