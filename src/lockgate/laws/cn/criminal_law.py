"""Criminal Law of China, article 253-1 with the judicial interpretation of 2017: a warning beside the other articles.

It lays no duty on a flow and frees of none. A flow below its numbers may be unlawful all the same, and whether a crime
was committed is for a court.
"""

from collections.abc import Mapping
from types import MappingProxyType

from lockgate.laws.cn.questions import CHINA
from lockgate.laws.flow import Flow
from lockgate.laws.instrument import Here, Reading
from lockgate.terms.finding import Finding


def reaches(flow: Flow, here: Here) -> bool:
    """Whether personal information moves that is held in the mainland, or is about persons in it."""
    return flow.is_about(CHINA) and flow.is_connected_to(here.territory)


def article_253_1(flow: Flow, here: Here) -> Finding:
    """Sale or provision in breach of rules of the state, from numbers of items on.

    A breach is what the file itself says: no consent where the use rests on it, one not free or withdrawn, persons who
    refused, a source that is not lawful (interpretation 3: without consent, unless nobody can be told again). One item
    a person is counted, the most serious kind for all; provided to another recipient they count anew (11). What the
    holder collected was had in its service: half the numbers (5(8)). Mixed kinds, gains and earlier punishments are
    for a court.
    """
    if not any(flow.is_known_to_be("recipient.as", kind) for kind in here.words("recipients")):
        return here.does_not_apply("the data are not provided to others")
    breach, persons = _breach(flow), flow.facts.values.get("data.persons")
    if not breach or not isinstance(persons, int):
        return here.does_not_apply("the file says of no breach, or not of how many persons")
    kind = _kind(flow, here)
    insider = "_insider" if flow.is_known_to_be("data.provenance", "collected") else ""
    for degree, range_ in (("grave", "three to seven years"), ("serious", "up to three years")):
        name = f"{kind}_{degree}{insider}"
        if name in here.version.numbers and persons >= here.number(name).least:
            return here.requires(
                reason=f"warning: {breach}; from {here.number(name).value:,} items on that can be a crime ({range_})"
            )
    return here.does_not_apply("fewer items than the interpretation names")


def _breach(flow: Flow) -> str:
    """Return the breach that the file says of; empty if none."""
    said = [what for fact, value, what in _BREACHES if flow.is_known_to_be(fact, value)]
    if not said and flow.is_known_to_be("basis.ground", "consent"):
        said = [what for fact, value, what in _BREACHES_OF_CONSENT if flow.is_known_to_be(fact, value)]
    return said[0] if said else ""


_BREACHES = (
    ("data.source_lawful", False, "the source of the data is not lawful"),
    ("data.refused", True, "the persons refused"),
)
_BREACHES_OF_CONSENT = (
    ("basis.consent.withdrawn", True, "the consent is withdrawn"),
    ("basis.consent.voluntary", False, "the consent was not free"),
    ("basis.consent.separate", False, "the persons did not consent to this recipient"),
)


def _kind(flow: Flow, here: Here) -> str:
    """Return the most serious kind of item that moves."""
    if flow.holds(here.categories("track_categories")):
        return "track"
    return "health" if flow.holds(here.categories("health_categories")) else "other"


READINGS: Mapping[str, Reading] = MappingProxyType({"253-1": article_253_1})
"""Our readings by article."""
