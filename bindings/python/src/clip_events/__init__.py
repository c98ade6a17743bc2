"""Typed webhook deliveries of the clip API: verified, parsed and checked."""

from . import types as types
from ._errors import ParseError as ParseError
from ._errors import SignatureError as SignatureError
from ._parse import parse as parse
from ._verify import SIGNATURE_HEADER as SIGNATURE_HEADER
from ._verify import TOLERANCE as TOLERANCE
from ._verify import verify as verify
from .generated.models import *  # noqa: F403
