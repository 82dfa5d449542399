"""Evidence for a type, as log odds: form, check and header against what chance would give. Not a vote of cells.

Each part is a log-likelihood ratio of binomial counts: how much better the share found fits a column of the type than
a column of something else. Counts are cut off, because cells of one column are not independent.
"""

from dataclasses import dataclass
from math import exp, log

from lockgate.classify.cells import Kind
from lockgate.classify.header import HINT, INNER
from lockgate.classify.recogniser import PRIOR, ColumnStatistics, Recogniser

_HEADER_WEIGHT = 6.0
_LEAST = -8.0
_FORM_CELLS, _CHECK_CELLS = 30, 60
_SHARES = ((0.98, 0.0), (0.85, -1.0), (0.6, -3.0))
"""Shares of fitting cells that columns of a type have, with log odds: most are clean, some hold other things too."""
_KNOWN_SHARES = ((0.98, -1.0), (0.85, 0.0), (0.6, 0.0), (0.4, -1.5))
"""The same for a dictionary, which never knows all."""
_CELLS_OF_A_VALUE = 4
_RARE, _TIMES = 0.05, 2.5
_WITHOUT_HEADER = 3.0
"""The most that values of a number column add without a header: a number is not an identifier by its length."""
_ELSEWHERE = 3.0
"""Taken off a check digit that no header asks for: some twenty kinds of them are tried on every column, and one of
twenty passes by chance that much sooner (the look-elsewhere effect; the correction is Bonferroni's, in log odds)."""


@dataclass(frozen=True, slots=True)
class FormCount:
    """Cells of one column that one recogniser fits.

    Attributes:
        form: Cells with the form.
        strong: Cells with the strong form.
        passed: Cells that pass the check as well.
    """

    form: int = 0
    strong: int = 0
    passed: int = 0

    def __add__(self, other: "FormCount") -> "FormCount":
        return FormCount(self.form + other.form, self.strong + other.strong, self.passed + other.passed)


def log_odds(
    recogniser: Recogniser, count: FormCount, column: ColumnStatistics, kind: Kind, header: float, beside: float = 0.0
) -> float:
    """Return the log odds that a column is of the recogniser's type.

    Args:
        recogniser: The type.
        count: Cells that it fits.
        column: Figures of the column.
        kind: How the source holds it.
        header: Score of its header, 0 to 1.
        beside: Log odds that the other columns add.
    """
    values = _form_odds(recogniser, count, column) + _check_odds(recogniser, count, column)
    if recogniser.plausible is not None and count.form:
        values += recogniser.plausible(column)
    if kind in (Kind.INTEGER, Kind.DECIMAL) and header < INNER:
        values = min(values, _WITHOUT_HEADER)
    if header < HINT and recogniser.has_check_digit:
        values -= _ELSEWHERE
    return PRIOR + _HEADER_WEIGHT * header + values + beside


def probability_of(odds: float) -> float:
    """Return the probability of log odds, 0 to 1."""
    return 1.0 / (1.0 + exp(-max(-50.0, min(50.0, odds))))


def is_beyond_chance(recogniser: Recogniser, count: FormCount, cells: int) -> bool:
    """Return whether more cells are of the type than chance would make of a column of something else.

    A single cell is beyond chance unless many others have the form and fail: safer to report one too many.
    """
    if recogniser.check is not None and count.form:
        return count.passed > _TIMES * recogniser.check_chance * count.form
    if recogniser.strong_chance > _RARE and not recogniser.check:
        return count.strong > _TIMES * recogniser.strong_chance * cells
    return count.passed > 0


def _form_odds(recogniser: Recogniser, count: FormCount, column: ColumnStatistics) -> float:
    if not column.cells:
        return 0.0
    cells = min(column.cells, _FORM_CELLS, int(_CELLS_OF_A_VALUE * column.distinct))
    weak = _ratio(count.form / column.cells, cells, recogniser.chance, _SHARES)
    odds = max(_LEAST, min(recogniser.weight, weak))
    if not recogniser.strong:
        return odds
    cells = min(cells, int(2 * column.distinct))
    strong = _ratio(count.strong / column.cells, cells, recogniser.strong_chance, _SHARES)
    return max(odds, min(recogniser.strong_weight, strong))


def _check_odds(recogniser: Recogniser, count: FormCount, column: ColumnStatistics) -> float:
    if recogniser.check is None or not count.form:
        return 0.0
    cells = min(count.form, int(column.distinct), _CHECK_CELLS)
    shares = _SHARES if recogniser.check_veto <= _LEAST else _KNOWN_SHARES
    odds = _ratio(count.passed / count.form, cells, recogniser.check_chance, shares)
    return max(recogniser.check_veto, min(recogniser.check_weight, odds))


def _ratio(share: float, cells: int, chance: float, shares: tuple[tuple[float, float], ...]) -> float:
    """Return the best log-likelihood ratio of a share over those that a column of the type may have."""
    return max(
        cells * (share * log(true / chance) + (1 - share) * log((1 - true) / (1 - chance))) + prior
        for true, prior in shares
        if true > chance
    )
