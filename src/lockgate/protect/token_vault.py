"""Identifiers replaced by random tokens that a vault can turn back, for who must be able to and only with a record.

A token is `t_` and 26 characters of base 32 (RFC 4648, lower case): 130 bits of the operating system's randomness. It
says nothing of the value; the mapping lies in the vault of this node (`lockgate.store.vault`), sealed, and is reversed
by `lockgate reveal`, which records who asked and why before it answers.

The same value gets the same token in every table of a domain, as long as the vault knows it. A value that has the
form of a token is left as it is, so that protecting a protected copy changes nothing.
"""

import re
from collections.abc import Callable, Sequence

import pyarrow as pa

from lockgate.protect.codes import Texts, as_distinct

VERSION = "1"

TOKEN = re.compile(r"t_[a-z2-7]{26}", re.ASCII)
"""The form of a token."""

Assign = Callable[[str, Sequence[str]], Sequence[str]]
"""Takes a domain and distinct values, returns the token of each, durably kept."""


def tokenise(texts: Texts, domain: str, assign: Assign) -> Texts:
    """Return the texts with each replaced by its token; null stays null and a token stays as it is.

    Args:
        texts: Values as text.
        domain: Name of what the values identify, and towards whom.
        assign: The vault.

    Raises:
        ValueError: If the vault returns something else than one token for each value.
    """
    distinct, index = as_distinct(texts)
    fresh = [value for value in distinct if not TOKEN.fullmatch(value)]
    tokens = assign(domain, fresh) if fresh else ()
    if len(set(tokens)) != len(fresh) or not all(TOKEN.fullmatch(token) for token in tokens):
        raise ValueError("expected one token of its own for each value")
    token_of = dict(zip(fresh, tokens, strict=True))
    return pa.array([token_of.get(value, value) for value in distinct], type=pa.string()).take(index)
