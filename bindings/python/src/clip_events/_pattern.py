"""A `pattern` as the table of an automaton, and whether a string matches it."""

from __future__ import annotations

from bisect import bisect_right


class Pattern:
    """A deterministic automaton over characters: it goes from its state to another one by the class of a character."""

    def __init__(
        self,
        source: str,
        starts: tuple[int, ...],
        classes: tuple[int, ...],
        next: tuple[int, ...],
        accepting: tuple[int, ...],
    ) -> None:
        self.source = source
        self._starts = starts
        self._classes = classes
        self._width = max(classes) + 1
        self._next = next
        self._accepting = frozenset(accepting)

    def matches(self, text: str) -> bool:
        state = 0
        for character in text:
            at = self._classes[bisect_right(self._starts, ord(character)) - 1]
            state = self._next[state * self._width + at]
        return state in self._accepting

    def __repr__(self) -> str:
        return f"Pattern({self.source!r})"
