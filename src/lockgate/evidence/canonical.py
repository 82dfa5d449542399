"""Canonical bytes of JSON values: one value, one sequence of bytes, so that a hash of it means something.

Not a JSON reader for files of people: what is parsed here was written by lockgate, and anything that is not
canonical byte for byte is refused.

Source: RFC 8785, JSON Canonicalization Scheme.
"""

import json
from collections.abc import Mapping
from typing import Any

import rfc8785

from lockgate.terms.errors import EvidenceError, InputError
from lockgate.terms.rendering import as_json


def canonical_bytes(value: object) -> bytes:
    """Return the canonical JSON of a value, UTF-8, members sorted, no white space.

    Args:
        value: A JSON value, or a frozen type of `terms` (see `lockgate.terms.rendering.as_json`).

    Raises:
        InputError: If a number or a text has no canonical form: a whole number beyond 2**53 - 1, a number that is
            not finite, a lone surrogate.
        TypeError: If a type has no JSON form.

    Source: RFC 8785, section 3.2.

    >>> canonical_bytes({"b": 1.0, "a": [True, None]})
    b'{"a":[true,null],"b":1}'
    """
    try:
        return rfc8785.dumps(as_json(value))
    except (rfc8785.CanonicalizationError, UnicodeError) as error:
        raise InputError(
            "expected numbers within 2^53 - 1 and valid Unicode text, found a value that no record can carry exactly",
            "Correct the number or the text in the flow file.",
        ) from error


def parse_canonical(data: bytes) -> Mapping[str, Any]:
    """Return the JSON object whose canonical bytes these are.

    Args:
        data: Bytes that `canonical_bytes` made of an object.

    Raises:
        EvidenceError: If the bytes are no JSON object, or another spelling of it than the canonical one.
    """
    try:
        value = json.loads(data.decode("utf-8"))
        again = canonical_bytes(value)
    except (ValueError, RecursionError, InputError) as error:
        raise EvidenceError("expected canonical JSON, found bytes that are no JSON") from error
    if again != data:
        raise EvidenceError("expected canonical JSON, found another spelling of the same value")
    if not isinstance(value, dict):
        raise EvidenceError("expected a JSON object")
    return value
