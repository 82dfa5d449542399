"""Matching of cells with one recogniser: by form over a whole array, by check over the cells that have the form."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lockgate.classify.normal import Text
from lockgate.classify.recogniser import Recogniser

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Match:
    """Which cells of an array a recogniser fits.

    Attributes:
        form: Cells that have the form.
        strong: Cells whose form alone is telling.
        passed: Cells that have the form and pass the check; the same as `form` where there is no check.
    """

    form: Mask
    strong: Mask
    passed: Mask


def match(recogniser: Recogniser, values: Text) -> Match:
    """Return which cells a recogniser fits.

    Args:
        recogniser: The recogniser.
        values: A string array in normal form without nulls.
    """
    form = _mask(values, recogniser.form) if recogniser.form else _known(values, recogniser.words)
    strong = _strong(recogniser, values, form)
    if recogniser.check is None or not form.any():
        return Match(form, strong, form)
    passed = form.copy()
    passed[form] = [recogniser.check(value) for value in values.filter(pa.array(form)).to_pylist()]
    return Match(form, strong, passed)


def recognises(recogniser: Recogniser, value: str) -> bool:
    """Return whether one cell in normal form has the form and passes the check."""
    return bool(match(recogniser, pa.array([value], pa.string())).passed[0])


def _strong(recogniser: Recogniser, values: Text, form: Mask) -> Mask:
    if not recogniser.strong or not form.any():
        return np.zeros_like(form)
    return form if recogniser.strong == recogniser.form else _mask(values, recogniser.strong) & form


def _mask(values: Text, pattern: str) -> Mask:
    found: Text = pc.match_substring_regex(values, pattern=pattern)
    mask: Mask = found.to_numpy(zero_copy_only=False)
    return mask


def _known(values: Text, words: frozenset[str]) -> Mask:
    found: Text = pc.is_in(pc.utf8_lower(values), value_set=_value_set(words))
    mask: Mask = found.to_numpy(zero_copy_only=False)
    return mask


@lru_cache(maxsize=256)
def _value_set(words: frozenset[str]) -> Text:
    return pa.array(sorted(words), pa.string())
