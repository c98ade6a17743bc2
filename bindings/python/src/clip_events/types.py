"""The same events as plain dictionaries, for code that takes what `json.loads` gives: types alone, which nothing checks."""

from .generated.dicts import *  # noqa: F403
