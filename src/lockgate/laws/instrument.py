"""Instruments: the articles of one law as dated data, parsed from TOML and joined with our reading of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from types import MappingProxyType

from lockgate.laws.flow import Flow
from lockgate.laws.threshold import Threshold
from lockgate.terms.category import Category
from lockgate.terms.duty import DUTIES
from lockgate.terms.errors import LawDataError
from lockgate.terms.finding import CannotTell, DoesNotApply, Finding, Forbids, Lifts, Requires


@dataclass(frozen=True, slots=True)
class Version:
    """One version of an article.

    Attributes:
        in_force: First day.
        until: Last day; None while it is in force.
        source: Where it was read.
        last_checked: Day on which it was last held against the source.
        confidence: `high`, `medium` or `low`.
        numbers: Numbers of the article by name.
        lists: Lists of the article by name, such as categories or places.
    """

    in_force: date
    until: date | None
    source: str
    last_checked: date
    confidence: str
    numbers: Mapping[str, Threshold]
    lists: Mapping[str, tuple[str, ...]]

    def holds_on(self, day: date) -> bool:
        """Whether the version is in force on a day; the first and the last day belong to it."""
        return self.in_force <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class Here:
    """The article that is being read: its version of the day, and the words in which it answers.

    Attributes:
        instrument: Such as `cn/pipl`.
        article: Such as `39`.
        version: The version in force.
        may_lift: Citations that this article may lift, as the data declare.
        territory: Places in which the instrument applies on the day.
        others: All articles of the instrument, of which definitions are read.
        day: The day whose versions are read.
    """

    instrument: str
    article: str
    version: Version
    may_lift: tuple[str, ...]
    territory: frozenset[str]
    others: tuple["Article", ...] = ()
    day: date = date.max

    def at(self, article: str) -> "Here":
        """Return another article of the instrument, whose numbers and lists define what this one speaks of."""
        for other in self.others:
            version = other.version_on(self.day) if other.number == article else None
            if version:
                return replace(self, article=article, version=version, may_lift=other.may_lift)
        raise LawDataError(f"{self.instrument} {self.article} reads article {article}, which is not in force")

    def number(self, name: str) -> Threshold:
        """Return a number of the article."""
        return self.version.numbers[name]

    def words(self, name: str) -> tuple[str, ...]:
        """Return a list of the article."""
        return self.version.lists[name]

    def categories(self, name: str) -> frozenset[Category]:
        """Return a list of the article as categories of data."""
        return frozenset(Category(word) for word in self.words(name))

    def does_not_apply(self, reason: str) -> Finding:
        """The article does not reach the flow."""
        return DoesNotApply(reason)

    def requires(self, *duties: str, reason: str) -> Finding:
        """The article lays duties on the flow; a duty that is not on the closed list breaks the law data."""
        return Requires(self._listed(duties), reason)

    def finds_met(self, *duties: str, reason: str) -> Finding:
        """The article lays duties on the flow and the facts themselves show them met."""
        return Requires(self._listed(duties), reason, met=duties)

    def cannot_tell(self, reason: str, *missing: str) -> Finding:
        """The article needs a judgement that the program does not make, or rules that are not coded.

        Args:
            reason: What hangs on it, one sentence.
            missing: Facts that would settle it, such as the papers of an authority that showed none.
        """
        return CannotTell(missing, reason)

    def forbids(self, reason: str) -> Finding:
        """The article stands against the flow."""
        return Forbids(reason)

    def lifts(self, *articles: str, reason: str) -> Finding:
        """The article frees the flow of what other articles ask; by default of all that its data declare."""
        chosen = articles or self.may_lift
        undeclared = [citation for citation in chosen if citation not in self.may_lift]
        if undeclared:
            raise LawDataError(
                f"{self.instrument} {self.article} lifts `{undeclared[0]}`, which its data do not declare"
            )
        return Lifts(chosen, reason)

    def _listed(self, duties: tuple[str, ...]) -> tuple[str, ...]:
        unknown = [duty for duty in duties if duty not in DUTIES]
        if unknown:
            raise LawDataError(f"{self.instrument} {self.article} names the unknown duty `{unknown[0]}`")
        return duties


Reading = Callable[[Flow, Here], Finding]
"""Our reading of an article."""


@dataclass(frozen=True, slots=True)
class Article:
    """One article of an instrument.

    Attributes:
        number: Such as `39`.
        title: What it is about.
        statement: What it says, one line in our words.
        versions: By commencement, the oldest first.
        why_not: Why it is not coded; empty for a coded article.
        may_lift: Citations of the articles that it may lift.
        reading: Our reading; None for an article that is not coded.
    """

    number: str
    title: str
    statement: str
    versions: tuple[Version, ...]
    why_not: str
    may_lift: tuple[str, ...]
    reading: Reading | None

    def version_on(self, day: date) -> Version | None:
        """Return the version in force on a day."""
        return next((version for version in self.versions if version.holds_on(day)), None)


@dataclass(frozen=True, slots=True)
class Territory:
    """Places in which an instrument applies during some time."""

    places: frozenset[str]
    in_force: date
    until: date | None


@dataclass(frozen=True, slots=True)
class Instrument:
    """One law.

    Attributes:
        id: Such as `cn/pipl`.
        title: In English.
        title_local: In the language of the law.
        jurisdiction: `CN`, `EU`, `KR`, `US` or `charter`.
        strength: `statute`, `regulation`, `rule`, `guidance`, `standard`, `draft` or `charter`.
        covers: Whether the instrument alone makes its jurisdiction covered: it is the general law of personal data.
        territories: Where it applies, by time.
        articles: In article order.
        reaches: Whether the instrument reaches a flow at all; asked before each of its articles.
        widest: Number of the article of the widest scope, such as one that says what is personal: where the instrument
            does not reach a flow with it, it does not with any other. By default the first coded one.
        governs: Which flows it covers although it is no general law; None where it covers none, or all.
    """

    id: str
    title: str
    title_local: str
    jurisdiction: str
    strength: str
    covers: bool
    territories: tuple[Territory, ...]
    articles: tuple[Article, ...]
    reaches: Callable[[Flow, Here], bool]
    widest: str = ""
    governs: Callable[[Flow, Here], bool] | None = None

    def territory_on(self, day: date) -> frozenset[str]:
        """Return the places in which the instrument applies on a day."""
        return frozenset().union(
            *(
                item.places
                for item in self.territories
                if item.in_force <= day and (item.until is None or day <= item.until)
            )
        )

    def here(self, article: Article, version: Version, day: date) -> Here:
        """Return what a reading of the article needs on a day."""
        return Here(
            self.id, article.number, version, article.may_lift, self.territory_on(day), others=self.articles, day=day
        )

    def covers_flow(self, flow: Flow) -> bool:
        """Whether the instrument, although no general law, alone says what the law of its places says of a flow."""
        if self.governs is None:
            return False
        versions = ((article, article.version_on(flow.as_of)) for article in self.articles if article.reading)
        in_force = next(((article, version) for article, version in versions if version), None)
        return in_force is not None and self.governs(flow, self.here(*in_force, flow.as_of))


def parse_instrument(
    data: Mapping[str, object],
    readings: Mapping[str, Reading],
    reaches: Callable[[Flow, Here], bool],
    governs: Callable[[Flow, Here], bool] | None = None,
) -> Instrument:
    """Return the instrument that a TOML document describes, joined with its readings.

    Args:
        data: The parsed document.
        readings: Readings by article number.
        reaches: Whether the instrument reaches a flow.
        governs: Which flows it covers although it is no general law.

    Raises:
        LawDataError: If a member is missing or of the wrong type, versions overlap, a coded article has no reading,
            or a reading has no coded article.
    """
    try:
        instrument = Instrument(
            id=_text(data["id"]),
            title=_text(data["title"]),
            title_local=_text(data["title_local"]),
            jurisdiction=_text(data["jurisdiction"]),
            strength=_text(data["strength"]),
            covers=data["covers"] is True,
            territories=tuple(_territory(item) for item in _tables(data["territory"])),
            articles=tuple(_article(item, readings, data) for item in _tables(data["article"])),
            reaches=reaches,
            widest=_text(data.get("widest", "")),
            governs=governs,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise LawDataError(f"instrument `{data.get('id')}`: {error}", "mend the law data") from error
    coded = {article.number for article in instrument.articles if article.reading}
    if coded != set(readings):
        odd = sorted(coded ^ set(readings))
        raise LawDataError(f"instrument `{instrument.id}`: articles and readings differ in {odd}", "mend the law data")
    return instrument


def _article(data: Mapping[str, object], readings: Mapping[str, Reading], shared: Mapping[str, object]) -> Article:
    number, coded = _text(data["number"]), data.get("coded") is True
    why_not = _text(data.get("why_not", ""))
    if coded == bool(why_not):
        raise ValueError(f"article {number} is either coded or says why not")
    versions = tuple(_version(item, shared) for item in _tables(data["version"]))
    for earlier, later in pairwise(versions):
        if earlier.until is None or later.in_force != earlier.until + timedelta(days=1):
            raise ValueError(f"versions of article {number} must follow day on day")
    return Article(
        number=number,
        title=_text(data["title"]),
        statement=_text(data["statement"]),
        versions=versions,
        why_not=why_not,
        may_lift=_words(data.get("lifts", [])),
        reading=readings[number] if coded else None,
    )


def _version(data: Mapping[str, object], shared: Mapping[str, object]) -> Version:
    """Return a version; numbers and lists of the whole instrument stand in each, its own go before them."""
    confidence = _text(data["confidence"])
    if confidence not in ("high", "medium", "low"):
        raise ValueError("confidence is high, medium or low")
    numbers = {**_table(shared.get("numbers", {})), **_table(data.get("numbers", {}))}
    lists = {**_table(shared.get("lists", {})), **_table(data.get("lists", {}))}
    return Version(
        in_force=_day(data["in_force"]),
        until=_day(data["until"]) if "until" in data else None,
        source=_text(data["source"]),
        last_checked=_day(data["last_checked"]),
        confidence=confidence,
        numbers=MappingProxyType({name: _threshold(item) for name, item in numbers.items()}),
        lists=MappingProxyType({name: _words(item) for name, item in lists.items()}),
    )


def _territory(data: Mapping[str, object]) -> Territory:
    until = _day(data["until"]) if "until" in data else None
    return Territory(frozenset(_words(data["places"])), _day(data["in_force"]), until)


def _threshold(data: object) -> Threshold:
    item = _table(data)
    value, boundary = item["value"], _text(item["boundary"])
    if isinstance(value, bool) or not isinstance(value, int) or boundary not in (">=", ">"):
        raise ValueError("a number has a whole value and the boundary `>=` or `>`")
    return Threshold(value, boundary, _text(item["unit"]))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("expected a text")
    return value


def _day(value: object) -> date:
    if not isinstance(value, date):
        raise TypeError("expected a date")
    return value


def _words(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError("expected a list of words")
    return tuple(_text(item) for item in value)


def _table(value: object) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise TypeError("expected a table")
    return value


def _tables(value: object) -> list[Mapping[str, object]]:
    if not isinstance(value, list):
        raise TypeError("expected an array of tables")
    return [_table(item) for item in value]
