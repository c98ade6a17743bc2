//! What has been found of a delivery so far.

use std::borrow::Cow;

use crate::document::{Member, Places};
use crate::mode::Mode;
use crate::place::{Place, Step, step};
use crate::rule::ViolationKind;
use crate::schemas::{Schema, pointer, token};
use crate::verdict::{MAX_VIOLATIONS, Violation};

/// A violation, located by the byte offset of its value.
#[derive(PartialEq, Eq)]
pub(crate) struct Located {
    pub(crate) offset: usize,
    pub(crate) instance: String,
    pub(crate) schema: String,
    pub(crate) rule: ViolationKind,
    pub(crate) message: String,
}

/// Puts violations in document order, and turns offsets into lines and columns. `unlisted` counts those that were left out.
pub(crate) fn in_order(bytes: &[u8], mut located: Vec<Located>, unlisted: usize) -> Vec<Violation> {
    located.sort_by_key(|violation| (violation.offset, violation.rule));
    let mut places = Places::new(bytes);
    let mut violations: Vec<_> = located
        .into_iter()
        .map(|Located { offset, instance, schema, rule, message }| {
            let (line, column) = places.place(offset);
            Violation { instance, schema, rule, message, line, column }
        })
        .collect();
    if unlisted > 0 {
        violations.push(Violation {
            instance: String::new(),
            schema: String::new(),
            rule: ViolationKind::TooMany,
            message: format!("{unlisted} more violations are not listed: fix these first."),
            line: 1,
            column: 1,
        });
    }
    violations
}

/// What has been found of a delivery.
pub(crate) struct Explanation<'a> {
    mode: Mode,
    text: &'a str,
    event_type: Option<Cow<'a, str>>,
    /// At most [`MAX_VIOLATIONS`], about in document order.
    pub(crate) violations: Vec<Located>,
    /// The number of violations left out of `violations` because there are too many.
    unlisted: usize,
}

impl<'a> Explanation<'a> {
    pub(crate) fn new(mode: Mode, text: &'a str, event_type: Option<Cow<'a, str>>) -> Self {
        Self { mode, text, event_type, violations: Vec::new(), unlisted: 0 }
    }

    /// One of the same delivery that has found nothing: as readers see it, for only they choose among alternatives.
    pub(crate) fn apart(&self) -> Self {
        Self::new(Mode::Reader, self.text, self.event_type.clone())
    }

    /// Whether what readers let pass is reported, too.
    pub(crate) fn is_for_producers(&self) -> bool {
        !self.mode.accepts_all_that_parses()
    }

    /// The violations, for the delivery `bytes`.
    pub(crate) fn finish(self, bytes: &[u8]) -> Vec<Violation> {
        in_order(bytes, self.violations, self.unlisted)
    }

    /// How many violations there are, listed or not.
    pub(crate) fn count(&self) -> usize {
        self.violations.len() + self.unlisted
    }

    /// Reports the value at `place`, which breaks the keyword of the schema `by`.
    pub(crate) fn report(
        &mut self,
        place: &Place<'_, 'a>,
        by: (Schema, &str),
        rule: ViolationKind,
        message: String,
    ) {
        self.add(
            place.instance.raw,
            place.pointer(),
            format!("#{}{}", pointer(by.0), token(by.1)),
            rule,
            message,
        );
    }

    /// The same of a member of that value.
    pub(crate) fn report_member(
        &mut self,
        place: &Place<'_, 'a>,
        member: &Member<'a>,
        by: (Schema, &str),
        rule: ViolationKind,
        message: String,
    ) {
        let schema = format!("#{}{}", pointer(by.0), token(by.1));
        self.add(member.raw, place.pointer() + &step(&member.key), schema, rule, message);
    }

    /// The same of a member that `schema` declares.
    pub(crate) fn report_property(
        &mut self,
        place: &Place<'_, 'a>,
        member: &Member<'a>,
        schema: Schema,
        rule: ViolationKind,
        message: String,
    ) {
        let schema = format!("#{}/properties{}", pointer(schema), token(&member.key));
        self.add(member.raw, place.pointer() + &step(&member.key), schema, rule, message);
    }

    fn add(
        &mut self,
        raw: &str,
        instance: String,
        schema: String,
        rule: ViolationKind,
        message: String,
    ) {
        let offset = raw.as_ptr().addr() - self.text.as_ptr().addr();
        let violation = Located { offset, instance, schema, rule, message };
        // Several schemas may say the same of one value.
        let is_known =
            |known: &Located| known.offset == offset && known.message == violation.message;
        if self.violations.iter().any(is_known) {
            return;
        }
        if self.violations.len() < MAX_VIOLATIONS {
            self.violations.push(violation);
        } else {
            self.unlisted += 1;
        }
    }

    /// The object at `place`, as part of a sentence.
    pub(crate) fn object(&self, place: &Place<'_, 'a>) -> String {
        let name = place.name();
        match (place.step, place.parent.and_then(|parent| parent.parent), &self.event_type) {
            (Step::Key("data"), None, Some(event_type)) => format!("{name} of {event_type}"),
            _ => name,
        }
    }
}
