"""Routes: the flow after some measures, decided again under the same law.

Numbered steps, tagged in `find_routes`:

 1. List what could be done, by kind: arrange it otherwise with the recipient, leave out what is not necessary or stands
    in the way, treat identifiers, make classes or counts, send fewer persons.
 2. Combine, change the facts as the measures would (`terms.measure`), and decide again.
 3. Where nothing was found, leave out one or two kinds of data: a law may take offence at any.
 4. Keep what is permitted or conditional, and of that only what no other route beats in papers, days, loss and
    arrangements at once.

A route is never assumed lawful: each was decided. Whether its measures reach their figures on the data is for
`verify` to say when the route is taken.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from math import ceil

from lockgate.decide.decision import weigh_lawful
from lockgate.laws.body import Laws
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole, Treatment
from lockgate.terms.decision import Outcome, Route
from lockgate.terms.duty import DUTIES
from lockgate.terms.facts import ColumnFacts, Facts, facts_as_json
from lockgate.terms.lists import OWN_USES
from lockgate.terms.measure import ARRANGEMENTS, Measure, MeasureKind, change_facts

Steps = tuple[Measure, ...]


@dataclass(frozen=True, slots=True)
class Abilities:
    """What can really be done to a copy.

    Attributes:
        kinds: Measures that can be carried out.
        k: Persons that must share a released combination; 0 takes the class size of GB/T 42460 for the way of sharing.
        group_by: Columns to count persons by, those of few values; empty lets the quasi-identifiers serve.
    """

    kinds: frozenset[MeasureKind]
    k: int = 0
    group_by: tuple[str, ...] = ()


_LOSS_OF_A_COLUMN = {
    MeasureKind.DROP: 1.0,
    MeasureKind.PSEUDONYMISE: 0.1,
    MeasureKind.REDACT: 0.2,
    MeasureKind.GENERALISE: 0.3,
    MeasureKind.K_ANONYMISE: 0.4,
}
"""Share of a column's information that a measure takes away, before the data are seen; a guide for ordering only."""

_LOSS_OF_COUNTS = 0.8
"""Share of a table's information that counts instead of rows take away; likewise."""


def find_routes(facts: Facts, laws: Laws, abilities: Abilities) -> tuple[Route, ...]:
    """Return the lawful ways through, those with the least paperwork first.

    Args:
        facts: The facts of the flow as it stands.
        laws: The coded instruments.
        abilities: What can really be done to the copy.
    """
    found = _lawful(_combinations(facts, laws, abilities), facts, laws)  # 1, 2
    if not found and MeasureKind.DROP in abilities.kinds:
        found = _lawful(_without_kinds(facts), facts, laws)  # 3
    return tuple(  # 4
        sorted(
            _unbeaten(list(found.values())),
            key=lambda route: (_arranged(route), route.paperwork, route.loses, route.days, route.id),
        )
    )


def _lawful(combined: Iterable[Steps], facts: Facts, laws: Laws) -> dict[Steps, Route]:
    """Return the steps that leave a lawful flow, as routes."""
    found: dict[Steps, Route] = {}
    for steps in combined:
        changed = facts
        for step in steps:
            changed = change_facts(changed, step)
        if steps in found or not changed.columns:
            continue
        lawful = weigh_lawful(changed, laws)
        if lawful:
            found[steps] = _route(facts, steps, *lawful)
    return found


def route_id(facts: Facts, steps: Steps) -> str:
    """Return the stable id of a route: eight hexadecimal digits over the facts and the steps."""
    content = json.dumps([facts_as_json(facts), [step.as_json() for step in steps]], sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()[:8]


def _route(facts: Facts, steps: Steps, outcome: Outcome, duties: tuple[str, ...]) -> Route:
    return Route(
        id=route_id(facts, steps),
        steps=steps,
        outcome=outcome,
        duties=duties,
        paperwork=len(duties),
        days=max((DUTIES[duty].days for duty in duties), default=0),
        loses=ceil(_loss(facts, steps) * 1000) / 1000,  # rounded up: what takes something away never loses nothing
    )


def _combinations(facts: Facts, laws: Laws, abilities: Abilities) -> Iterator[Steps]:
    """Yield combinations of what can be done, the mildest first; a combination keeps the order of a protection."""
    unnecessary = {column.name for column in facts.columns if column.necessary is False}
    removals = _removals(facts, unnecessary)
    classes_of = ("",) if facts.k else ("", "k", "counts")  # the holder makes classes already
    for arranged, removed, identifiers, classes, fewer in product(
        _arrangements(facts), removals, (False, True), classes_of, (None, *_smaller_numbers(facts, laws))
    ):
        if classes and not identifiers:
            continue  # classes of rows that still name the person protect nobody
        if arranged and (classes or fewer):
            continue  # what is arranged so that the rows can go needs no loss of rows
        steps = tuple(_steps(facts, removed, abilities, laws, (identifiers, classes, fewer)))
        if all(step.kind in abilities.kinds for step in steps):
            yield (*(Measure(kind) for kind in arranged), *steps)


def _without_kinds(facts: Facts) -> Iterator[Steps]:
    """Yield the ways to leave out one category of columns of single persons, or two, of the first few."""
    kinds = list(dict.fromkeys(column.category for column in facts.columns if column.is_personal))[:_KINDS_TRIED]
    for left_out in (*combinations(kinds, 1), *combinations(kinds, 2)):
        names = tuple(column.name for column in facts.columns if column.category in left_out)
        yield (Measure(MeasureKind.DROP, names),)


_KINDS_TRIED = 8
"""More would try hundreds of pairs for a flow that is refused for what nobody's columns can mend."""


def _arrangements(facts: Facts) -> list[tuple[MeasureKind, ...]]:
    """Ways to arrange it with the recipient, the flow as it stands first; none with a demand, the public or nobody."""
    values = facts.values
    if values.get("recipient.as") not in ("independent-controller", "joint-controller", "entrusted-party"):
        return [()]
    single: list[MeasureKind] = []
    if values["recipient.as"] != "entrusted-party" and values.get("purpose.use") in OWN_USES:
        single.append(MeasureKind.ENTRUST)
    if (
        None not in (values.get("holder.in"), values.get("recipient.in"))
        and values["holder.in"] != values["recipient.in"]
    ):
        single.append(MeasureKind.KEEP_IN_COUNTRY)
    return [(), *((kind,) for kind in single), *([tuple(single)] if len(single) > 1 else [])]


def _removals(facts: Facts, unnecessary: set[str]) -> list[frozenset[str]]:
    """What could be left out: what is not necessary, with or without what the law protects most."""
    identifiers = {column.name for column in facts.columns if column.role is ColumnRole.DIRECT_IDENTIFIER}
    national = {column.name for column in facts.columns if column.category is Category.NATIONAL_IDENTIFIER}
    sensitive = {column.name for column in facts.columns if column.sensitive_in}
    text = {column.name for column in facts.columns if column.category is Category.FREE_TEXT}
    options = (set[str](), national, sensitive, national | sensitive, sensitive | text, sensitive | identifiers | text)
    return list(dict.fromkeys(frozenset(unnecessary | option) for option in options))


def _smaller_numbers(facts: Facts, laws: Laws) -> list[int]:
    """Numbers of persons just below a number of the law that counts persons, after what was sent before."""
    persons, earlier = facts.values.get("data.persons"), facts.values.get("holder.exported_this_year.ordinary")
    if not isinstance(persons, int) or not isinstance(earlier, int):
        return []
    versions = (article.version_on(facts.as_of) for instrument in laws.instruments for article in instrument.articles)
    limits = {
        number.least - 1 - earlier
        for version in versions
        if version
        for number in version.numbers.values()
        if number.unit == "persons"
    }
    return sorted((limit for limit in limits if 0 < limit < persons), reverse=True)[:2]


def _steps(
    facts: Facts, removed: frozenset[str], abilities: Abilities, laws: Laws, choice: tuple[bool, str, int | None]
) -> Iterable[Measure]:
    identifiers, classes, fewer = choice
    kept = [column for column in facts.columns if column.name not in removed]
    if fewer is not None:
        yield Measure(MeasureKind.FEWER_PERSONS, amount=fewer)
    if removed:
        yield Measure(MeasureKind.DROP, tuple(column.name for column in facts.columns if column.name in removed))
    if classes == "counts":
        yield from _counts(kept, abilities, class_size(facts, laws, abilities))
        return
    if identifiers:
        yield from _treat_identifiers(kept)
    quasi = _names(kept, ColumnRole.QUASI_IDENTIFIER)
    if classes == "k" and quasi:
        yield Measure(MeasureKind.K_ANONYMISE, quasi, class_size(facts, laws, abilities))


def _counts(kept: Sequence[ColumnFacts], abilities: Abilities, k: int) -> Iterable[Measure]:
    names = {column.name for column in kept}
    groups = tuple(name for name in abilities.group_by if name in names) or _names(kept, ColumnRole.QUASI_IDENTIFIER)
    if groups:
        yield Measure(MeasureKind.AGGREGATE, groups, k)


def _treat_identifiers(kept: Sequence[ColumnFacts]) -> Iterable[Measure]:
    untreated = [column for column in kept if column.treatment is Treatment.NONE]
    text = tuple(column.name for column in untreated if column.category is Category.FREE_TEXT)
    direct = tuple(name for name in _names(untreated, ColumnRole.DIRECT_IDENTIFIER) if name not in text)
    if text:
        yield Measure(MeasureKind.REDACT, text)
    if direct:
        yield Measure(MeasureKind.PSEUDONYMISE, direct)


def class_size(facts: Facts, laws: Laws, abilities: Abilities) -> int:
    """Return how many persons must share a released combination: what was asked for, else what the standard advises."""
    if abilities.k:
        return abilities.k
    number = laws.number(f"class_size_{sharing_model(facts)}", facts.as_of)
    return number.least if number else _CLASS_SIZE_BEFORE_THE_STANDARD


def sharing_model(facts: Facts) -> str:
    """Return how a copy is shared, in the words of GB/T 42460: `public`, under an `agreement`, or in an `enclave`.

    An enclave is where the recipient works on data that do not leave the holder; where that is unknown, they leave.
    """
    values = facts.values
    if values.get("means.by") == "publication" or values.get("recipient.as") == "public":
        return "public"
    stays = values.get("means.raw_leaves_holder") is False and values.get("means.by") in _WORK_INSIDE
    return "enclave" if stays else "agreement"


_WORK_INSIDE = ("view", "query", "joint-computation", "federated-training")

_CLASS_SIZE_BEFORE_THE_STANDARD = 21
"""Before the standard there is no advice: the size for the public, the strictest, serves."""


def _names(columns: Iterable[ColumnFacts], role: ColumnRole) -> tuple[str, ...]:
    return tuple(column.name for column in columns if column.role is role)


def _loss(facts: Facts, steps: Steps) -> float:
    kept, persons = 1.0, facts.values.get("data.persons")
    for step in steps:
        if step.kind is MeasureKind.AGGREGATE:
            return max(_LOSS_OF_COUNTS, 1 - kept * (1 - _LOSS_OF_COUNTS))
        if step.kind is MeasureKind.FEWER_PERSONS and isinstance(persons, int) and persons:
            kept *= step.amount / persons
        else:
            kept -= kept * _LOSS_OF_A_COLUMN.get(step.kind, 0.0) * len(step.columns) / len(facts.columns)
    return 1 - kept


def _unbeaten(routes: Sequence[Route]) -> Iterator[Route]:
    """Yield the routes that no other beats: at most as many papers, days, loss and arrangements, and less of one."""
    costs = [(route.paperwork, route.days, route.loses, _arranged(route)) for route in routes]
    for route, mine in zip(routes, costs, strict=True):
        if not any(other != mine and all(a <= b for a, b in zip(other, mine, strict=True)) for other in costs):
            yield route


def _arranged(route: Route) -> int:
    return sum(step.kind in ARRANGEMENTS for step in route.steps)
