"""What can be wrong with a delivery."""

from __future__ import annotations


class ParseError(ValueError):
    """A delivery does not meet the contract, or is no JSON."""

    def __init__(self, message: str, pointer: str = "") -> None:
        super().__init__(message, pointer)
        self.message = message
        """What is wrong."""
        self.pointer = pointer
        """Where: a JSON Pointer. Empty for the delivery as a whole, and for what is no JSON."""

    def __str__(self) -> str:
        return f"{self.pointer}: {self.message}" if self.pointer else self.message


class SignatureError(ValueError):
    """A delivery is not taken for genuine. The text repeats no secret, header or body."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(name, message)
        self.name = name
        """A short name that never changes: for logs, and as a label of metrics."""
        self.message = message
        """What is wrong."""

    def __str__(self) -> str:
        return self.message
