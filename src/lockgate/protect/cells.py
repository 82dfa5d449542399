"""The techniques that treat a column cell by cell, each with its parameters read from a measure.

What a technique does stands in its own file; here is how a measure's words become its arguments, one function each.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from lockgate.protect.bucketing import bucket, parse_edges
from lockgate.protect.codes import Texts
from lockgate.protect.date_shift import Shift, shift_days
from lockgate.protect.format_preserving import ALPHABETS, CellForm, encrypt
from lockgate.protect.generalisation import generalise
from lockgate.protect.masking import Covering, cover
from lockgate.protect.noise import USE as NOISE
from lockgate.protect.noise import Noise, add_noise
from lockgate.protect.person_draws import Persons, draw_by_person_and_value
from lockgate.protect.pseudonym import pseudonymise
from lockgate.protect.redaction import FindSpans, redact
from lockgate.protect.rounding import Precision, round_days, round_numbers
from lockgate.protect.token_vault import Assign, tokenise
from lockgate.protect.unfit import Treated, Unfit
from lockgate.terms.errors import InputError
from lockgate.terms.measure import Measure, MeasureKind


@dataclass(frozen=True, slots=True, eq=False)
class CellMeans:
    """What a technique is given beside the cells of one column.

    Attributes:
        key: 32 secret bytes of this node.
        key_version: Number of the key, at least 1.
        domain: Name of what the column identifies, and towards whom.
        find_spans: Says where identifiers are inside text.
        persons: Keyed hash of the person of each row, shape (rows, 2).
        assign: The vault of reversible tokens; None where there is none.
    """

    key: bytes
    key_version: int
    domain: str
    find_spans: FindSpans
    persons: Persons
    assign: Assign | None = None


def treat(texts: Texts, step: Measure, means: CellMeans) -> Treated:
    """Return the cells of a column after a step.

    Args:
        texts: Values as text.
        step: Its kind is one of `TECHNIQUES`, its parameters those of `lockgate.terms.technique`.
        means: Keys, persons.

    Raises:
        InputError: If the parameters do not fit together, or cells cannot be treated and such cells are refused.
    """
    return CELL_TECHNIQUES[step.kind](texts, step, means)


def _redact(texts: Texts, _step: Measure, means: CellMeans) -> Treated:
    return Treated(redact(texts, means.find_spans, means.key), 0)


def _pseudonymise(texts: Texts, _step: Measure, means: CellMeans) -> Treated:
    return Treated(pseudonymise(texts, means.domain, means.key, means.key_version), 0)


def _generalise(texts: Texts, step: Measure, _means: CellMeans) -> Treated:
    return Treated(generalise(texts, step.amount), 0)


def _mask(texts: Texts, step: Measure, _means: CellMeans) -> Treated:
    covering = Covering(
        keep_first=int(step.parameter("keep_first")),
        keep_last=int(step.parameter("keep_last")),
        character=step.parameter("character"),
        length=int(step.parameter("length")),
        separators=step.parameter("separators"),
    )
    return Treated(cover(texts, covering), 0)


def cell_form(step: Measure) -> CellForm:
    """Return the form within which a step encrypts.

    Args:
        step: Its kind is `encrypt`.

    Raises:
        InputError: If the parameters do not fit together.
    """
    return CellForm(
        alphabet=ALPHABETS[step.parameter("alphabet")],
        separators=step.parameter("separators"),
        prefix=step.parameter("prefix"),
        keep_first=int(step.parameter("keep_first")),
        keep_last=int(step.parameter("keep_last")),
        check=step.parameter("check"),
    )


def _encrypt(texts: Texts, step: Measure, means: CellMeans) -> Treated:
    return encrypt(texts, cell_form(step), means.domain, means.key, means.key_version, _unfit(step))


def _tokenise(texts: Texts, _step: Measure, means: CellMeans) -> Treated:
    if means.assign is None:
        raise InputError("reversible tokens need the vault of a home", "release with a home, or pseudonymise")
    return Treated(tokenise(texts, means.domain, means.assign), 0)


def _shift_dates(texts: Texts, step: Measure, means: CellMeans) -> Treated:
    shift = Shift(int(step.parameter("most")), in_weeks=step.parameter("in_weeks") == "true")
    # one offset a person for all columns: intervals between columns are kept too
    recipient = means.domain.rpartition("/")[0]
    return shift_days(texts, shift.offsets(means.persons, recipient, means.key), _unfit(step))


def _round(texts: Texts, step: Measure, _means: CellMeans) -> Treated:
    width, precision = step.parameter("step"), step.parameter("precision")
    if bool(width) == bool(precision):
        raise InputError("rounding needs `step` for numbers or `precision` for days", "Give one of the two.")
    if precision:
        return round_days(texts, Precision(precision), _unfit(step))
    return round_numbers(texts, Decimal(width), _unfit(step))


def _bucket(texts: Texts, step: Measure, _means: CellMeans) -> Treated:
    return bucket(texts, parse_edges(step.parameter("edges").split(",")), _unfit(step))


def _add_noise(texts: Texts, step: Measure, means: CellMeans) -> Treated:
    low, high = (Decimal(text) if text else None for text in (step.parameter("low"), step.parameter("high")))
    noise = Noise(Decimal(step.parameter("unit")), Decimal(step.parameter("scale")), low, high)
    # the same person and value get the same noise in every release: asking again averages nothing away
    draws = draw_by_person_and_value(means.persons, texts, NOISE, means.domain, means.key)
    return add_noise(texts, noise, draws, _unfit(step))


def _unfit(step: Measure) -> Unfit:
    return Unfit(step.parameter("unfit", Unfit.REFUSE))


CELL_TECHNIQUES: Mapping[MeasureKind, Callable[[Texts, Measure, CellMeans], Treated]] = MappingProxyType(
    {
        MeasureKind.REDACT: _redact,
        MeasureKind.PSEUDONYMISE: _pseudonymise,
        MeasureKind.ENCRYPT: _encrypt,
        MeasureKind.TOKENISE: _tokenise,
        MeasureKind.MASK: _mask,
        MeasureKind.SHIFT_DATES: _shift_dates,
        MeasureKind.ROUND: _round,
        MeasureKind.ADD_NOISE: _add_noise,
        MeasureKind.BUCKET: _bucket,
        MeasureKind.GENERALISE: _generalise,
    }
)
"""How each measure of a column is carried out, in the order in which they are done."""

LABELLING = frozenset({MeasureKind.GENERALISE})
"""Measures whose cells follow the grammar of labels."""

REPLACING = frozenset({MeasureKind.REDACT, MeasureKind.PSEUDONYMISE, MeasureKind.ENCRYPT, MeasureKind.TOKENISE})
"""Measures that leave nothing by which cells could be held against true values without the key."""

PERTURBING = frozenset(CELL_TECHNIQUES) - LABELLING - REPLACING
"""Measures whose cells are near true values and not labels of them."""
