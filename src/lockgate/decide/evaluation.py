"""The articles of one day read over facts that may be unknown: what each says for each answer.

An instrument's scope is asked for its article of the widest scope first; if that does not reach the flow, no other is
read. What an article says outside its time or its instrument's scope is made once for a day.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from types import MappingProxyType

from lockgate.laws.body import Laws
from lockgate.laws.flow import Flow, Fork
from lockgate.laws.instrument import Article, Here, Instrument, Reading, Version
from lockgate.laws.possible import Possible
from lockgate.terms.facts import Facts
from lockgate.terms.finding import CannotTell, DoesNotApply, Finding, Forbids

_NOTHING_HELPS: frozenset[str] = frozenset()
_NOTHING_ASSUMED: Mapping[str, Possible] = MappingProxyType({})
_OUTSIDE = "outside the scope of the instrument"


@dataclass(frozen=True, slots=True)
class Branch:
    """What an article says under assumptions about unknown facts.

    Attributes:
        assumed: What each unknown fact it asked for is taken to be, by key.
        finding: What it then says.
    """

    assumed: Mapping[str, Possible]
    finding: Finding


@dataclass(frozen=True, slots=True, eq=False)
class ArticleReading:
    """What one article says of a flow, whatever the unknown facts may be.

    Attributes:
        instrument: Such as `cn/pipl`.
        article: Such as `39`.
        citation: Instrument and article as other findings cite them.
        version: The version read; the one in force on the day, else the nearest.
        branches: One if every answer leads to the same finding.
        helpful: Unknown facts that it took for no because they could only free the flow.
        is_certain: Whether it says the same whatever the unknown facts may be.
        is_silent: Whether it does not apply, whatever the unknown facts may be.
    """

    instrument: str
    article: str
    citation: str
    version: Version
    branches: tuple[Branch, ...]
    helpful: frozenset[str]
    is_certain: bool
    is_silent: bool


@dataclass(frozen=True, slots=True, eq=False)
class _ArticleOfDay:
    """A coded article on one day.

    Attributes:
        silent: What it says outside its time or the scope of its instrument.
        reading: How it is read; None if it is not in force.
        here: What the reading is given.
    """

    silent: ArticleReading
    reading: Reading | None
    here: Here


@dataclass(frozen=True, slots=True, eq=False)
class _InstrumentOfDay:
    """The coded articles of an instrument on one day.

    Attributes:
        instrument: Of which they are.
        articles: In article order.
        silent: What they say of a flow outside the scope.
        scope: What the reading of the scope is given; None if no article is in force.
    """

    instrument: Instrument
    articles: tuple[_ArticleOfDay, ...]
    silent: tuple[ArticleReading, ...]
    scope: Here | None


def read_laws(facts: Facts, laws: Laws) -> tuple[ArticleReading, ...]:
    """Return what every coded article says of a flow for every answer to the questions it asks, in their order."""
    readings: list[ArticleReading] = []
    for day in _law_of(laws, facts.as_of):
        readings += _read(day, facts)
    return tuple(readings)


def read_laws_unless_barred(facts: Facts, laws: Laws) -> tuple[ArticleReading, ...] | None:
    """Return what `read_laws` returns, or None once an article bars the flow for some answer and no other may lift it.

    For the search for routes, which keeps only what no article can stand against.
    """
    readings: list[ArticleReading] = []
    liftable = _liftable(laws)
    for day in _law_of(laws, facts.as_of):
        found = _read(day, facts)
        if any(not reading.is_silent and _bars(reading) and reading.citation not in liftable for reading in found):
            return None
        readings += found
    return tuple(readings)


def _bars(reading: ArticleReading) -> bool:
    return any(isinstance(branch.finding, (Forbids, CannotTell)) for branch in reading.branches)


@lru_cache(maxsize=64)
def _liftable(laws: Laws) -> frozenset[str]:
    """Return the citations of the articles that another may lift."""
    articles = (article for instrument in laws.instruments for article in instrument.articles)
    return frozenset(citation for article in articles for citation in article.may_lift)


def read_article(instrument: Instrument, article: Article, facts: Facts) -> ArticleReading | None:
    """Return what a coded article says of a flow for every answer to the questions it asks; None if it is not coded."""
    if article.reading is None:
        return None
    today = _article_of(instrument, article, facts.as_of)
    return today.silent if today.reading is None else _evaluate(instrument, today, facts)


@lru_cache(maxsize=64)
def _law_of(laws: Laws, day: date) -> tuple[_InstrumentOfDay, ...]:
    found = []
    for instrument in laws.instruments:
        articles = tuple(_article_of(instrument, item, day) for item in instrument.articles if item.reading)
        in_force = [item.here for item in articles if item.reading]
        scope = next((here for here in in_force if here.article == instrument.widest), next(iter(in_force), None))
        found.append(_InstrumentOfDay(instrument, articles, tuple(item.silent for item in articles), scope))
    return tuple(found)


def _article_of(instrument: Instrument, article: Article, day: date) -> _ArticleOfDay:
    version = article.version_on(day)
    nearest = version or (article.versions[0] if day < article.versions[0].in_force else article.versions[-1])
    reason = _OUTSIDE if version else f"not in force on {day.isoformat()}"
    citation = f"{instrument.id} {article.number}"
    branches = (Branch({}, DoesNotApply(reason)),)
    silent = ArticleReading(
        instrument.id,
        article.number,
        citation,
        nearest,
        branches,
        _NOTHING_HELPS,
        is_certain=True,
        is_silent=True,
    )
    return _ArticleOfDay(silent, article.reading if version else None, instrument.here(article, nearest, day))


def _read(day: _InstrumentOfDay, facts: Facts) -> Sequence[ArticleReading]:
    if day.scope is None:
        return day.silent
    flow = Flow(facts, {})
    try:
        is_reached = day.instrument.reaches(flow, day.scope)
    except Fork:  # the scope hangs on something unknown
        is_reached = True
    if is_reached:
        return [
            item.silent if item.reading is None else _evaluate(day.instrument, item, facts) for item in day.articles
        ]
    return _silent_but(day, frozenset(flow.helpful)) if flow.helpful else day.silent


@lru_cache(maxsize=1024)
def _silent_but(day: _InstrumentOfDay, helpful: frozenset[str]) -> tuple[ArticleReading, ...]:
    """Return what the articles say of a flow outside the scope that some unknown facts would surely keep outside."""
    return tuple(replace(silent, helpful=helpful) for silent in day.silent)


def _evaluate(instrument: Instrument, item: _ArticleOfDay, facts: Facts) -> ArticleReading:
    """Return what an article in force says."""
    flow = Flow(facts, _NOTHING_ASSUMED)
    try:
        finding = _finding(instrument, item, flow)
    except Fork as fork:
        return _evaluate_both(instrument, item, facts, fork)
    if finding is None:
        if not flow.helpful:
            return item.silent
        finding = item.here.does_not_apply(_OUTSIDE)
    return _reading(item, (Branch(_NOTHING_ASSUMED, finding),), flow.helpful)


def _evaluate_both(instrument: Instrument, item: _ArticleOfDay, facts: Facts, fork: Fork) -> ArticleReading:
    """Return what an article says that asks for something unknown."""
    branches, helpful = [], set[str]()
    open_assumptions: list[dict[str, Possible]] = [{fork.key: fork.no}, {fork.key: fork.yes}]
    while open_assumptions:
        assumed = open_assumptions.pop()
        flow = Flow(facts, assumed)
        try:
            finding = _finding(instrument, item, flow) or item.here.does_not_apply(_OUTSIDE)
        except Fork as more:
            open_assumptions += [{**assumed, more.key: more.no}, {**assumed, more.key: more.yes}]
            continue
        branches.append(Branch(assumed, finding))
        helpful |= flow.helpful
    return _reading(item, tuple(_merged(branches)), helpful)


def _finding(instrument: Instrument, item: _ArticleOfDay, flow: Flow) -> Finding | None:
    """Return what an article in force finds; None outside the scope of its instrument."""
    assert item.reading is not None, "asked only of an article in force"
    return item.reading(flow, item.here) if instrument.reaches(flow, item.here) else None


def _reading(item: _ArticleOfDay, branches: tuple[Branch, ...], helpful: set[str]) -> ArticleReading:
    silent, is_certain = item.silent, len(branches) == 1
    return ArticleReading(
        silent.instrument,
        silent.article,
        silent.citation,
        silent.version,
        branches,
        frozenset(helpful) if helpful else _NOTHING_HELPS,
        is_certain=is_certain,
        is_silent=is_certain and isinstance(branches[0].finding, DoesNotApply),
    )


def _merged(branches: list[Branch]) -> list[Branch]:
    """Where every answer leads to the same consequence, the questions did not matter; the first reason is given."""
    if len({replace(branch.finding, reason="") for branch in branches}) == 1:
        return [Branch({}, branches[0].finding)]
    return branches
