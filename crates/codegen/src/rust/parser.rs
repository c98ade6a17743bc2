//! `parser.rs`: the contract as the hand-written parser needs it, and the straight line through each delivery.

use std::collections::{BTreeMap, BTreeSet};

use clip_events_contract::model::{Envelope, EventShape, Literal as Known, Member, Schema};
use heck::ToSnakeCase as _;
use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};
use syn::Ident;

use super::constraints::{Placed, Places, Storage};
use super::model::Model;

/// A straight line looks for so many members of a closed set at most.
const MOST_KNOWN: usize = 16;

/// The fields of the envelope and of `data`, each with the place where the parser keeps its value.
pub(super) struct Tables<'a> {
    pub(super) envelope: Vec<Placed<'a>>,
    data: BTreeMap<&'a str, Vec<Placed<'a>>>,
    counts: Places,
}

impl<'a> Tables<'a> {
    pub(super) fn of(model: &Model<'a>) -> Self {
        let (envelope, used) = model.placed(model.contract.envelope.fields(), Places::default());
        let mut counts = used;
        let data = model.contract.events.iter().map(|event| {
            let (placed, own) = model.placed(&event.fields, used);
            counts = counts.max(own);
            (event.event_type.as_str(), placed)
        });
        let data = data.collect();
        Self { envelope, data, counts }
    }

    /// The fields of the shape of an event.
    pub(super) fn data(&self, event: &EventShape) -> &[Placed<'a>] {
        &self.data[event.event_type.as_str()]
    }
}

pub(super) fn render(model: &Model<'_>, tables: &Tables<'_>) -> TokenStream {
    let bits = bits_type(model);
    let Places { texts, booleans, integers, floats, jsons } = tables.counts;
    let counts = [texts, booleans, integers, floats, jsons].map(Literal::u16_unsuffixed);
    let keys: Vec<_> = keys(model).into_iter().collect();
    let look_ups = look_ups(model, &keys);
    let predict = predict(model, tables);
    let (predict_data, straight_lines) = predict_data(model, tables);
    let (id, r#type, data) = (Envelope::ID, Envelope::TYPE, Envelope::DATA);
    let envelope = model.shape_table(&tables.envelope);
    let shapes = model.contract.events.iter().map(|event| {
        let (event_type, table) = (event_type(model, event), table(model, event));
        quote!(#event_type => &#table)
    });
    let positions = model.contract.events.iter().map(|event| {
        let event_type = event_type(model, event);
        let positions = keys.iter().flat_map(|key| {
            let mut fields = event.fields.iter().filter(|_| !event.is_whole);
            let position = fields.position(|field| field.name == *key);
            let position = position.and_then(|at| u16::try_from(at).ok()).unwrap_or(u16::MAX);
            position.to_le_bytes()
        });
        let positions = Literal::byte_string(&positions.collect::<Vec<_>>());
        quote!(#event_type => #positions)
    });
    let whole = model.contract.events.iter().filter(|event| event.is_whole).map(|event| {
        let (event_type, table) = (event_type(model, event), table(model, event));
        quote!(#event_type => Some(&#table.fields[0]))
    });
    let whole: Vec<_> = whole.collect();
    let whole = if whole.is_empty() {
        quote!(
            fn whole(_: EventType) -> Option<&'static Field> {
                None
            }
        )
    } else {
        quote! {
            fn whole(event_type: EventType) -> Option<&'static Field> {
                match event_type {
                    #(#whole,)*
                    _ => None,
                }
            }
        }
    };
    let shape_tables = model.contract.events.iter().map(|event| {
        let (name, shape) = (table(model, event), model.shape_table(tables.data(event)));
        let doc = format!(" `data` of `{}`.", event.event_type);
        quote!(#[doc = #doc] pub(crate) static #name: Shape = #shape;)
    });
    let definitions = model.definition_tables(|name, placed| line(model, name, placed));
    quote! {
        //! The contract as the parser needs it: its tables, and the straight line through each
        //! delivery.
        //!
        //! Straight lines expect compact JSON in declared order. On anything else they hand over to
        //! the general loops of `parse`, with the place that they have reached and what is known
        //! there.

        use super::event_type::EventType;
        use crate::parse::{self, *};

        /// The contract that `schema/` declares.
        pub(crate) struct Contract;

        /// Bits for the fields of any shape.
        pub(crate) type Bits = #bits;

        /// A set of fields of one shape.
        pub(crate) type FieldSet = parse::FieldSet<Bits>;

        /// The values of the envelope and of `data`.
        pub(crate) type Values<'a> = parse::Values<'a, #(#counts),*>;

        impl Tables for Contract {
            type EventType = EventType;
            type Bits = Bits;

            const ID: &'static str = #id;
            const TYPE: &'static str = #r#type;
            const DATA: &'static str = #data;
            const EVENT_TYPES: &'static [EventType] = EventType::ALL;
            const DATA_KEYS: &'static [&'static str] = &[#(#keys),*];

            #[inline(always)]
            fn envelope() -> &'static Shape {
                &ENVELOPE
            }

            #[inline(always)]
            fn shape(event_type: EventType) -> &'static Shape {
                match event_type {
                    #(#shapes,)*
                }
            }

            #[inline(always)]
            #whole

            #[inline(always)]
            fn positions(event_type: EventType) -> &'static [u8] {
                match event_type {
                    #(#positions,)*
                }
            }

            #look_ups
            #predict
            #predict_data
        }

        /// The envelope, besides `type` and `data`.
        pub(crate) static ENVELOPE: Shape = #envelope;

        #(#shape_tables)*
        #definitions
        #straight_lines
    }
}

/// The keys of all shapes of `data`.
fn keys<'a>(model: &Model<'a>) -> BTreeSet<&'a str> {
    let events = model.contract.events.iter().filter(|event| !event.is_whole);
    events.flat_map(|event| &event.fields).map(|field| field.name.as_str()).collect()
}

/// The smallest type with a bit for each field of any shape.
fn bits_type(model: &Model<'_>) -> TokenStream {
    let envelope = model.contract.envelope.fields().count();
    let events = model.contract.events.iter().map(|event| event.fields.len());
    let objects = model.contract.definitions.values().map(|known| match &known.schema {
        Schema::Object(fields) => fields.len(),
        _ => 0,
    });
    let most = events.chain(objects).fold(envelope, usize::max);
    if let Some(bits) = [32, 64, 128].into_iter().find(|bits| most <= *bits) {
        let bits = format_ident!("u{bits}");
        quote!(#bits)
    } else {
        let words = Literal::usize_unsuffixed(most.div_ceil(64));
        quote!(Wide<#words>)
    }
}

/// The trait's functions that find a key or an event type.
fn look_ups(model: &Model<'_>, keys: &[&str]) -> TokenStream {
    let mut position = 0;
    let envelope: Vec<_> = model
        .contract
        .envelope
        .members
        .iter()
        .filter_map(|member| {
            let meaning = match member {
                Member::Type => quote!(EnvelopeKey::Type),
                Member::Data => quote!(EnvelopeKey::Data),
                Member::Field(_) => {
                    let at = Literal::usize_unsuffixed(position);
                    position += 1;
                    quote!(EnvelopeKey::Field(#at))
                }
            };
            Some((literal("", member.key(), "")?.split_off(1), meaning))
        })
        .collect();
    let types: Vec<_> = model
        .contract
        .events
        .iter()
        .filter(|event| is_plain(&event.event_type))
        .map(|event| (format!("{}\"", event.event_type).into_bytes(), event_type(model, event)))
        .collect();
    let data = keys.iter().enumerate().filter_map(|(at, key)| {
        let at = Literal::usize_unsuffixed(at);
        Some((literal("", key, "")?.split_off(1), quote!(#at)))
    });
    let data: Vec<_> = data.collect();
    let at_data = if data.is_empty() { quote!(_) } else { quote!(at) };
    let (envelope, data, types) = (tree(&envelope), tree(&data), tree(&types));
    quote! {
        #[inline(always)]
        fn envelope_member(at: &[u8]) -> Option<(EnvelopeKey, &[u8])> {
            #envelope
        }

        #[inline(always)]
        fn data_key(#at_data: &[u8]) -> Option<(usize, &[u8])> {
            #data
        }

        #[inline(always)]
        fn event_type(at: &[u8]) -> Option<(EventType, &[u8])> {
            #types
        }
    }
}

/// `,"key":"`: what stands between two values, if the key is written without escapes.
fn literal(open: &str, key: &str, quote: &str) -> Option<Vec<u8>> {
    is_plain(key).then(|| format!("{open}\"{key}\":{quote}").into_bytes())
}

/// Whether `text` stands in JSON as it is.
fn is_plain(text: &str) -> bool {
    !text.chars().any(|c| c < ' ' || matches!(c, '"' | '\\'))
}

/// An expression that finds which of `candidates` stands at `at`: an `Option` of what the candidate means and what
/// follows it. Tells them apart by as few bytes as it takes, then compares with the only one that is left.
fn tree(candidates: &[(Vec<u8>, TokenStream)]) -> TokenStream {
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
fn predict(model: &Model<'_>, tables: &Tables<'_>) -> TokenStream {
    let members = &model.contract.envelope.members;
    let optional = |member: &Member| matches!(member, Member::Field(field) if !field.required);
    let mut placed = tables.envelope.iter().enumerate();
    let mut steps = Vec::new();
    let mut end = quote!(Err(Resume::at_start(at)));
    for (at, member) in members.iter().enumerate() {
        let open = if at == 0 { "{" } else { "," };
        match member {
            Member::Type => {
                let Some(text) = literal(open, member.key(), "\"") else { break };
                let text = Literal::byte_string(&text);
                steps.push(quote! {
                    let Some((event_type, at)) = after(at, #text).and_then(Self::event_type) else {
                        return #end;
                    };
                    envelope.event_type = Some(TypeValue::Known(event_type));
                });
            }
            // Without its type, nothing is known of `data`.
            Member::Data if !members[..at].contains(&Member::Type) => break,
            Member::Data => {
                let Some(text) = literal(open, member.key(), "{") else { break };
                let text = Literal::byte_string(&text);
                steps.push(quote! {
                    let Some(inside) = after(at, #text) else { return #end };
                    let (seen, at) = Self::predict_data(reader, sink, event_type, inside);
                });
                if members[at + 1..].iter().all(optional) {
                    steps.push(quote! {
                        if let [b'}', b'}', rest @ ..] = at {
                            if seen.missing(Self::shape(event_type)).is_none() {
                                return Ok(Predicted { event_type, envelope: envelope.seen, data: seen, rest });
                            }
                        }
                    });
                }
                steps.push(quote! {
                    let start = reader.before(inside);
                    envelope.data = Some(Data::Judged { start, rest: at, seen });
                });
                break;
            }
            Member::Field(_) => {
                let Some((position, placed)) = placed.next() else { break };
                let table = quote!(ENVELOPE);
                let Some(step) = step(*placed, position, open, &table, Kind::Envelope) else {
                    break;
                };
                let position = Literal::usize_unsuffixed(position);
                if optional(member) && at > 0 {
                    steps.push(quote! {
                        let at = match #step {
                            Some(at) => {
                                envelope.seen = envelope.seen.with(#position);
                                at
                            }
                            None => at,
                        };
                    });
                } else {
                    steps.push(quote! {
                        let Some(at) = #step else { return #end };
                        envelope.seen = envelope.seen.with(#position);
                    });
                }
            }
        }
        end = quote!(Err(Resume::within(at, envelope)));
    }
    let end = if steps.is_empty() {
        quote!(Err(Resume::at_start(at)))
    } else {
        quote!(Err(Resume::within(at, envelope)))
    };
    let (reader, sink, state) = if steps.is_empty() {
        (quote!(_), quote!(_), quote!())
    } else {
        (quote!(reader), quote!(sink), quote!(let mut envelope = Envelope::new();))
    };
    quote! {
        #[inline(always)]
        fn predict<'a, S: Sink<'a>>(
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

/// The straight lines through the shapes of `data`: the trait's function that chooses one, and a function for each.
fn predict_data(model: &Model<'_>, tables: &Tables<'_>) -> (TokenStream, TokenStream) {
    let mut arms = Vec::new();
    let mut functions = Vec::new();
    for event in &model.contract.events {
        let event_type = event_type(model, event);
        let table = table(model, event);
        let steps = if event.is_whole {
            Vec::new()
        } else {
            steps(model, tables.data(event), &table, Kind::Data)
        };
        if steps.is_empty() {
            arms.push(quote!(#event_type => (FieldSet::empty(), at)));
            continue;
        }
        let function =
            format_ident!("predict_{}", model.names.shape_table(&event.event_type).to_snake_case());
        arms.push(quote!(#event_type => #function(reader, sink, at)));
        functions.push(quote! {
            #[inline(always)]
            fn #function<'a, S: Sink<'a>>(
                reader: &mut Reader<'a>,
                sink: &mut S,
                at: &'a [u8],
            ) -> (FieldSet, &'a [u8]) {
                let seen = FieldSet::empty();
                #(#steps)*
                (seen, at)
            }
        });
    }
    let choice = quote! {
        #[inline(always)]
        fn predict_data<'a, S: Sink<'a>>(
            reader: &mut Reader<'a>,
            sink: &mut S,
            event_type: EventType,
            at: &'a [u8],
        ) -> (FieldSet, &'a [u8]) {
            match event_type {
                #(#arms,)*
            }
        }
    };
    (choice, quote!(#(#functions)*))
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

/// The steps through the fields of one shape, as far as it is known whether a comma stands before each.
fn steps(model: &Model<'_>, placed: &[Placed<'_>], table: &Ident, kind: Kind) -> Vec<TokenStream> {
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
        before = ",";
        Some(if required {
            quote! {
                let Some(at) = #step else { return (seen, at) };
                let seen = #seen;
            }
        } else {
            quote! {
                let (seen, at) = match #step {
                    Some(at) => (#seen, at),
                    None => (seen, at),
                };
            }
        })
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
    Some(quote!(reader.literal_known(sink, at, #text, |at| #tree, Place(#place))))
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
        quote!(reader.literal_object::<Bits, _, _>(sink, at, #text, (&#table, Place(#place)), #open)),
    )
}

/// The straight line through the object `name`: its name and its function, if there is anything to expect.
fn line(model: &Model<'_>, name: &str, placed: &[Placed<'_>]) -> Option<(Ident, TokenStream)> {
    let table = model.table(name);
    let steps = steps(model, placed, &table, Kind::Object);
    if steps.is_empty() {
        return None;
    }
    let function = format_ident!("line_{}", table.to_string().to_snake_case());
    let code = quote! {
        fn #function<'a>(
            reader: &mut Reader<'a>,
            sink: &mut Slots<'_, 'a>,
            at: &'a [u8],
            open: u32,
        ) -> (u64, &'a [u8]) {
            let seen = 0;
            #(#steps)*
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
            quote!(reader.#literal_text(sink, at, #text, Place(#place)))
        }
        Storage::Boolean => {
            let text = text("")?;
            quote!(reader.literal_boolean(sink, at, #text, Place(#place)))
        }
        Storage::Integer | Storage::Float => {
            let text = text("")?;
            quote!(reader.literal_number(sink, at, #text, &#table.fields[#position]))
        }
        Storage::Text | Storage::Json => {
            let text = text("")?;
            let open = kind.open();
            quote!(reader.literal_value::<Bits, _, _>(sink, at, #text, &#table.fields[#position], #open))
        }
    })
}

/// `EventType::PostFailed`.
fn event_type(model: &Model<'_>, event: &EventShape) -> TokenStream {
    let name = model.shape(event);
    quote!(EventType::#name)
}

/// The table of an event's shape: `POST_FAILED`.
fn table(model: &Model<'_>, event: &EventShape) -> Ident {
    format_ident!("{}", model.names.shape_table(&event.event_type))
}
