"""From the figures of all columns to verdicts: the best type of each, then what the table says as a whole."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from math import log

from lockgate.classify.catalogue import CATALOGUE, IDENTIFYING
from lockgate.classify.cells import Kind
from lockgate.classify.evidence import FormCount, is_beyond_chance, log_odds, probability_of
from lockgate.classify.grade import grade_of
from lockgate.classify.header import DENIED, HINT, INNER, TAIL, is_dated, is_denied, is_numbered
from lockgate.classify.naming import named_types
from lockgate.classify.recogniser import ColumnStatistics, Recogniser
from lockgate.classify.shape import render_example
from lockgate.classify.text_sample import TextSample
from lockgate.terms.category import IMPERSONAL, Category
from lockgate.terms.classification import ColumnVerdict
from lockgate.terms.column import ColumnRole, Verdict

_CONFIRMED = log(0.95 / 0.05)
_SUSPECTED = 0.0
_TYPES_OF_PERSONS = 2
_SHARE_OF_HITS = 0.01
_SHARE_OF_ERRORS = 0.05
_BESIDE_PERSONS = 1.5
_RIVAL = 6.0
_OTHERS = 3.0
"""Taken off where the header is of a thing that has numbers or days of its own."""
_SHORT_TEXT, _LEAST_INNER = 60, 1.5
"""Characters of cells that hold an identifier and little else; the log odds they reach where no header asks."""
FREE_TEXT, PHONE = "free-text", "phone"
_OF_OTHERS: Mapping[str, Callable[[str], bool]] = {PHONE: is_numbered, "date-of-birth": is_dated}
_INNER = frozenset({"email", PHONE, "ip"})
"""Types that a cell may hold beside other words: `Jane Roe <jroe@mail.example>`, two numbers, a port."""

CONTEXTUAL: frozenset[str] = frozenset(item.type for item in CATALOGUE.values() if item.contextual)
"""Types that say something of a person only where other columns are about persons."""
_OF_NOBODY = CONTEXTUAL | {"url", "domain-name", "uuid"}

SensitiveIn = Callable[[Category], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class ColumnFigures:
    """Figures of one column over all rows.

    Attributes:
        name: Column name.
        kind: How the source holds it.
        as_of: Day of the scan.
        rows: Rows of the source.
        cells: Cells that say something.
        characters: Sum of their lengths.
        distinct: Distinct values among them.
        forms: Cells that each type fits.
        texts: Cells with identifiers of each type inside longer text.
        sample: Cells of text that the tagger has read for names of persons.
        births: Cells by month of birth, for each type that tells one.
        example: Hash and shape of one value.
    """

    name: str
    kind: Kind
    as_of: date
    rows: int
    cells: int
    characters: int
    distinct: float
    forms: Mapping[str, FormCount]
    texts: Mapping[str, int]
    sample: TextSample
    births: Mapping[str, Mapping[int, int]]
    example: tuple[int, str] | None


@dataclass(frozen=True, slots=True)
class _Candidate:
    recogniser: Recogniser
    header: float
    count: FormCount
    odds: float


def judge(figures: list[ColumnFigures], example_key: bytes, sensitive_in: SensitiveIn) -> list[ColumnVerdict]:
    """Return the verdicts on the columns of one table, in their order.

    Args:
        figures: Of its columns.
        example_key: Secret under which examples are hashed.
        sensitive_in: Jurisdictions whose law lists a category as sensitive or special.
    """
    alone = [_judge_column(item, example_key) for item in figures]
    beside = _beside(alone)
    verdicts = [
        _judge_column(item, example_key, beside) if beside and found.verdict is not Verdict.CONFIRMED else found
        for item, found in zip(figures, alone, strict=True)
    ]
    rest = Category.OTHER_PERSONAL if is_person_table(verdicts) else Category.NOT_PERSONAL
    settled = [item if rest is Category.OTHER_PERSONAL else _without_persons(item) for item in verdicts]
    return [_complete(item, rest, sensitive_in) for item in settled]


def is_person_table(verdicts: list[ColumnVerdict]) -> bool:
    """Return whether rows are about persons: one identifies a person, or two columns describe one.

    A column without a type then describes a person too: information relating to an identified or identifiable person.
    Source: PIPL article 4; Regulation (EU) 2016/679, article 4(1).
    """
    found = [item for item in verdicts if item.verdict in (Verdict.CONFIRMED, Verdict.SUSPECTED)]
    personal = [item for item in found if item.category not in IMPERSONAL and item.type not in _OF_NOBODY]
    identified = any(item.role is ColumnRole.DIRECT_IDENTIFIER for item in verdicts)
    return identified or len(personal) >= _TYPES_OF_PERSONS


def _beside(verdicts: list[ColumnVerdict]) -> float:
    """Return the log odds that confirmed columns of persons add to headers of many meanings: a name, an id, a state."""
    confirmed = [item for item in verdicts if item.verdict is Verdict.CONFIRMED]
    return _BESIDE_PERSONS if is_person_table(confirmed) else 0.0


def _without_persons(verdict: ColumnVerdict) -> ColumnVerdict:
    """Return the verdict on a column of a table that is not about persons: a city alone is nobody's city."""
    if verdict.type not in CONTEXTUAL or verdict.verdict not in (Verdict.CONFIRMED, Verdict.SUSPECTED):
        return verdict
    return replace(
        verdict, verdict=Verdict.SUSPECTED, category=Category.NOT_PERSONAL, role=_role_beside_nobody(verdict)
    )


def _role_beside_nobody(verdict: ColumnVerdict) -> ColumnRole:
    return verdict.role if verdict.role is ColumnRole.DIRECT_IDENTIFIER else ColumnRole.ORDINARY


def _judge_column(figures: ColumnFigures, example_key: bytes, beside: float = 0.0) -> ColumnVerdict:
    candidates = [
        _weigh(figures, item, beside)
        for item in CATALOGUE.values()
        if item.type in figures.forms or _named(figures, item)
    ]
    candidates = candidates or [_weigh(figures, CATALOGUE[FREE_TEXT], beside)]
    candidates = _with_rivals(candidates, figures.name)
    best = max(candidates, key=lambda item: item.odds)
    verdict = _verdict_of(best.odds)
    if verdict is Verdict.NONE:
        named = max(candidates, key=lambda item: (item.header, item.odds))
        if named.header > 0 and figures.cells:
            best, verdict = named, Verdict.REFUTED
    is_found = verdict in (Verdict.CONFIRMED, Verdict.SUSPECTED)
    hits = _text_hits(figures, best.recogniser.type if is_found else "")
    role = best.recogniser.role if is_found else ColumnRole.ORDINARY
    own = best.recogniser.type if is_found else ""
    if (hits and _gives_away(hits, figures, own)) or (own == FREE_TEXT and _names_persons(figures.sample)):
        role = ColumnRole.DIRECT_IDENTIFIER
    return ColumnVerdict(
        name=figures.name,
        type="" if verdict is Verdict.NONE else best.recogniser.type,
        category=best.recogniser.category if is_found else Category.NOT_PERSONAL,
        role=role,
        verdict=verdict,
        probability=round(probability_of(best.odds), 4) if figures.cells or best.header else 0.0,
        grade="",
        sensitive_in=(),
        evidence=_evidence(figures, best, is_named=verdict is not Verdict.NONE) | _text_evidence(figures, own),
        example=_example(figures, example_key),
        text_hits=hits,
    )


def _with_rivals(candidates: list[_Candidate], name: str) -> list[_Candidate]:
    """Return the candidates, less likely where the header speaks of something else and a dictionary is all they have.

    Austin, Charlotte and Madison under `city` are cities, and no names of persons.
    """
    named = max(item.header for item in candidates)
    others = {type_ for type_, is_of in _OF_OTHERS.items() if is_of(name)}
    candidates = [
        replace(item, odds=item.odds - _OTHERS) if item.recogniser.type in others and item.header <= DENIED else item
        for item in candidates
    ]
    return [
        replace(item, odds=item.odds - _RIVAL)
        if item.recogniser.check is not None
        and item.recogniser.check_veto > -_RIVAL
        and item.header <= DENIED
        and (named >= HINT or is_denied(name, item.recogniser.not_headers))
        else item
        for item in candidates
    ]


def _gives_away(hits: Mapping[str, int], figures: ColumnFigures, type_: str) -> bool:
    """Return whether identifiers inside cells make a column identify persons.

    In free text any does. In a column of something else they may be chance or a slip, up to one cell in a hundred.
    """
    telling = max((cells for found, cells in hits.items() if found in IDENTIFYING), default=0)
    if not telling or (type_ and type_ != FREE_TEXT):
        return False
    return type_ == FREE_TEXT or telling >= _SHARE_OF_HITS * figures.cells


def _names_persons(sample: TextSample) -> bool:
    """Return whether free text names persons: in more of its cells than the tagger errs in."""
    return sample.naming > max(1, _SHARE_OF_ERRORS * sample.read)


def _text_evidence(figures: ColumnFigures, own: str) -> dict[str, float]:
    """Return the share of rows with text, of text that was read, and of what was read that names a person."""
    sample = figures.sample
    if not sample.read or own in IDENTIFYING:
        return {}
    shares = {"text": sample.cells / figures.rows, "text_read": sample.read / sample.cells}
    return {name: round(share, 12) for name, share in (shares | {"text_names": sample.naming / sample.read}).items()}


def _named(figures: ColumnFigures, recogniser: Recogniser) -> bool:
    """Return whether a header asks for a type: any score where the source may hold it so, a good one elsewhere."""
    least = DENIED if figures.kind in recogniser.kinds else INNER
    return named_types(figures.name).get(recogniser.type, 0.0) >= least


def _weigh(figures: ColumnFigures, recogniser: Recogniser, beside: float) -> _Candidate:
    header = named_types(figures.name).get(recogniser.type, 0.0)
    beside = beside if DENIED < header <= HINT else 0.0
    births = figures.births.get(recogniser.type, {})
    count = _without_unborn(figures.forms.get(recogniser.type, FormCount()), births, figures.as_of)
    column = ColumnStatistics(
        cells=figures.cells,
        distinct=figures.distinct,
        mean_length=figures.characters / figures.cells if figures.cells else 0.0,
        as_of=figures.as_of,
        births=births,
    )
    odds = log_odds(recogniser, count, column, figures.kind, header, beside)
    inner = figures.texts.get(recogniser.type, 0) if recogniser.type in _INNER else 0
    if inner and column.mean_length <= _SHORT_TEXT:
        wider = _with_inner(count, inner, figures.cells)
        lifted = log_odds(recogniser, wider, column, figures.kind, header, beside)
        lifted = lifted if header >= TAIL else min(lifted, _LEAST_INNER)
        if lifted > odds:
            return _Candidate(recogniser, header, wider, lifted)
    return _Candidate(recogniser, header, count, odds)


def _with_inner(count: FormCount, inner: int, cells: int) -> FormCount:
    """Return the count of cells with those that hold an identifier beside other words; no cell counts twice."""
    strong = min(cells, count.strong + inner)
    return FormCount(max(count.form, strong), strong, min(cells, max(count.passed, strong)))


def _without_unborn(count: FormCount, births: Mapping[int, int], as_of: date) -> FormCount:
    """Take off the cells born after the day of the scan; by month, a day later in its month is let pass."""
    month = as_of.year * 12 + as_of.month - 1
    unborn = sum(cells for born, cells in births.items() if born > month)
    return replace(count, passed=max(0, count.passed - unborn))


def _verdict_of(odds: float) -> Verdict:
    if odds >= _CONFIRMED:
        return Verdict.CONFIRMED
    return Verdict.SUSPECTED if odds >= _SUSPECTED else Verdict.NONE


def _evidence(figures: ColumnFigures, best: _Candidate, *, is_named: bool) -> dict[str, float]:
    distinct = min(1.0, figures.distinct / figures.cells) if figures.cells else 0.0
    if not is_named:
        return {"distinct": round(distinct, 6)}
    recogniser, count = best.recogniser, best.count
    evidence = {"format": count.form / figures.cells if figures.cells else 0.0}
    if recogniser.check is not None:
        evidence["check"] = count.passed / count.form if count.form else 0.0
        evidence["chance"] = recogniser.check_chance
    else:
        evidence["chance"] = recogniser.strong_chance if count.strong else recogniser.chance
    filled = figures.cells / figures.rows if figures.rows else 0.0
    evidence |= {"distinct": distinct, "filled": filled, "header": best.header}
    return {name: round(value, 6) for name, value in evidence.items()}


def _example(figures: ColumnFigures, key: bytes) -> str:
    return "" if figures.example is None else render_example(figures.example[1], figures.example[0], figures.name, key)


def _text_hits(figures: ColumnFigures, own: str) -> dict[str, int] | None:
    """Return cells with identifiers of other types than the column's own, inside text or as the whole cell."""
    hits = {type_: count for type_, count in figures.texts.items() if type_ != own}
    numeric = figures.kind in (Kind.INTEGER, Kind.DECIMAL)
    for type_ in () if numeric else sorted(IDENTIFYING - {own, "person-name"}):
        recogniser, count = CATALOGUE[type_], figures.forms.get(type_, FormCount())
        cells = min(count.passed, count.strong) if recogniser.strong else count.passed
        if cells and not recogniser.needs_header and is_beyond_chance(recogniser, count, figures.cells):
            hits[type_] = hits.get(type_, 0) + cells
    return dict(sorted(hits.items())) or None


def _complete(verdict: ColumnVerdict, rest: Category, sensitive_in: SensitiveIn) -> ColumnVerdict:
    is_found = verdict.verdict in (Verdict.CONFIRMED, Verdict.SUSPECTED)
    category = verdict.category if is_found else rest
    return replace(verdict, category=category, grade=grade_of(category), sensitive_in=sensitive_in(category))
