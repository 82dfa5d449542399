"""Whether the facts show a duty met on the day.

A proof that nobody gave leaves a duty open (`unknown`), never met; a date after the day is not done; a period of
validity that has run out is not done.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from types import MappingProxyType

from lockgate.laws.body import Laws
from lockgate.terms.duty import DUTIES, Duty, DutyKind
from lockgate.terms.facts import Facts, Safeguard
from lockgate.terms.truth import Truth, truth_of

_NO_SAFEGUARD = Safeguard()

CONSENT_QUALITIES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "consent": ("informed", "voluntary", "explicit"),
        "separate-consent": ("separate",),
        "written-consent": ("written",),
        "risk-explanation": ("risk_explained",),
        "guardian-consent": ("guardian",),
        "explicit-consent": ("explicit",),
    }
)
"""Duties that a consent meets, by the qualities that it must have; a withdrawn consent meets none."""

MECHANISMS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "security-assessment": ("security-assessment",),
        "standard-contract-or-certification": (
            "standard-contract-or-certification",
            "standard-contract",
            "certification",
            "security-assessment",
        ),
        "transfer-safeguards": ("transfer-safeguards", "standard-contract"),
    }
)
"""Papers of which one meets a duty, its own date first; an assessment by the authority serves for a contract."""

REFERENCES: Mapping[str, str] = MappingProxyType(
    {"authority-papers": "authority.papers", "authority-approval": "authority.approval"}
)
"""Duties whose papers the file names by a reference; an empty one says that there are none."""

VALIDITY: Mapping[str, str] = MappingProxyType(
    {"security-assessment": "assessment_validity", "certification": "certification_validity"}
)
"""Papers that run out, with the name of the number of years in the law data."""


def assess_duty(duty: str, because: tuple[str, ...], facts: Facts, laws: Laws, *, shown_met: bool) -> Duty:
    """Return a duty of the closed list with its state on the day.

    Args:
        duty: Its name.
        because: Citations of the articles that ask for it.
        facts: The facts of the flow.
        laws: Where periods of validity stand.
        shown_met: Whether every article that asks for it finds it met by the facts of the flow themselves.
    """
    term = DUTIES[duty]
    met, met_by = _state(duty, facts, laws, shown_met=shown_met)
    return Duty(duty, term.kind, term.gates, met, because, met_by=met_by if met is Truth.YES else "")


def _state(duty: str, facts: Facts, laws: Laws, *, shown_met: bool) -> tuple[Truth, str]:
    if DUTIES[duty].kind is DutyKind.RECORD:
        return Truth.YES, "release"
    if facts.safeguards.get(duty, _NO_SAFEGUARD).denied:
        return Truth.NO, ""  # who says that it is not done is believed, whatever else the file says
    if shown_met:
        return Truth.YES, "facts"
    if duty == "minimum-scope":
        return _minimum_scope(facts), "columns"
    return _shown(duty, facts, laws), "consent" if duty in CONSENT_QUALITIES else "safeguards"


def _shown(duty: str, facts: Facts, laws: Laws) -> Truth:
    """What papers and the qualities of the consent show."""
    if duty == "standard-contract-filing":
        return _filing(facts)
    said = _any(_paper(paper, facts, laws) for paper in MECHANISMS.get(duty, (duty,)))
    if said is Truth.UNKNOWN and facts.values.get(REFERENCES.get(duty, "")) == "":
        return Truth.NO
    if duty == "legal-ground":  # an article that finds none has answered already
        return Truth.NO if said is Truth.UNKNOWN else said
    return _consent(duty, facts, said) if duty in CONSENT_QUALITIES else said


def _minimum_scope(facts: Facts) -> Truth:
    said = [column.necessary for column in facts.columns if column.is_personal]
    if False in said:
        return Truth.NO
    return Truth.UNKNOWN if None in said else Truth.YES


def _consent(duty: str, facts: Facts, said: Truth) -> Truth:
    """The stricter of a safeguard's date and the qualities of the consent; either alone can show it."""
    if facts.values.get("basis.consent.withdrawn") is True:
        return Truth.NO
    known = [facts.values.get(f"basis.consent.{quality}") for quality in CONSENT_QUALITIES[duty]]
    if duty == "explicit-consent" and said is Truth.UNKNOWN:  # the consent must be the exception that is relied on
        exception = facts.values.get("basis.special_ground")
        known.append(None if exception is None else exception == "explicit-consent")
    if False in known or said is Truth.NO:
        return Truth.NO
    standing = duty != "consent" or facts.values.get("basis.consent.withdrawn") is False
    if said is Truth.YES or (standing and all(value is True for value in known)):
        return Truth.YES
    return Truth.UNKNOWN


def _paper(paper: str, facts: Facts, laws: Laws) -> Truth:
    """Whether a paper is there and valid on the day."""
    safeguard = facts.safeguards.get(paper, _NO_SAFEGUARD)
    if safeguard.denied:
        return Truth.NO
    days = [day for what, day in safeguard.done.items() if what != "filed"]
    if not days:
        return truth_of(None)
    valid = (day <= facts.as_of and not _has_run_out(paper, day, facts.as_of, laws) for day in days)
    return truth_of(all(valid))


def _filing(facts: Facts) -> Truth:
    """A filing is shown by its own date or by the date beside the contract's."""
    days = [facts.safeguards.get(paper, _NO_SAFEGUARD).done.get(what) for paper, what in _FILINGS]
    return truth_of(True if any(day is not None and day <= facts.as_of for day in days) else None)


_FILINGS = (("standard-contract-filing", "on"), ("standard-contract", "filed"))


def _has_run_out(paper: str, day: date, as_of: date, laws: Laws) -> bool:
    """Whether a paper issued on a day is no longer valid: the period is the one in force when it was issued."""
    number = VALIDITY.get(paper)
    years = (laws.number(number, day) or laws.number(number, as_of)) if number else None
    return years is not None and as_of >= _years_later(day, years.value)


def _years_later(day: date, years: int) -> date:
    """The same day some years later; 29 February becomes 1 March."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def _any(states: Iterable[Truth]) -> Truth:
    """Whether one of several papers is there: a denied one does not speak for the others."""
    found = set(states)
    if Truth.YES in found:
        return Truth.YES
    return Truth.NO if Truth.NO in found else Truth.UNKNOWN
