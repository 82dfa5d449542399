"""Flows of any kind: every fact of the closed list known or not, columns of any category, papers of any day."""

from datetime import date, timedelta
from functools import cache
from types import MappingProxyType

from hypothesis import strategies as st

from lockgate.decide.duties import MECHANISMS
from lockgate.laws.catalogue import load_laws
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole, Treatment
from lockgate.terms.duty import DUTIES
from lockgate.terms.fact import FACTS, FactTerm, FactType
from lockgate.terms.facts import ColumnFacts, Facts, FactValue, Safeguard

FIRST_DAY, LAST_DAY = date(2016, 1, 1), date(2028, 12, 31)
PAPERS = sorted({*DUTIES, *(paper for papers in MECHANISMS.values() for paper in papers)})
PLACES = ("CN", "KR", "DE", "EU", "US", "HK", "SG", "BR", "RU", "JP")
"""Those whose law is coded, those that a law names, and one of which nothing is said."""

PARTIES = ("holder", "recipient")


@cache
def counts_of_law() -> tuple[int, ...]:
    """The numbers of the law with their neighbours: where a count decides."""
    numbers = {
        number.value
        for instrument in load_laws().instruments
        for article in instrument.articles
        for version in article.versions
        for number in version.numbers.values()
    }
    return tuple(sorted({0, 1, *(near for number in numbers for near in (number - 1, number, number + 1) if near > 0)}))


@cache
def days_of_law() -> tuple[date, ...]:
    """The days on which the law changes, with the days before."""
    first = {version.in_force for one in load_laws().instruments for item in one.articles for version in item.versions}
    near = {day - timedelta(days=ago) for day in first for ago in (0, 1)}
    return tuple(sorted(day for day in near if FIRST_DAY <= day <= LAST_DAY))


def days() -> st.SearchStrategy[date]:
    recent = st.dates(date(2025, 1, 1), LAST_DAY)
    return st.one_of(recent, recent, st.sampled_from(days_of_law()), st.dates(FIRST_DAY, LAST_DAY))


def value_of(term: FactTerm) -> st.SearchStrategy[FactValue]:
    places, options = st.sampled_from(PLACES), st.sampled_from(sorted(set(term.options)) or ("",))
    return {
        FactType.FLAG: st.booleans(),
        FactType.TRISTATE: st.booleans(),
        FactType.CHOICE: options,
        FactType.CHOICES: st.lists(options, unique=True, max_size=3).map(tuple),
        FactType.PLACE: places,
        FactType.PLACES: st.lists(places, unique=True, max_size=2).map(tuple),
        FactType.COUNT: st.sampled_from(counts_of_law()),
        FactType.TEXT: st.sampled_from(("", "a reference")),
    }[term.type]


QUIET: dict[str, FactValue] = {
    "data.subjects_in": ("CN",),
    "data.persons_per_row": 1,
    "data.persons": 500,
    "data.sensitive_persons": 0,
    "data.min_age": 20,
    "data.employees": False,
    "data.provenance": "collected",
    "data.source_lawful": True,
    "data.collected_in": "CN",
    "data.publicly_disclosed": False,
    "data.refused": False,
    "data.important": False,
    "data.core": False,
    "holder.in": "CN",
    "holder.roles": (),
    "holder.persons_held": 500,
    "holder.exported_this_year.ordinary": 0,
    "holder.exported_this_year.sensitive": 0,
    "recipient.in": "CN",
    "recipient.as": "independent-controller",
    "recipient.roles": (),
    "recipient.restricted": False,
    "purpose.use": "service-provision",
    "purpose.collected_for": "service-provision",
    "purpose.major_impact": False,
    "purpose.edits_persons": False,
    "purpose.transaction": "none",
    "basis.ground": "consent",
    "basis.special_ground": "explicit-consent",
    **{f"basis.consent.{quality}": True for quality in ("informed", "voluntary", "explicit", "separate", "written")},
    **{f"basis.consent.{quality}": True for quality in ("guardian", "risk_explained")},
    "basis.consent.withdrawn": False,
    "means.by": "copy",
    "means.raw_leaves_holder": True,
}
"""Facts on which hardly an article forbids anything: with a few of them changed, flows of every outcome are found."""


@st.composite
def values(draw: st.DrawFn) -> dict[str, FactValue]:
    """Known facts: quiet ones with some changed or taken back; or any, of which all, most, or few are known."""
    known: dict[str, FactValue] = {}
    if draw(st.integers(0, 3)):
        known |= QUIET
        place = draw(st.sampled_from(PLACES))
        known |= {"data.subjects_in": (place,), "data.collected_in": place, "holder.in": place, "recipient.in": place}
        changed = draw(st.lists(st.sampled_from(sorted(FACTS)), unique=True, max_size=5))
        known |= {name: draw(value_of(FACTS[name])) for name in changed}
        for name in draw(st.lists(st.sampled_from(sorted(FACTS)), unique=True, max_size=3)):
            known.pop(name, None)
    else:
        unknown_in_ten = draw(st.sampled_from((0, 1, 3, 8)))
        for name, term in FACTS.items():
            if draw(st.integers(0, 9)) >= unknown_in_ten:
                known[name] = draw(value_of(term))
    persons, sensitive = known.get("data.persons"), known.get("data.sensitive_persons")
    held = known.get("holder.persons_held")
    if isinstance(persons, int) and isinstance(sensitive, int):
        known["data.sensitive_persons"] = min(persons, sensitive)
    if isinstance(persons, int) and isinstance(held, int):
        known["holder.persons_held"] = max(persons, held)
    if known.get("data.core") is True:
        known["data.important"] = True
    return known


@st.composite
def columns(draw: st.DrawFn, day: date) -> tuple[ColumnFacts, ...]:
    """Columns of any category; sensitive where the law of the day says so."""
    found = []
    necessary = draw(st.sampled_from((True, True, None, False)))
    for number in range(draw(st.integers(0, 5))):
        category = draw(st.sampled_from(Category))
        found.append(
            ColumnFacts(
                name=f"column {number}",
                category=category,
                role=draw(st.sampled_from(ColumnRole)),
                type=draw(st.sampled_from(("", "cn-resident-id", "email"))),
                necessary=draw(st.sampled_from((True, necessary))),
                treatment=draw(st.sampled_from((Treatment.NONE, Treatment.NONE, *Treatment))),
                sensitive_in=load_laws().sensitive_in(category, day),
            )
        )
    return tuple(found)


def papers(day: date) -> st.SearchStrategy[Safeguard]:
    """What can be said of one: not done, done in time, long ago, or after the day."""
    when = st.sampled_from([day - timedelta(days=ago) for ago in (1, 0, -1, 365, 1500)])
    what = st.sampled_from(("on", "signed", "filed", "issued", "passed"))
    done = st.dictionaries(what, when, min_size=1, max_size=2).map(lambda item: Safeguard(MappingProxyType(item)))
    return st.one_of(done, done, done, st.just(Safeguard(denied=True)))


@st.composite
def safeguards(draw: st.DrawFn, day: date) -> dict[str, Safeguard]:
    """All papers there, or some."""
    in_place = Safeguard(MappingProxyType({"on": day - timedelta(days=30)}))
    said = dict.fromkeys(PAPERS, in_place) if draw(st.booleans()) else {}
    return said | draw(st.dictionaries(st.sampled_from(PAPERS), papers(day), max_size=4))


@st.composite
def flows(draw: st.DrawFn) -> Facts:
    """Facts of any flow."""
    day = draw(days())
    known = draw(values())
    unknown = {}
    for party in PARTIES:
        roles = known.get(f"{party}.roles")
        if isinstance(roles, tuple) and draw(st.integers(0, 3)) == 0:
            options = [role for role in FACTS[f"{party}.roles"].options if role not in roles]
            unknown[party] = tuple(draw(st.lists(st.sampled_from(options), unique=True, min_size=1, max_size=2)))
    return Facts(
        as_of=day,
        values=MappingProxyType(known),
        columns=draw(columns(day)),
        safeguards=MappingProxyType(draw(safeguards(day))),
        roles_unknown=MappingProxyType(unknown),
        k=draw(st.sampled_from((0, 0, 0, 5, 25))),
    )
