//! A pattern without captures, as an automaton is made of it.

use super::syntax::Term;
use crate::primitives::{ClassId, LookId};

pub(super) enum Ast {
    Class(ClassId),
    Start,
    End,
    /// `\b`, or `\B` if `boundary` is false.
    Word {
        boundary: bool,
    },
    Look {
        index: LookId,
        negative: bool,
    },
    Concat(Vec<Ast>),
    Alternation(Vec<Ast>),
    Repeat {
        inner: Box<Ast>,
        min: u32,
        max: Option<u32>,
    },
}

/// The pattern within a look-around, without its sign.
pub(super) struct Look {
    pub(super) ahead: bool,
    pub(super) ast: Ast,
}

impl Ast {
    /// Lists the look-arounds apart: inner ones stand before those around them. What a group captures is forgotten, and a
    /// back reference that is left is one to nothing.
    pub(super) fn of(term: Term, looks: &mut Vec<Look>) -> Self {
        let mut all =
            |terms: Vec<Term>| terms.into_iter().map(|term| Self::of(term, looks)).collect();
        match term {
            Term::Class(class) => Self::Class(class),
            Term::Start => Self::Start,
            Term::End => Self::End,
            Term::Word { boundary } => Self::Word { boundary },
            Term::Look { ahead, negative, inner } => {
                let ast = Self::of(*inner, looks);
                let index = LookId::new(looks.len());
                looks.push(Look { ahead, ast });
                Self::Look { index, negative }
            }
            Term::Group(_, inner) => Self::of(*inner, looks),
            Term::Back(_) => Self::Concat(Vec::new()),
            Term::Concat(parts) => Self::Concat(all(parts)),
            Term::Alternation(branches) => Self::Alternation(all(branches)),
            Term::Repeat { inner, min, max } => {
                Self::Repeat { inner: Box::new(Self::of(*inner, looks)), min, max }
            }
        }
    }
}
