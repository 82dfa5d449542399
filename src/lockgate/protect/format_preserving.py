"""Identifiers replaced by others of the same form, reversibly for who holds the key.

A cell is read as a form says: a prefix and separators that stay, characters of an alphabet, of which some may be
kept at both ends, and check characters. What is left is permuted by FF1 (`lockgate.protect.ff1`) among the strings
of its length; the check characters are computed anew. The tweak is the domain of the column and what is kept of the
number, so that equal numbers of two domains, or of two ranges of cards, do not show that they are equal. The key is
derived from the node's for each version. The same value gives the same result in every table of a domain.

A cell that has not the form (another length, letters among digits, a wrong check character, fewer than a million
possible values, more than a thousand characters) is refused or emptied and counted; it is never passed on. Decrypting
gives back what was encrypted, with an `x` of a check written `X`. Not idempotent: what is encrypted twice is decrypted
twice. A result looks valid and may be somebody's; it is pseudonymised, not anonymous.

Source: NIST SP 800-38G. Cycle walking where a body has no check character: J. Black, P. Rogaway, Ciphers with arbitrary
finite domains, CT-RSA 2002, section 3.
"""

import hashlib
import hmac
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lockgate.protect.character_rows import (
    Characters,
    Marks,
    Rows,
    Written,
    byte_rows,
    numbered_groups,
    point_rows,
    scatter,
    texts_of,
)
from lockgate.protect.check_characters import DIGITS, SCHEMES, CheckScheme
from lockgate.protect.codes import Texts, as_distinct
from lockgate.protect.ff1 import DOMAIN_AT_LEAST, RADIX_AT_MOST, Numerals, permute, permute_back
from lockgate.protect.unfit import Treated, Unfit, settle
from lockgate.terms.errors import InputError

VERSION = "1"

KEY_BYTES = 32

LOWER = "abcdefghijklmnopqrstuvwxyz"
ALPHABETS = {
    "digits": DIGITS,
    "lower": LOWER,
    "upper": LOWER.upper(),
    "hexadecimal": DIGITS + "abcdef",
    "lower-alphanumeric": DIGITS + LOWER,
    "upper-alphanumeric": DIGITS + LOWER.upper(),
    "alphanumeric": DIGITS + LOWER.upper() + LOWER,
}
"""Alphabets by name."""

_CONTEXT = b"lockgate/format-preserving/1\x00"
_SMALL = 250  # characters of an alphabet whose numerals, and two marks beside them, are bytes
_SAMPLE = 4_096
_LONGEST = 1_000
"""Characters of an alphabet that a cell may have; what is longer is no identifier, and slow to treat."""

_Permute = Callable[[Numerals, int, bytes, bytes, "npt.NDArray[np.uint8] | None"], Numerals]


@dataclass(frozen=True, slots=True)
class CellForm:
    """The form of an identifier.

    Attributes:
        alphabet: Characters that are replaced, in the order of their numerals; with a check, that of the check.
        separators: Characters that stay where they stand.
        prefix: Text that stays at the start. It may be absent where it begins with a character that is neither of the
            alphabet nor a separator, such as `+86 `; otherwise every cell has it.
        keep_first: Characters of the alphabet that stay at the start, after the prefix.
        keep_last: Likewise at the end; not together with a check.
        check: Name of a check in `lockgate.protect.check_characters.SCHEMES`, or empty.
    """

    alphabet: str = DIGITS
    separators: str = ""
    prefix: str = ""
    keep_first: int = 0
    keep_last: int = 0
    check: str = ""

    def __post_init__(self) -> None:
        signs = self.alphabet + self.separators
        if len(set(signs)) != len(signs) or not 2 <= len(self.alphabet) <= RADIX_AT_MOST or "\x00" in signs:  # noqa: PLR2004 - a radix
            raise InputError(
                "expected an alphabet of at least two different characters, and separators outside it",
                "Name every character once.",
            )
        if self.check and self.check not in SCHEMES:
            raise InputError(f"no check is called `{self.check}`", f"Use one of: {', '.join(SCHEMES)}.")
        if self.check and self.alphabet not in (DIGITS, SCHEMES[self.check].body_alphabet):
            raise InputError(f"the check `{self.check}` has an alphabet of its own", "Leave the alphabet out.")
        if min(self.keep_first, self.keep_last) < 0 or (self.check and self.keep_last):
            raise InputError(
                "what is kept at the end cannot be kept beside a check, nor fewer than no characters",
                "Leave keep_last out.",
            )


def encrypt(texts: Texts, form: CellForm, domain: str, key: bytes, key_version: int, unfit: Unfit) -> Treated:
    """Return the texts with each replaced by another of the same form; null stays null.

    Args:
        texts: Values as text.
        form: How they are written.
        domain: Name of what the values identify, and towards whom.
        key: 32 secret bytes.
        key_version: Number of the key, at least 1; needed to decrypt, and not to be seen in a cell.
        unfit: What to do about cells of another form.

    Raises:
        InputError: If cells have another form, or too few possible values, and such cells are refused.
    """
    return _treat(texts, _Cipher(form, domain, key, key_version, permute), unfit)


def decrypt(texts: Texts, form: CellForm, domain: str, key: bytes, key_version: int, unfit: Unfit) -> Treated:
    """Return the texts that `encrypt` was given, from what it returned and the same other arguments.

    Raises:
        InputError: If cells have another form, and such cells are refused.
    """
    return _treat(texts, _Cipher(form, domain, key, key_version, permute_back), unfit)


class _Cipher:
    """What a form, a domain and a key make of rows of characters."""

    def __init__(self, form: CellForm, domain: str, key: bytes, key_version: int, permutation: _Permute) -> None:
        if len(key) != KEY_BYTES or key_version < 1:
            raise ValueError(f"expected a key of {KEY_BYTES} bytes and a version of at least 1")
        self.form = form
        self.scheme = SCHEMES.get(form.check)
        self.too_few = 0
        self._key = hmac.digest(key, _CONTEXT + key_version.to_bytes(8, "big"), "sha256")
        self._tweak = hashlib.sha256(_CONTEXT + domain.encode()).digest()  # two blocks, the same for all rows
        self._permutation = permutation
        self._radix = len(self.scheme.body_alphabet if self.scheme else form.alphabet)
        alphabet = self.scheme.alphabet if self.scheme else form.alphabet
        self._numeral_of, self._character_of = _tables(alphabet, form.separators, bool(self.scheme))

    @property
    def is_ascii(self) -> bool:
        """Whether all characters that may stay or change are single bytes."""
        return len(self._numeral_of) == 1 << 8

    def replace(self, rows: Rows) -> Iterator[Written]:
        """Yield the rows with their numerals replaced, for each pattern of separators."""
        numerals = _looked_up(self._numeral_of, rows.characters)
        separator, foreign = _marks(numerals.dtype)
        is_foreign = (numerals == foreign).any(axis=1)
        if is_foreign.any():
            at = np.flatnonzero(is_foreign)
            yield Written(
                rows.at[at], np.zeros((len(at), 0), dtype=rows.characters.dtype), np.zeros(len(at), dtype=bool)
            )
        left = np.flatnonzero(~is_foreign)
        for pattern, at in _patterns(numerals == separator, left):
            columns = np.flatnonzero(~pattern)
            made, fits = self._numbers(_picked(numerals, at, columns))
            written = _looked_up(self._character_of, made)
            if len(columns) < len(pattern):
                whole = rows.characters[at]
                whole[:, columns] = written
                written = whole
            yield Written(rows.at[at], written, fits)

    def _numbers(self, numerals: Numerals) -> tuple[Numerals, Marks]:
        """Return numerals replaced, and where they could be; the others are to be thrown away."""
        form, scheme = self.form, self.scheme
        checks = scheme.characters if scheme else 0
        end = numerals.shape[1] - form.keep_last - checks
        if numerals.shape[1] > _LONGEST:
            return numerals, np.zeros(len(numerals), dtype=bool)
        if end - form.keep_first <= 1 or self._radix ** (end - form.keep_first) < DOMAIN_AT_LEAST:  # halves
            self.too_few += len(numerals)
            return numerals, np.zeros(len(numerals), dtype=bool)
        fits = np.ones(len(numerals), dtype=bool)
        if scheme is not None:
            fits = _is_checked(numerals, scheme)
        if not fits.all():
            numerals = numerals.copy()
            numerals[~fits] = 0
        tails = np.hstack([numerals[:, : form.keep_first], numerals[:, numerals.shape[1] - form.keep_last :]])
        tails = tails if scheme is None else tails[:, : form.keep_first]
        body = self._walk(numerals[:, form.keep_first : end], numerals[:, : form.keep_first], _as_bytes(tails))
        made = numerals.copy()
        made[:, form.keep_first : end] = body
        if scheme is not None:
            made[:, end:] = np.maximum(scheme.compute(made[:, :end]), 0)
        return made, fits

    def _walk(self, body: Numerals, kept: Numerals, tails: npt.NDArray[np.uint8]) -> Numerals:
        """Return numerals permuted, again and again where no check character exists for them."""
        ends = tails if tails.shape[1] else None
        made = self._permutation(body, self._radix, self._key, self._tweak, ends)
        while self.scheme is not None:
            checks = self.scheme.compute(np.hstack([kept, made]))
            again = np.flatnonzero((checks < 0).any(axis=1))
            if not len(again):
                break
            part = None if ends is None else ends[again]
            made[again] = self._permutation(made[again], self._radix, self._key, self._tweak, part)
        return made


def _treat(texts: Texts, cipher: _Cipher, unfit: Unfit) -> Treated:
    given = texts if pa.types.is_string(texts.type) else texts.cast(pa.string())
    cells = given.drop_null()
    if _repeats(cells):
        distinct, index = as_distinct(cells)
        made = _with_prefix(pa.array(distinct, type=pa.string()), cipher).take(index)
    else:
        made = _with_prefix(cells, cipher)
    if cipher.too_few and unfit is Unfit.REFUSE:
        raise InputError(
            f"expected identifiers with at least {DOMAIN_AT_LEAST} possible values to be replaced, "
            f"found {cipher.too_few} cells of a batch with fewer",
            "Use the measure `tokenise` for the column, or keep fewer characters.",
        )
    return settle(scatter(made, given), given, unfit, "cells that have the form of the identifier")


def _with_prefix(cells: Texts, cipher: _Cipher) -> Texts:
    """Return cells replaced, with the prefix set aside meanwhile."""
    prefix, form = cipher.form.prefix, cipher.form
    if not prefix:
        return _replaced(cells, cipher)
    has: Any = pc.starts_with(cells, pattern=prefix)
    bodies: Any = pc.if_else(has, pc.utf8_slice_codeunits(cells, start=len(prefix)), cells)
    made = _replaced(bodies, cipher)
    is_needed = prefix[0] in form.alphabet + form.separators
    without = pa.scalar(None, type=pa.string()) if is_needed else made
    longer: Any = pc.binary_join_element_wise(pa.scalar(prefix), made, "")  # type: ignore[call-overload] # a scalar beside an array
    joined: Texts = pc.if_else(has, longer, without)
    return joined


def _replaced(cells: Texts, cipher: _Cipher) -> Texts:
    groups = byte_rows(cells) if cipher.is_ascii else point_rows(cells)
    return texts_of((written for rows in groups for written in cipher.replace(rows)), len(cells))


def _repeats(cells: Texts) -> bool:
    """Whether values come again so often that looking each up costs less than replacing it."""
    sample = cells.slice(0, _SAMPLE)
    return len(sample) == _SAMPLE and len(sample.unique()) < _SAMPLE // 2


@lru_cache(maxsize=16)
def _tables(alphabet: str, separators: str, has_check: bool) -> tuple[Numerals, Characters]:  # noqa: FBT001 - of a cache
    """Return the numeral of each character, with room for one that none has, and the character of each numeral."""
    points = [ord(sign) for sign in alphabet]
    highest = max(points + [ord(sign) for sign in separators])
    kind = np.dtype(np.uint8 if len(points) <= _SMALL else np.uint32)
    separator, foreign = _marks(kind)
    numeral_of = np.full(1 << 8 if highest < 1 << 7 else highest + 2, foreign, dtype=kind)
    if has_check and alphabet[-1] == "X":
        numeral_of[ord("x")] = len(alphabet) - 1
    numeral_of[points] = np.arange(len(points))
    numeral_of[[ord(sign) for sign in separators]] = separator
    return numeral_of, np.array(points, dtype=np.uint8 if len(numeral_of) == 1 << 8 else np.uint32)


def _looked_up(table: Characters, index: Characters) -> Characters:
    """Return the entry of a table for each number; the last entry for numbers beyond it."""
    if table.dtype == index.dtype == np.uint8:
        whole = np.resize(table, 1 << 8)
        whole[len(table) :] = table[-1]
        return np.frombuffer(bytearray(index.tobytes().translate(whole.tobytes())), dtype=np.uint8).reshape(index.shape)
    return np.asarray(table[np.minimum(index, len(table) - 1)])


def _marks(kind: Any) -> tuple[int, int]:
    """Return what stands for a separator and for a foreign character among numerals of a type."""
    highest = int(np.iinfo(kind).max)
    return highest - 1, highest


def _patterns(is_separator: Marks, rows: npt.NDArray[np.int64]) -> Iterator[tuple[Marks, npt.NDArray[np.int64]]]:
    """Yield each pattern of separators among the rows, with the rows that have it."""
    if not len(rows):
        return
    chosen = is_separator if len(rows) == len(is_separator) else is_separator[rows]
    first = chosen[0]
    if (chosen == first).all():
        yield first, rows
        return
    packed = np.packbits(chosen, axis=1)
    _, starts, number = np.unique(packed, axis=0, return_index=True, return_inverse=True)
    for pattern, at in numbered_groups(number.reshape(-1)):
        yield chosen[starts[pattern]], rows[at]


def _picked(numerals: Numerals, at: npt.NDArray[np.int64], columns: npt.NDArray[np.int64]) -> Numerals:
    rows = numerals if len(at) == len(numerals) else numerals[at]
    return rows if len(columns) == rows.shape[1] else rows[:, columns]


def _is_checked(numerals: Numerals, scheme: CheckScheme) -> Marks:
    """Return where a number has the length of its scheme and the check characters that its body asks for."""
    body, checks = numerals[:, : -scheme.characters], numerals[:, -scheme.characters :]
    if scheme.body_length and body.shape[1] != scheme.body_length:
        return np.zeros(len(numerals), dtype=bool)
    is_body: Any = (body < len(scheme.body_alphabet)).all(axis=1)
    computed = scheme.compute(np.where(is_body[:, None], body, 0))
    return np.asarray(is_body & np.equal(computed, checks).all(axis=1))


def _as_bytes(numerals: Numerals) -> npt.NDArray[np.uint8]:
    """Return numerals as two bytes each, the higher first."""
    return np.ascontiguousarray(numerals).astype(">u2").view(np.uint8).reshape(len(numerals), -1)
