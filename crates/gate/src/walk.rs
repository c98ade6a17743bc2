//! The walk over the declared values of two documents, released and new, which names each change.
//!
//! The walk names what may have changed; it proves nothing. The engine decides which of it breaks whom, and what
//! breaks nobody is dropped there.
//!
//! Many fields may be of one definition, and definitions may hold themselves. So each pair of descriptions is compared
//! once, and each event type walks to it on the shortest way.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use schema_source::escape_token;

use crate::change::{Change, one_for_each_cause};
use crate::compare::same;
use crate::differences::{Difference, Next, differences};
use crate::layout::Layout;
use crate::node::Node;
use crate::pair::Pair;
use crate::path::{Path, Step};
use crate::rules::known;
use crate::view::{Spot, View};

/// Changes are named of values so many levels down: parsers of JSON read no deeper (`serde_json` 128). What is below is the engine's alone.
const MAX_DEPTH: usize = 128;

/// All changes between two documents: those of the members around the content, then by event type, each in declared
/// order.
pub(crate) fn changes(views: Pair<View<'_>>) -> Vec<Change> {
    let types = views.map(|view| view.event_types().into_iter().collect::<BTreeSet<_>>());
    let layout = views.new.layout;
    let whole = Spot::at([String::new()]);
    let envelope = layout.tag().map_or(whole.clone(), |tag| whole.of_case(tag, None));
    let envelope = Pair { released: envelope.clone(), new: envelope };
    let contents: Vec<_> = types
        .released
        .intersection(&types.new)
        .map(|event_type| {
            let spot = Spot::at([layout.content_schema(event_type)]);
            (*event_type, Pair { released: spot.clone(), new: spot })
        })
        .collect();
    let moves = Moves::between(views, &envelope, contents.iter().map(|(_, content)| content));
    let roots = std::iter::once(&envelope).chain(contents.iter().map(|(_, content)| content));
    let walk = Walk::over(views, roots);
    let mut changes = walk.from(&envelope, None, &moves);
    for (event_type, content) in &contents {
        changes.extend(walk.from(content, Some(event_type), &moves));
    }
    let whole = |rule, event_type: &str, released, new| {
        let difference = Difference {
            rule: known(rule),
            step: None,
            became: None,
            released,
            new,
            cause: event_type.to_owned(),
            brief: None,
            tells_cause: true,
        };
        Change::new(layout, Some(event_type), &layout.content_path(), difference)
    };
    for event_type in types.released.difference(&types.new) {
        let schema = layout.content_schema(event_type);
        changes.push(whole("event-type-removed", event_type, Some(schema), String::new()));
    }
    for event_type in types.new.difference(&types.released) {
        let schema = layout.content_schema(event_type);
        changes.push(whole("event-type-added", event_type, None, schema));
    }
    one_for_each_cause(with_moves(views, changes))
}

/// `changes`, where a field that is gone from one object and new in one other, with the same description, has moved there.
fn with_moves(views: Pair<View<'_>>, mut changes: Vec<Change>) -> Vec<Change> {
    type Key = (Option<String>, String);
    let mut gone: HashMap<Key, Vec<usize>> = HashMap::new();
    let mut new: HashMap<Key, BTreeMap<String, usize>> = HashMap::new();
    for (index, change) in changes.iter().enumerate() {
        let Some((_, Step::Field(name))) = change.path.split_last() else { continue };
        let key = (change.event_type.clone(), name.clone());
        match change.rule.id.as_str() {
            "field-removed" => gone.entry(key).or_default().push(index),
            "field-added" | "required-field-added" => {
                new.entry(key).or_default().entry(change.instance.clone()).or_insert(index);
            }
            _ => {}
        }
    }
    for (key, gone) in gone {
        let places: Vec<_> = new.get(&key).into_iter().flat_map(BTreeMap::values).collect();
        let ([from], [to]) = (gone.as_slice(), places.as_slice()) else { continue };
        let (from, to) = (*from, &changes[**to]);
        let parts = Pair {
            released: changes[from].released.as_ref().and_then(|place| views.released.part(place)),
            new: views.new.part(&to.new),
        };
        if let Pair { released: Some(released), new: Some(new) } = parts
            && same(views, Pair { released, new })
        {
            let (path, place) = (to.path.clone(), to.new.clone());
            changes[from] = changes[from].clone().moved(path, place);
        }
    }
    changes
}

/// All pairs of descriptions, compared.
struct Walk<'a> {
    views: Pair<View<'a>>,
    /// The number of each pair.
    numbers: HashMap<Pair<Spot>, usize>,
    /// By number, how they differ.
    compared: Vec<Vec<Following>>,
    /// By number, whether something differs there or below.
    differs: Vec<bool>,
}

/// What follows from two descriptions.
#[derive(Debug, Clone)]
enum Following {
    Differs(Difference),
    /// Those of a number, below.
    Below(Step, usize),
}

impl<'a> Walk<'a> {
    /// Compares `roots`, and all below them.
    fn over<'s>(views: Pair<View<'a>>, roots: impl Iterator<Item = &'s Pair<Spot>>) -> Self {
        let (numbers, compared, differs) = (HashMap::new(), Vec::new(), Vec::new());
        let mut walk = Self { views, numbers, compared, differs };
        let mut work: Vec<_> = roots.map(|root| (root.clone(), true)).collect();
        work.reverse();
        for (root, _) in &work {
            walk.number(root);
        }
        while let Some((spots, is_whole)) = work.pop() {
            let number = walk.number(&spots).0;
            let nodes = views.zip(spots.as_ref()).map(|(view, spot)| Node::read(view, spot));
            for next in differences(views, nodes.as_ref(), is_whole) {
                let following = match next {
                    Next::Differs(difference) => Following::Differs(difference),
                    Next::Below(step, spots) => {
                        let (number, is_new) = walk.number(&spots);
                        if is_new {
                            work.push((spots, false));
                        }
                        Following::Below(step, number)
                    }
                };
                walk.compared[number].push(following);
            }
        }
        walk.mark_what_differs();
        walk
    }

    /// The number of a pair, and whether it was given now.
    fn number(&mut self, spots: &Pair<Spot>) -> (usize, bool) {
        if let Some(number) = self.numbers.get(spots) {
            return (*number, false);
        }
        let number = self.compared.len();
        self.numbers.insert(spots.clone(), number);
        self.compared.push(Vec::new());
        (number, true)
    }

    fn mark_what_differs(&mut self) {
        let mut above = vec![Vec::new(); self.compared.len()];
        let mut work = Vec::new();
        for (number, followings) in self.compared.iter().enumerate() {
            for following in followings {
                match following {
                    Following::Differs(_) => work.push(number),
                    Following::Below(_, below) => above[*below].push(number),
                }
            }
        }
        self.differs = vec![false; self.compared.len()];
        while let Some(number) = work.pop() {
            if !std::mem::replace(&mut self.differs[number], true) {
                work.extend(&above[number]);
            }
        }
    }

    /// The changes of a value and all below it, on the shortest way to each.
    fn from(&self, root: &Pair<Spot>, event_type: Option<&str>, moves: &Moves) -> Vec<Change> {
        let layout = self.views.new.layout;
        let path = if event_type.is_some() { layout.content_path() } else { Path::default() };
        let root = self.numbers[root];
        let tree = self.shortest_ways(root);
        let mut changes = Vec::new();
        let mut tell = |path: &Path, difference: &Difference| {
            let change = Change::new(layout, event_type, path, difference.clone());
            changes.push(moves.told(layout, path, difference, change));
        };
        // Where to go on: a pair, the path to it, and how many of what follows from it are done.
        let mut work = vec![(root, path, 0)];
        while let Some((from, path, done)) = work.pop() {
            let rest = self.compared[from].iter().enumerate().skip(done);
            for (index, following) in rest {
                match following {
                    Following::Differs(difference) => tell(&path, difference),
                    Following::Below(_, number) if !self.differs[*number] => {}
                    Following::Below(..) if path.depth() >= MAX_DEPTH => {}
                    Following::Below(step, number) if tree[number] == (from, index) => {
                        let below = path.below(step.clone());
                        work.push((from, path, index + 1));
                        work.push((*number, below, 0));
                        break;
                    }
                    // All below is told where the shortest way leads to it; here, the pair alone.
                    Following::Below(step, number) => {
                        let below = path.below(step.clone());
                        for following in &self.compared[*number] {
                            if let Following::Differs(difference) = following {
                                tell(&below, difference);
                            }
                        }
                    }
                }
            }
        }
        changes
    }

    /// The shortest ways from `root` to what differs: for each pair, which pair leads there, as which of those that follow.
    fn shortest_ways(&self, root: usize) -> HashMap<usize, (usize, usize)> {
        let mut ways = HashMap::from([(root, (root, usize::MAX))]);
        let mut work = VecDeque::from([root]);
        while let Some(from) = work.pop_front() {
            for (index, following) in self.compared[from].iter().enumerate() {
                let Following::Below(_, number) = following else { continue };
                if self.differs[*number] && !ways.contains_key(number) {
                    ways.insert(*number, (from, index));
                    work.push_back(*number);
                }
            }
        }
        ways
    }
}

/// Fields that have moved between the content and the members around it.
struct Moves {
    /// Members that are new around the content: one of its fields may have moved there.
    to_envelope: BTreeSet<String>,
    /// Members that have gone from around the content and are new in that of each type: they have moved there.
    to_content: BTreeSet<String>,
    /// JSON Pointer of the content of an event type in the new document.
    content: Option<String>,
}

impl Moves {
    fn between<'s>(
        views: Pair<View<'_>>,
        envelope: &Pair<Spot>,
        contents: impl Iterator<Item = &'s Pair<Spot>>,
    ) -> Self {
        let names = |spots: &Pair<Spot>| {
            let names = |(view, spot)| {
                let node = Node::read(view, spot);
                node.fields.iter().map(|field| field.name.clone()).collect::<BTreeSet<_>>()
            };
            views.zip(spots.as_ref()).map(names)
        };
        let Pair { released, new } = names(envelope);
        let to_envelope = new.difference(&released).cloned().collect();
        let mut to_content: BTreeSet<_> = released.difference(&new).cloned().collect();
        if !to_content.is_empty() {
            for Pair { released, new } in contents.map(names) {
                to_content.retain(|name| new.contains(name) && !released.contains(name));
            }
        }
        let event_type = views.new.event_types().into_iter().min();
        let content = event_type.map(|event_type| views.new.layout.content_schema(event_type));
        Self { to_envelope, to_content, content }
    }

    /// `change`, which tells of `difference`: told as a move if a field is gone that has moved.
    fn told(
        &self,
        layout: &Layout,
        path: &Path,
        difference: &Difference,
        change: Change,
    ) -> Change {
        let Some(step @ Step::Field(name)) = &difference.step else { return change };
        if difference.rule.id != "field-removed" {
            return change;
        }
        let token = escape_token(name);
        let content = layout.content_path();
        if *path == content && self.to_envelope.contains(name) {
            change.moved(Path::default().below(step.clone()), format!("/properties/{token}"))
        } else if let (true, Some(schema)) =
            (path.depth() == 0 && self.to_content.contains(name), &self.content)
        {
            change.moved(content.below(step.clone()), format!("{schema}/properties/{token}"))
        } else {
            change
        }
    }
}
