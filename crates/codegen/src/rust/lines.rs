//! Straight lines: code that expects the members of a delivery one after the other, in declared order.

use std::collections::BTreeMap;

use clip_events_contract::model::{EventShape, Literal as Known, Member, Schema};
use heck::ToSnakeCase as _;
use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};
use syn::Ident;

use super::constraints::{Placed, Storage, Tables};
use super::model::Model;

/// A straight line looks for so many members of a closed set at most.
const MOST_KNOWN: usize = 16;

/// `,"key":"`: what stands between two values, if the key is written without escapes.
pub(super) fn literal(open: &str, key: &str, quote: &str) -> Option<Vec<u8>> {
    is_plain(key).then(|| format!("{open}\"{key}\":{quote}").into_bytes())
}

/// Whether `text` stands in JSON as it is.
pub(super) fn is_plain(text: &str) -> bool {
    !text.chars().any(|c| c < ' ' || matches!(c, '"' | '\\'))
}

/// An expression that finds which of `candidates` stands at `at`: an `Option` of what the candidate means and what
/// follows it. Tells them apart by as few bytes as it takes, then compares with the only one that is left.
pub(super) fn tree(candidates: &[(Vec<u8>, TokenStream)]) -> TokenStream {
    if let [(text, meaning)] = candidates {
        let text = Literal::byte_string(text);
        return quote!(after(at, #text).map(|at| (#meaning, at)));
    }
    let groups = |place: usize| {
        let mut groups: BTreeMap<u8, Vec<_>> = BTreeMap::new();
        for candidate in candidates {
            groups.entry(candidate.0[place]).or_default().push(candidate.clone());
        }
        groups
    };
    let shortest = candidates.iter().map(|(text, _)| text.len()).min().unwrap_or(0);
    // Of places that are equally good, the first one.
    let Some(place) = (0..shortest).rev().max_by_key(|place| groups(*place).len()) else {
        return quote!(None);
    };
    let arms = groups(place).into_iter().map(|(byte, group)| {
        let byte = Literal::byte_character(byte);
        let tree = tree(&group);
        quote!(Some(#byte) => #tree)
    });
    let byte = match Literal::usize_unsuffixed(place) {
        _ if place == 0 => quote!(at.first()),
        place => quote!(at.get(#place)),
    };
    quote! {
        match #byte {
            #(#arms,)*
            _ => None,
        }
    }
}

/// The straight line through the envelope.
pub(super) fn predict(model: &Model<'_>, envelope: &[Placed<'_>]) -> TokenStream {
    let members = &model.contract.envelope.members;
    let optional = |member: &Member| matches!(member, Member::Field(field) if !field.required);
    let mut placed = envelope.iter().enumerate();
    let mut steps = Vec::new();
    let mut end = quote!(Err(Resume::at_start(at)));
    let mut reaches_data = false;
    for (at, member) in members.iter().enumerate() {
        let open = if at == 0 { "{" } else { "," };
        let expect =
            |step: TokenStream| quote!(match #step { Some(read) => read, None => return #end });
        match member {
            Member::Type => {
                let Some(text) = literal(open, member.key(), "\"") else { break };
                let text = Literal::byte_string(&text);
                let step = expect(quote! {
                    reader.literal::<SPACED>(at, #text).and_then(Self::event_type)
                });
                steps.push(quote! {
                    let (event_type, at) = #step;
                    envelope.event_type = Some(TypeValue::Known(event_type));
                });
            }
            // Without its type, nothing is known of `data`.
            Member::Data if !members[..at].contains(&Member::Type) => break,
            Member::Data => {
                let Some(text) = literal(open, member.key(), "{") else { break };
                let text = Literal::byte_string(&text);
                let step = expect(quote!(reader.literal::<SPACED>(at, #text)));
                steps.push(quote! {
                    let inside = #step;
                    let (seen, at) = reader.predict_data::<SPACED, Self, S>(sink, event_type, inside);
                });
                let ends = members[at + 1..].iter().all(optional);
                if ends {
                    steps.push(quote! {
                        if let [b'}', b'}', rest @ ..] = at {
                            if seen.missing(Self::shape(event_type)).is_none() {
                                return Ok(Predicted { event_type, envelope: envelope.seen, data: seen, rest });
                            }
                        }
                    });
                }
                steps.push(quote! {
                    reader.predict_rest::<Self, S>(sink, envelope.seen, (event_type, inside), (seen, at), #ends)
                });
                reaches_data = true;
                break;
            }
            Member::Field(_) => {
                let Some((position, placed)) = placed.next() else { break };
                let table = quote!(ENVELOPE);
                let Some(step) = step(*placed, position, open, &table, Kind::Envelope) else {
                    break;
                };
                let position = Literal::usize_unsuffixed(position);
                let seen = quote!(envelope.seen = envelope.seen.with(#position););
                if optional(member) && at > 0 {
                    steps.push(
                        quote!(let at = match #step { Some(at) => { #seen at } None => at };),
                    );
                } else {
                    let step = expect(step);
                    steps.push(quote!(let at = #step; #seen));
                }
            }
        }
        end = quote!(Err(Resume::within(at, envelope)));
    }
    let end = if reaches_data { quote!() } else { end };
    let (reader, sink, state) = if steps.is_empty() {
        (quote!(_), quote!(_), quote!())
    } else {
        (quote!(reader), quote!(sink), quote!(let mut envelope = Envelope::new();))
    };
    quote! {
        #[inline(always)]
        fn predict<'a, const SPACED: bool, S: Sink<'a>>(
            #reader: &mut Reader<'a>,
            #sink: &mut S,
            at: &'a [u8],
        ) -> Prediction<'a, EventType, Bits> {
            #state
            #(#steps)*
            #end
        }
    }
}

/// The straight lines through the shapes of `data`. They are one line as far as they have the same steps, and part where they differ.
pub(super) fn predict_data(model: &Model<'_>, tables: &Tables<'_>) -> TokenStream {
    let lines = model.contract.events.iter().map(|event| {
        let placed = if event.is_whole { &[] } else { tables.data(event) };
        let table = table(model, event);
        Line {
            event_type: event_type(model, event),
            steps: steps(model, placed, &table, Kind::Data),
        }
    });
    let lines: Vec<_> = lines.collect();
    let body = tree_of_lines(&lines.iter().collect::<Vec<_>>(), 0, lines.len());
    let (reader, sink) = if lines.iter().all(|line| line.steps.is_empty()) {
        (quote!(_), quote!(_))
    } else {
        (quote!(reader), quote!(sink))
    };
    quote! {
        #[inline(always)]
        fn predict_data<'a, const SPACED: bool, S: Sink<'a>>(
            #reader: &mut Reader<'a>,
            #sink: &mut S,
            event_type: EventType,
            seen: FieldSet,
            at: &'a [u8],
        ) -> (FieldSet, &'a [u8]) {
            let from = if SPACED { seen.end() } else { 0 };
            #body
        }
    }
}

/// The straight line through the shape of an event.
struct Line<'a> {
    event_type: TokenStream,
    steps: Vec<Step<'a>>,
}

/// The code that reads a field. Where two read the same field in the same place, either one will do.
struct Step<'a> {
    placed: Placed<'a>,
    code: TokenStream,
}

impl Step<'_> {
    fn is_same(&self, other: &Self) -> bool {
        let (one, other) = (self.placed, other.placed);
        (one.place, one.storage, one.is_plain, one.field.required)
            == (other.place, other.storage, other.is_plain, other.field.required)
            && (&one.field.name, &one.field.value) == (&other.field.name, &other.field.value)
    }
}

/// The steps of these lines, of so many in `all`, from the step `from` on. Before it they are the same.
fn tree_of_lines(lines: &[&Line<'_>], from: usize, all: usize) -> TokenStream {
    let [first, others @ ..] = lines else { return quote!((seen, at)) };
    let is_shared = |at: &usize| {
        let same = |line: &&Line<'_>| {
            line.steps.get(*at).is_some_and(|step| step.is_same(&first.steps[*at]))
        };
        others.iter().all(same)
    };
    let end = (from..first.steps.len()).take_while(is_shared).last().map_or(from, |at| at + 1);
    let shared = first.steps[from..end].iter().map(|step| &step.code);
    let mut groups: Vec<Vec<&Line<'_>>> = Vec::new();
    for line in lines {
        let Some(step) = line.steps.get(end) else { continue };
        match groups.iter_mut().find(|group| group[0].steps[end].is_same(step)) {
            Some(group) => group.push(line),
            None => groups.push(vec![line]),
        }
    }
    if groups.is_empty() {
        return quote!(#(#shared)* (seen, at));
    }
    // With an arm for each event type, another one would never be reached.
    let matched: usize = groups.iter().map(Vec::len).sum();
    let rest = (matched < all).then(|| quote!(_ => (seen, at)));
    let arms = groups.iter().map(|group| {
        let event_types = group.iter().map(|line| &line.event_type);
        let tree = tree_of_lines(group, end, all);
        quote!(#(#event_types)|* => { #tree })
    });
    quote! {
        #(#shared)*
        match event_type {
            #(#arms)*
            #rest
        }
    }
}

/// What a straight line leads through.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    /// The fields are a set.
    Envelope,
    /// The fields are a set.
    Data,
    /// An object inside: the fields are bits.
    Object,
}

impl Kind {
    /// The number of containers that are open in it.
    fn open(self) -> TokenStream {
        match self {
            Kind::Envelope => quote!(1),
            Kind::Data => quote!(2),
            Kind::Object => quote!(open),
        }
    }
}

/// The steps through the fields of one shape, as far as it is known whether a comma stands before each. The code skips
/// those before its `from`.
fn steps<'a>(model: &Model<'_>, placed: &[Placed<'a>], table: &Ident, kind: Kind) -> Vec<Step<'a>> {
    let table = quote!(#table);
    let mut before = "";
    let steps = placed.iter().enumerate().map_while(|(position, placed)| {
        let required = placed.field.required;
        if before.is_empty() && !required || kind == Kind::Object && position >= 64 {
            return None;
        }
        let step = known(model, placed, before)
            .or_else(|| nested(model, placed, before, kind))
            .or_else(|| step(*placed, position, before, &table, kind))?;
        let position = Literal::usize_unsuffixed(position);
        let seen = match kind {
            Kind::Envelope | Kind::Data => quote!(seen.with(#position)),
            Kind::Object => quote!(seen | 1 << #position),
        };
        let step = if required {
            quote! {
                let Some(at) = #step else { return (seen, at) };
                (#seen, at)
            }
        } else {
            quote! {
                match #step {
                    Some(at) => (#seen, at),
                    None => (seen, at),
                }
            }
        };
        let code = quote!(let (seen, at) = if from > #position { (seen, at) } else { #step };);
        before = ",";
        Some(Step { placed: *placed, code })
    });
    steps.collect()
}

/// The step through a member of a small closed set of strings.
fn known(model: &Model<'_>, placed: &Placed<'_>, before: &str) -> Option<TokenStream> {
    let Schema::Enum(literals) = model.schema(&placed.field.value) else { return None };
    if placed.field.value.nullable || literals.len() > MOST_KNOWN {
        return None;
    }
    let texts = literals.iter().map(|literal| match literal {
        Known::String(text) if is_plain(text) => {
            Some((format!("{text}\"").into_bytes(), quote!(())))
        }
        _ => None,
    });
    let tree = tree(&texts.collect::<Option<Vec<_>>>()?);
    let text = Literal::byte_string(&literal(before, &placed.field.name, "\"")?);
    let place = Literal::u16_unsuffixed(placed.place);
    Some(quote!(reader.literal_known::<SPACED>(sink, at, #text, |at| #tree, Place(#place))))
}

/// The step through a member that is an object.
fn nested(model: &Model<'_>, placed: &Placed<'_>, before: &str, kind: Kind) -> Option<TokenStream> {
    let value = &placed.field.value;
    let definition = model.definition_of(value).filter(|_| !value.nullable)?;
    let Schema::Object(_) = definition.schema else { return None };
    let table = model.table(&definition.name);
    let text = Literal::byte_string(&literal(before, &placed.field.name, "{")?);
    let (place, open) = (Literal::u16_unsuffixed(placed.place), kind.open());
    Some(
        quote!(reader.literal_object::<SPACED, Bits>(sink, at, #text, (&#table, Place(#place)), #open)),
    )
}

/// The straight line through the object `name`: its name and its function, if there is anything to expect.
pub(super) fn line(
    model: &Model<'_>,
    name: &str,
    placed: &[Placed<'_>],
) -> Option<(Ident, TokenStream)> {
    let table = model.table(name);
    let steps = steps(model, placed, &table, Kind::Object);
    if steps.is_empty() {
        return None;
    }
    let function = format_ident!("line_{}", table.to_string().to_snake_case());
    let codes = steps.iter().map(|step| &step.code);
    let code = quote! {
        #[inline(always)]
        fn #function<'a, const SPACED: bool>(
            reader: &mut Reader<'a>,
            sink: &mut Slots<'_, 'a>,
            at: &'a [u8],
            open: u32,
            seen: u64,
        ) -> (u64, &'a [u8]) {
            let from = if SPACED { end(seen) } else { 0 };
            #(#codes)*
            (seen, at)
        }
    };
    Some((function, code))
}

/// One field of a straight line, as an `Option` of what follows it. `open` containers are open.
fn step(
    placed: Placed<'_>,
    position: usize,
    before: &str,
    table: &TokenStream,
    kind: Kind,
) -> Option<TokenStream> {
    let Placed { field, storage, place, .. } = placed;
    let literal_text = match kind {
        Kind::Envelope | Kind::Data => quote!(literal_text),
        Kind::Object => quote!(literal_string),
    };
    let place = Literal::u16_unsuffixed(place);
    let position = Literal::usize_unsuffixed(position);
    let text = |quote| literal(before, &field.name, quote).map(|text| Literal::byte_string(&text));
    Some(match storage {
        Storage::Text if placed.is_plain => {
            let text = text("\"")?;
            quote!(reader.#literal_text::<SPACED>(sink, at, #text, Place(#place)))
        }
        Storage::Boolean => {
            let text = text("")?;
            quote!(reader.literal_boolean::<SPACED>(sink, at, #text, Place(#place)))
        }
        Storage::Integer | Storage::Float => {
            let text = text("")?;
            quote!(reader.literal_number::<SPACED>(sink, at, #text, &#table.fields[#position]))
        }
        Storage::Text | Storage::Json => {
            let text = text("")?;
            let open = kind.open();
            quote!(reader.literal_value::<SPACED, Bits>(sink, at, #text, &#table.fields[#position], #open))
        }
    })
}

/// `EventType::PostFailed`.
pub(super) fn event_type(model: &Model<'_>, event: &EventShape) -> TokenStream {
    let name = model.shape(event);
    quote!(EventType::#name)
}

/// The table of an event's shape: `POST_FAILED`.
pub(super) fn table(model: &Model<'_>, event: &EventShape) -> Ident {
    format_ident!("{}", model.names.shape_table(&event.event_type))
}
