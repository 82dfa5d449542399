"""What a recogniser is: the form of one type of data, its check, its headers, and how far chance would go."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from lockgate.classify.cells import Kind
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

PRIOR = -4.0
"""Log odds that a column is of a given type, before anything is known of it."""

_PROVES = 5.0

TEXTUAL = frozenset({Kind.TEXT, Kind.OTHER})
NUMERIC = frozenset({Kind.TEXT, Kind.INTEGER, Kind.DECIMAL})
ANY = frozenset({Kind.TEXT, Kind.INTEGER, Kind.DECIMAL, Kind.FLAG})


@dataclass(frozen=True, slots=True)
class ColumnStatistics:
    """Figures of one column that a recogniser may find plausible or not.

    Attributes:
        cells: Cells that say something.
        distinct: Distinct values among them; estimated above the limit of the sketch.
        mean_length: Mean number of characters.
        births: Cells by month of birth, as `year * 12 + month - 1`.
        as_of: Day of the scan.
    """

    cells: int
    distinct: float
    mean_length: float
    as_of: date
    births: Mapping[int, int] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def distinct_ratio(self) -> float:
        """Share of distinct values among the cells, 0 to 1."""
        return min(1.0, self.distinct / self.cells) if self.cells else 0.0


@dataclass(frozen=True, slots=True)
class Recogniser:
    """One type of data.

    Attributes:
        type: Its name in verdicts.
        category: What such values are about.
        role: What such a column gives away.
        headers: What headers call it (see `header.header_score`); a word of many meanings begins with `~`.
        not_headers: Words in a header that speak against it.
        form: RE2 pattern of a whole cell in normal form; empty where `words` say it.
        words: Whole cells in lower case; empty where `form` says it.
        strong: RE2 pattern of the cells whose form alone is telling; a part of `form` or `words`.
        chance: Share of cells with the form in columns that are about something else.
        strong_chance: The same for the strong form.
        check: Whether a cell with the form is one, by check digit, calendar or dictionary.
        check_chance: Share of cells with the form that pass the check by chance.
        weight: The most that the form may add to the log odds.
        strong_weight: The most that the strong form may add.
        check_weight: The most that the check may add.
        check_veto: The least that the check may add; near 0 where a dictionary cannot disprove.
        kinds: How a source may hold it.
        text: Python pattern by which it is found inside text; empty if it is not looked for there.
        plausible: Log odds that figures of the whole column add.
        plausible_weight: The most that those figures add.
        born: Month of birth of a cell that passes, as `year * 12 + month - 1`; None if unknown.
        contextual: Whether it says something of a person only where other columns are about persons: a city, an
            organisation, a place on the map.
    """

    type: str
    category: Category
    role: ColumnRole
    headers: tuple[str, ...]
    not_headers: frozenset[str] = frozenset()
    form: str = ""
    words: frozenset[str] = frozenset()
    strong: str = ""
    chance: float = 0.5
    strong_chance: float = 0.01
    check: Callable[[str], bool] | None = None
    check_chance: float = 0.0
    weight: float = 2.5
    strong_weight: float = 0.0
    check_weight: float = 8.0
    check_veto: float = -12.0
    kinds: frozenset[Kind] = TEXTUAL
    text: str = ""
    plausible: Callable[[ColumnStatistics], float] | None = None
    plausible_weight: float = 0.0
    born: Callable[[str], int | None] | None = None
    contextual: bool = False

    @property
    def needs_header(self) -> bool:
        """Whether values alone can never tell, so that the type is looked for under a fitting header only."""
        checked = self.check_weight if self.check else 0.0
        return PRIOR + max(self.weight, self.strong_weight) + checked + self.plausible_weight <= 0.0

    @property
    def has_check_digit(self) -> bool:
        """Whether the check can prove a column by itself and disprove it: not a dictionary, not a calendar alone."""
        return self.check is not None and self.check_weight >= _PROVES and self.check_veto <= -_PROVES


def phrases(*rows: str) -> tuple[str, ...]:
    """Return header phrases from rows of them with commas between.

    >>> phrases("email, e mail", "邮箱")
    ('email', 'e mail', '邮箱')
    """
    return tuple(phrase.strip() for row in rows for phrase in row.split(","))
