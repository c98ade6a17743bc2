//! Which states of a complete deterministic automaton no rest of a string tells apart (Hopcroft's algorithm).

use std::ops::Range;

/// The group of each state: states are in one group if they answer alike for every rest of a string.
///
/// `next` holds, for each state in turn, the state that each of `letters` letters leads to.
pub(super) fn groups(letters: usize, next: &[usize], accepting: &[bool]) -> Vec<usize> {
    let sources: Vec<Sources> =
        (0..letters).map(|letter| Sources::of(letter, letters, next, accepting.len())).collect();
    let mut partition = Partition::new(accepting.len());
    for (state, _) in accepting.iter().enumerate().filter(|(_, accepts)| **accepts) {
        partition.mark(state);
    }
    partition.split_marked();
    // Whatever is split later, only the smaller part is looked at again: that bounds the work to n log n.
    let mut open: Vec<usize> = (0..partition.groups.len()).collect();
    while let Some(group) = open.pop() {
        let targets = partition.states[partition.groups[group].clone()].to_vec();
        for sources in &sources {
            for target in &targets {
                for source in sources.of_state(*target) {
                    partition.mark(*source);
                }
            }
            open.extend(partition.split_marked());
        }
    }
    partition.group_of
}

/// For each state the states from which one letter leads there.
struct Sources {
    states: Vec<usize>,
    /// Where those of each state begin, and where the last ones end.
    begins: Vec<usize>,
}

impl Sources {
    fn of(letter: usize, letters: usize, next: &[usize], states: usize) -> Self {
        let mut sources: Vec<usize> = (0..states).collect();
        let target = |state: usize| next[state * letters + letter];
        sources.sort_by_key(|state| target(*state));
        let begin = |state| sources.partition_point(|source| target(*source) < state);
        let begins = (0..=states).map(begin).collect();
        Self { states: sources, begins }
    }

    fn of_state(&self, state: usize) -> &[usize] {
        &self.states[self.begins[state]..self.begins[state + 1]]
    }
}

/// States in groups, which can be split.
struct Partition {
    /// The states, group by group.
    states: Vec<usize>,
    /// Where each state stands in `states`.
    places: Vec<usize>,
    group_of: Vec<usize>,
    groups: Vec<Range<usize>>,
    /// How many states of each group are marked: these stand first.
    marked: Vec<usize>,
    /// The groups that have marked states.
    touched: Vec<usize>,
}

impl Partition {
    /// All states in one group.
    fn new(states: usize) -> Self {
        Self {
            states: (0..states).collect(),
            places: (0..states).collect(),
            group_of: vec![0; states],
            groups: std::iter::once(0..states).collect(),
            marked: vec![0],
            touched: Vec::new(),
        }
    }

    fn mark(&mut self, state: usize) {
        let group = self.group_of[state];
        let (place, free) = (self.places[state], self.groups[group].start + self.marked[group]);
        if place < free {
            return;
        }
        if self.marked[group] == 0 {
            self.touched.push(group);
        }
        self.marked[group] += 1;
        let other = self.states[free];
        self.states.swap(place, free);
        self.places.swap(state, other);
    }

    /// Splits each group that has both marked and other states. Returns the new groups, each the smaller part.
    fn split_marked(&mut self) -> Vec<usize> {
        let mut new = Vec::new();
        for group in std::mem::take(&mut self.touched) {
            let marked = std::mem::take(&mut self.marked[group]);
            let Range { start, end } = self.groups[group];
            let middle = start + marked;
            if middle == end {
                continue;
            }
            let (small, large) = if marked <= end - middle {
                (start..middle, middle..end)
            } else {
                (middle..end, start..middle)
            };
            for state in &self.states[small.clone()] {
                self.group_of[*state] = self.groups.len();
            }
            new.push(self.groups.len());
            self.groups[group] = large;
            self.groups.push(small);
            self.marked.push(0);
        }
        new
    }
}
