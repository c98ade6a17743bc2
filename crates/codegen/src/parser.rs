//! `parser.rs`: what the hand-written parser must know of the contract, and the straight line through each delivery.

use std::collections::BTreeMap;

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

use clip_events_contract::model::{Bound, Contract, Envelope, EventShape, Field, Scalar};

/// The kind of values that a slot keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Text,
    Boolean,
    Integer,
    Float,
}

/// A key and the values it takes: the unit in which the parser judges fields.
#[derive(Debug)]
pub(super) struct Slot<'a> {
    pub(super) key: &'a str,
    pub(super) scalar: &'a Scalar,
    pub(super) kind: Kind,
    /// Where the value is kept, among those of its kind.
    pub(super) index: usize,
}

/// The slots of the contract.
#[derive(Debug)]
pub(super) struct Slots<'a> {
    /// Those of the envelope, in declared order.
    pub(super) envelope: Vec<Slot<'a>>,
    /// Those of all shapes of `data` together, sorted by key: shapes that agree on a field share its slot.
    pub(super) data: Vec<Slot<'a>>,
    counts: BTreeMap<Kind, usize>,
}

impl<'a> Slots<'a> {
    pub(super) fn of(contract: &'a Contract) -> Self {
        let mut counts = BTreeMap::new();
        let mut slot = |field: &'a Field| {
            let scalar = contract.scalar(field);
            let kind = kind(scalar);
            let count = counts.entry(kind).or_insert(0);
            *count += 1;
            Slot { key: &field.name, scalar, kind, index: *count - 1 }
        };
        let envelope: Vec<_> = contract.envelope.fields.iter().map(&mut slot).collect();
        let mut fields: Vec<_> = contract.events.iter().flat_map(|event| &event.fields).collect();
        fields.sort_by(|a, b| a.name.cmp(&b.name));
        let mut data: Vec<Slot<'a>> = Vec::new();
        for field in fields {
            if !data.iter().any(|known| known.is_of(contract, field)) {
                data.push(slot(field));
            }
        }
        Slots { envelope, data, counts }
    }

    /// The slot of a field of `data`.
    pub(super) fn position(&self, contract: &Contract, field: &Field) -> usize {
        self.data
            .iter()
            .position(|slot| slot.is_of(contract, field))
            .expect("every field has a slot")
    }

    fn count(&self, kind: Kind) -> usize {
        self.counts.get(&kind).copied().unwrap_or(0)
    }
}

impl Slot<'_> {
    fn is_of(&self, contract: &Contract, field: &Field) -> bool {
        let scalar = contract.scalar(field);
        let same_values = match (self.scalar, scalar) {
            // A format is an annotation: the parser does not know it.
            (Scalar::String { .. }, Scalar::String { .. }) => true,
            (one, other) => one == other,
        };
        self.key == field.name && same_values
    }
}

fn kind(scalar: &Scalar) -> Kind {
    match scalar {
        Scalar::String { .. } => Kind::Text,
        Scalar::Boolean => Kind::Boolean,
        Scalar::Integer { .. } => Kind::Integer,
        Scalar::Number { .. } => Kind::Float,
    }
}

pub(super) fn render(contract: &Contract) -> TokenStream {
    let slots = Slots::of(contract);
    let bits = bits_type(slots.data.len().max(slots.envelope.len()));
    let counts = [
        ("TEXTS", Kind::Text),
        ("BOOLEANS", Kind::Boolean),
        ("INTEGERS", Kind::Integer),
        ("FLOATS", Kind::Float),
    ]
    .map(|(name, kind)| {
        let name = format_ident!("{name}");
        let count = slots.count(kind);
        quote!(pub(crate) const #name: usize = #count;)
    });
    let tables = tables(contract, &slots);
    let look_ups = look_ups(contract, &slots);
    let predict = predict(contract, &slots);
    let predict_data = predict_data(contract, &slots);
    quote! {
        //! What the parser must know of the contract, and the straight line through each delivery.
        //!
        //! Straight lines expect compact JSON in declared order. On anything else they hand over to the general loops of
        //! `parse`, at the point that they have reached and with what is known there.

        use super::event::EventType;
        use crate::parse::{
            Bound, Constraint, Data, Envelope, EnvelopeKey, EventName, Predicted, Reader, Resume, Shape, Sink, Slot, after,
        };

        /// One bit for each slot of `data`, or of the envelope.
        pub(crate) type Bits = #bits;

        #(#counts)*
        #tables
        #look_ups
        #predict
        #predict_data
    }
}

/// The smallest type with a bit for each of `count` slots.
fn bits_type(count: usize) -> syn::Ident {
    let bits = [32, 64, 128].into_iter().find(|bits| count < *bits);
    format_ident!(
        "u{}",
        bits.expect("a contract of more than 127 different fields needs another parser")
    )
}

fn tables(contract: &Contract, slots: &Slots<'_>) -> TokenStream {
    let envelope_keys = &contract.envelope.keys;
    let (r#type, data) = (Envelope::TYPE, Envelope::DATA);
    let mut data_keys: Vec<_> = slots.data.iter().map(|slot| slot.key).collect();
    data_keys.dedup();
    let types = contract.events.iter().map(|event| &event.event_type);
    let envelope = slots.envelope.iter().map(slot);
    let envelope_count = slots.envelope.len();
    let envelope_required = bits(
        (0..)
            .zip(&contract.envelope.fields)
            .filter(|(_, field)| field.required)
            .map(|(bit, _)| bit),
    );
    let data_slots = slots.data.iter().map(slot);
    let slot_count = slots.data.len();
    let shapes = contract.events.iter().map(|event| {
        let event_type = format_ident!("{}", event.type_name());
        let position = |field| slots.position(contract, field);
        let fields = event.fields.iter().map(position);
        let declared = bits(event.fields.iter().map(position));
        let required = bits(event.fields.iter().filter(|field| field.required).map(position));
        quote! {
            Shape {
                event_type: EventType::#event_type,
                fields: &[#(#fields),*],
                declared: #declared,
                required: #required,
            }
        }
    });
    let shape_count = contract.events.len();
    quote! {
        /// The key that chooses the shape of `data`.
        pub(crate) const TYPE: &str = #r#type;
        /// The key that holds the shape.
        pub(crate) const DATA: &str = #data;
        pub(crate) const ENVELOPE_KEYS: &[&str] = &[#(#envelope_keys),*];
        pub(crate) const DATA_KEYS: &[&str] = &[#(#data_keys),*];
        /// The strings in `type`, in the order of [`SHAPES`].
        pub(crate) const TYPES: &[&str] = &[#(#types),*];
        /// The fields of the envelope besides `type` and `data`.
        pub(crate) static ENVELOPE: [Slot; #envelope_count] = [#(#envelope),*];
        pub(crate) const ENVELOPE_REQUIRED: Bits = #envelope_required;
        /// The fields of all shapes of `data`, sorted by key; one for each kind of values that a key takes.
        pub(crate) static SLOTS: [Slot; #slot_count] = [#(#data_slots),*];
        pub(crate) static SHAPES: [Shape; #shape_count] = [#(#shapes),*];
    }
}

/// The bits at `positions` as one binary literal.
pub(super) fn bits(positions: impl IntoIterator<Item = usize>) -> TokenStream {
    let bits = positions.into_iter().fold(0_u128, |bits, position| bits | 1 << position);
    format!("{bits:#b}").parse().expect("a binary literal")
}

fn slot(slot: &Slot<'_>) -> TokenStream {
    let Slot { key, index, .. } = slot;
    let constraint = match slot.scalar {
        Scalar::String { .. } => quote!(Constraint::Text),
        Scalar::Boolean => quote!(Constraint::Boolean),
        Scalar::Integer { minimum, maximum } => {
            let (minimum, maximum) =
                (Literal::i64_unsuffixed(*minimum), Literal::i64_unsuffixed(*maximum));
            quote!(Constraint::Integer { minimum: #minimum, maximum: #maximum })
        }
        Scalar::Number { minimum, maximum } => {
            let (minimum, maximum) = (bound(minimum.as_ref()), bound(maximum.as_ref()));
            quote!(Constraint::Float { minimum: #minimum, maximum: #maximum })
        }
    };
    quote!(Slot { key: #key, constraint: #constraint, index: #index })
}

fn bound(bound: Option<&Bound>) -> TokenStream {
    let Some(Bound { value, exclusive }) = bound else { return quote!(None) };
    let decimal = value.to_string();
    let value = Literal::f64_unsuffixed(*value);
    quote!(Some(Bound { value: #value, decimal: #decimal, exclusive: #exclusive }))
}

fn look_ups(contract: &Contract, slots: &Slots<'_>) -> TokenStream {
    let bytes = |text: &str| Literal::byte_string(text.as_bytes());
    let envelope: Vec<_> = contract
        .envelope
        .keys
        .iter()
        .map(|key| {
            let meaning = match key.as_str() {
                Envelope::TYPE => quote!(EnvelopeKey::Type),
                Envelope::DATA => quote!(EnvelopeKey::Data),
                _ => {
                    let field = envelope_position(slots, key);
                    quote!(EnvelopeKey::Field(#field))
                }
            };
            (key.as_str(), meaning)
        })
        .collect();
    let data: Vec<_> = slots
        .data
        .chunk_by(|a, b| a.key == b.key)
        .scan(0, |next, same_key| {
            let (slot, count) = (*next, same_key.len());
            *next += count;
            Some((same_key[0].key, quote!((#slot, #count))))
        })
        .collect();
    let types = contract.events.iter().enumerate().map(|(shape, event)| {
        let literal = bytes(&event.event_type);
        quote!(#literal => #shape)
    });
    let arms = |meanings: &[(&str, TokenStream)]| -> Vec<_> {
        meanings
            .iter()
            .map(|(key, meaning)| {
                let key = bytes(key);
                quote!(#key => #meaning)
            })
            .collect()
    };
    let members = |meanings: &[(&str, TokenStream)]| {
        let texts = meanings
            .iter()
            .map(|(key, meaning)| (format!("{key}\":").into_bytes(), meaning.clone()));
        tree(&texts.collect::<Vec<_>>())
    };
    let (envelope_keys, envelope_members) = (arms(&envelope), members(&envelope));
    let (data_keys, data_members) = (arms(&data), members(&data));
    quote! {
        pub(crate) fn envelope_key(key: &[u8]) -> Option<EnvelopeKey> {
            Some(match key {
                #(#envelope_keys,)*
                _ => return None,
            })
        }

        /// The same for a key that starts at `at`, if its quote and colon follow at once; and what follows these.
        #[inline(always)]
        pub(crate) fn envelope_member(at: &[u8]) -> Option<(EnvelopeKey, &[u8])> {
            #envelope_members
        }

        /// The slots of a key of `data`: the first one, and how many.
        pub(crate) fn data_key(key: &[u8]) -> Option<(usize, usize)> {
            Some(match key {
                #(#data_keys,)*
                _ => return None,
            })
        }

        /// The same for a key that starts at `at`, if its quote and colon follow at once; and what follows these.
        #[inline(always)]
        pub(crate) fn data_member(at: &[u8]) -> Option<((usize, usize), &[u8])> {
            #data_members
        }

        /// The shape that an event type chooses.
        pub(crate) fn shape(event_type: &[u8]) -> Option<usize> {
            Some(match event_type {
                #(#types,)*
                _ => return None,
            })
        }
    }
}

fn envelope_position(slots: &Slots<'_>, key: &str) -> usize {
    slots
        .envelope
        .iter()
        .position(|slot| slot.key == key)
        .expect("every key of the envelope is a field")
}

/// The straight line through the envelope.
fn predict(contract: &Contract, slots: &Slots<'_>) -> TokenStream {
    let keys = &contract.envelope.keys;
    let optional = |key: &str| {
        contract.envelope.fields.iter().any(|field| field.name == key && !field.required)
    };
    let mut steps = Vec::new();
    let mut event_name = quote!(None);
    let general = |at: usize, event_name: &TokenStream| {
        if at == 0 {
            quote!(Err(Resume { at, started: false, envelope: Envelope::default() }))
        } else {
            quote!(Err(Resume { at, started: true, envelope: Envelope { seen, event_name: #event_name, data: None } }))
        }
    };
    let mut complete = false;
    for (at, key) in keys.iter().enumerate() {
        let otherwise = general(at, &event_name);
        let open = if at == 0 { "{" } else { "," };
        match key.as_str() {
            Envelope::TYPE => {
                let literal = Literal::byte_string(format!("{open}\"{key}\":\"").as_bytes());
                steps.push(quote! {
                    let Some((shape, at)) = after(at, #literal).and_then(|at| predict_type(at)) else {
                        return #otherwise;
                    };
                });
                event_name = quote!(Some(EventName::Known(shape)));
            }
            // Without its type, what to expect of `data`?
            Envelope::DATA if !keys[..at].iter().any(|key| key == Envelope::TYPE) => break,
            Envelope::DATA => {
                let literal = Literal::byte_string(format!("{open}\"{key}\":{{").as_bytes());
                steps.push(quote! {
                    let Some(inside) = after(at, #literal) else { return #otherwise };
                    let (good, at) = predict_data(reader, shape, inside);
                });
                let rest_is_optional = keys[at + 1..].iter().all(|key| optional(key));
                if rest_is_optional {
                    steps.push(quote! {
                        if let [b'}', b'}', rest @ ..] = at {
                            let required = SHAPES[shape].required;
                            if good & required == required {
                                return Ok(Predicted { shape, seen, good, rest });
                            }
                        }
                    });
                }
                steps.push(quote! {
                    let start = reader.before(inside);
                    let envelope = Envelope {
                        seen,
                        event_name: Some(EventName::Known(shape)),
                        data: Some(Data { start, end: at, good, bad: 0 }),
                    };
                    Err(Resume { at, started: true, envelope })
                });
                complete = true;
                break;
            }
            _ => {
                let position = envelope_position(slots, key);
                let slot = &slots.envelope[position];
                let step = step(slot, open, &quote!(&ENVELOPE[#position]));
                let bit = bits([position]);
                if optional(key) && at > 0 {
                    steps.push(quote! {
                        let (seen, at) = match #step {
                            Some(at) => (seen | #bit, at),
                            None => (seen, at),
                        };
                    });
                } else {
                    steps.push(quote! {
                        let Some(at) = #step else { return #otherwise };
                        let seen = seen | #bit;
                    });
                }
            }
        }
    }
    if !complete {
        steps.push(general(1, &event_name));
    }
    let types: Vec<_> = (0_usize..)
        .zip(&contract.events)
        .map(|(shape, event)| (format!("{}\"", event.event_type).into_bytes(), quote!(#shape)))
        .collect();
    let types = tree(&types);
    quote! {
        /// The delivery that starts at `at`, or how far it comes as expected.
        #[inline(always)]
        pub(crate) fn predict<'a, S: Sink<'a>>(
            reader: &mut Reader<'a, S>,
            at: &'a [u8],
        ) -> Result<Predicted<'a>, Resume<'a>> {
            let seen: Bits = 0;
            #(#steps)*
        }

        /// The shape of the event type that starts at `at`, and what follows its closing quote.
        #[inline(always)]
        pub(crate) fn predict_type(at: &[u8]) -> Option<(usize, &[u8])> {
            #types
        }
    }
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
    let byte = if place == 0 { quote!(at.first()) } else { quote!(at.get(#place)) };
    quote! {
        match #byte {
            #(#arms,)*
            _ => None,
        }
    }
}

/// The straight lines through the shapes of `data`.
fn predict_data(contract: &Contract, slots: &Slots<'_>) -> TokenStream {
    let arms = contract.events.iter().enumerate().map(|(shape, event)| {
        let function = function(event);
        quote!(#shape => #function(reader, at))
    });
    let functions = contract.events.iter().map(|event| {
        let function = function(event);
        let mut open = "";
        let steps: Vec<_> = event
            .fields
            .iter()
            .map_while(|field| {
                let position = slots.position(contract, field);
                let step = step(&slots.data[position], open, &quote!(&SLOTS[#position]));
                let bit = bits([position]);
                let first = open.is_empty();
                open = ",";
                if field.required {
                    Some(quote! {
                        let Some(at) = #step else { return (good, at) };
                        let good = good | #bit;
                    })
                } else if first {
                    // Whether a comma stands before the next field is open.
                    None
                } else {
                    Some(quote! {
                        let (good, at) = match #step {
                            Some(at) => (good | #bit, at),
                            None => (good, at),
                        };
                    })
                }
            })
            .collect();
        quote! {
            #[inline(always)]
            fn #function<'a, S: Sink<'a>>(reader: &mut Reader<'a, S>, at: &'a [u8]) -> (Bits, &'a [u8]) {
                let good: Bits = 0;
                #(#steps)*
                (good, at)
            }
        }
    });
    quote! {
        /// The fields of `data` from behind its brace, as far as they come as expected: which ones are good, and what
        /// follows them.
        #[inline(always)]
        pub(crate) fn predict_data<'a, S: Sink<'a>>(
            reader: &mut Reader<'a, S>,
            shape: usize,
            at: &'a [u8],
        ) -> (Bits, &'a [u8]) {
            match shape {
                #(#arms,)*
                _ => (0, at),
            }
        }

        #(#functions)*
    }
}

fn function(event: &EventShape) -> syn::Ident {
    format_ident!("predict_{}", event.event_type.replace('.', "_"))
}

/// One field of a straight line, as an `Option` of what follows it.
fn step(slot: &Slot<'_>, open: &str, reference: &TokenStream) -> TokenStream {
    let Slot { key, index, .. } = slot;
    let literal = |quote| Literal::byte_string(format!("{open}\"{key}\":{quote}").as_bytes());
    match slot.kind {
        Kind::Text => {
            let literal = literal("\"");
            quote!(reader.literal_text(at, #literal, #index))
        }
        Kind::Boolean => {
            let literal = literal("");
            quote!(reader.literal_boolean(at, #literal, #index))
        }
        Kind::Integer | Kind::Float => {
            let literal = literal("");
            quote!(reader.literal_number(at, #literal, #reference))
        }
    }
}
