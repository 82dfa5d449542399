"""A toy country with a handful of articles, so that the meaning of a decision is tested apart from any real law."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from lockgate.laws.body import Laws
from lockgate.laws.flow import EXPORTED_ORDINARY, Flow
from lockgate.laws.instrument import Here, parse_instrument
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole
from lockgate.terms.facts import ColumnFacts, Facts, FactValue, Safeguard
from lockgate.terms.finding import Finding

AS_OF = date(2026, 6, 1)

_NUMBERS = {"limit": {"value": 1000, "boundary": ">=", "unit": "persons"}}


def _article(number: str, **more: object) -> dict[str, object]:
    version = {
        "in_force": date(2026, 1, 1),
        "source": "invented",
        "last_checked": date(2026, 1, 1),
        "confidence": "high",
        "numbers": _NUMBERS,
    }
    return {
        "number": number,
        "title": number,
        "statement": "invented",
        "coded": True,
        "version": [version],
        **more,
    }


def article_1(flow: Flow, here: Here) -> Finding:
    return here.requires("notice", reason="always")


def article_2(flow: Flow, here: Here) -> Finding:
    if flow.says("data.important"):
        return here.forbids("important data stay")
    return here.does_not_apply("not important")


def article_3(flow: Flow, here: Here) -> Finding:
    if flow.reaches(EXPORTED_ORDINARY, here.number("limit")):
        return here.requires("security-assessment", reason="many persons")
    return here.does_not_apply("few persons")


def article_4(flow: Flow, here: Here) -> Finding:
    if flow.has_role("holder", "lender"):
        return here.requires("contract", reason="a lender")
    return here.does_not_apply("no lender")


def article_5(flow: Flow, here: Here) -> Finding:
    if flow.has_role("holder", "lender"):
        return here.does_not_apply("a lender")
    return here.requires("contract", reason="no lender")


def article_6(flow: Flow, here: Here) -> Finding:
    if flow.known("data.publicly_disclosed") is True:
        return here.lifts(reason="public")
    return here.does_not_apply("not public")


def article_7(flow: Flow, here: Here) -> Finding:
    if flow.use_is("social-scoring"):
        return here.forbids("no scoring")
    return here.does_not_apply("no scoring")


READINGS = {"1": article_1, "2": article_2, "3": article_3, "6": article_6, "7": article_7}
LENDERS = {"4": article_4, "5": article_5}


def laws(readings: Mapping[str, object]) -> Laws:
    """Return the toy laws with some articles."""
    lifts = {"6": {"lifts": ["xx/toy 1", "xx/toy 2"]}}
    data = {
        "id": "xx/toy",
        "title": "Toy",
        "title_local": "Toy",
        "jurisdiction": "CN",
        "strength": "statute",
        "covers": True,
        "territory": [{"places": ["CN"], "in_force": date(2026, 1, 1)}],
        "article": [_article(number, **lifts.get(number, {})) for number in readings],
    }
    return Laws((parse_instrument(data, readings, lambda flow, here: True),), "toy")


KNOWN: Mapping[str, FactValue] = MappingProxyType(
    {
        "holder.in": "CN",
        "holder.roles": (),
        "data.subjects_in": ("CN",),
        "data.persons": 10,
        "data.important": False,
        "holder.exported_this_year.ordinary": 0,
        "purpose.use": "analytics",
    }
)


def facts(*without: str, safeguards: Mapping[str, Safeguard] = MappingProxyType({}), **changed: FactValue) -> Facts:
    """Return the facts of an ordinary flow, some left out, some changed (dots as two underscores)."""
    values = {name: value for name, value in KNOWN.items() if name not in without}
    values |= {name.replace("__", "."): value for name, value in changed.items()}
    column = ColumnFacts("name", Category.NAME, ColumnRole.DIRECT_IDENTIFIER, necessary=True)
    return Facts(AS_OF, values, (column,), safeguards)


def done(day: date = AS_OF) -> Safeguard:
    """Return a safeguard that was done on a day."""
    return Safeguard(done={"on": day})
