"""28 CFR part 202, the data security programme of the Department of Justice (Executive Order 14117), from 2025-04-08.

It governs deals that give countries of concern, or persons under their control, access to sensitive data of persons in
the United States, and sales to anybody else abroad. It is no general law of personal data: which flows it covers alone
says `governs`, and why, `docs/readings/us-part-202.md`.
"""

from collections.abc import Mapping
from types import MappingProxyType

from lockgate.laws.flow import Flow
from lockgate.laws.instrument import Here, Reading
from lockgate.laws.threshold import Threshold
from lockgate.terms.column import Treatment
from lockgate.terms.finding import Finding

_KINDS = ("genomic", "biometric", "geolocation", "health", "financial")
"""Kinds of sensitive data beside the identifiers, as article 205 names their numbers and lists."""

_BROKERAGE = ("brokerage",)
_RESTRICTED = ("vendor", "employment", "investment")


def reaches(flow: Flow, here: Here) -> bool:
    """Whether a party in the United States moves data of persons there; which data and to whom, the sections ask.

    United States persons abroad are bound too, which no fact shows.
    """
    return bool(flow.personal_columns) and flow.is_any("holder.in", here.territory) and flow.subjects_in(here.territory)


def governs(flow: Flow, here: Here) -> bool:
    """Whether part 202 is taken for all that the law of the United States says of a flow.

    That is whatever a holder in the United States lets a party abroad or a covered person at home get at. The part
    draws the line for such access itself: below its numbers, outside its deals and to others it leaves the flow free.
    Of flows at home it says nothing, and the law of the states and of sectors is not coded.
    """
    if not flow.is_any("holder.in", here.territory):
        return False
    return _is_foreign(flow, here) or _is_covered_person(flow, here)


def article_202_205(flow: Flow, here: Here) -> Finding:
    """Bulk: more than a number of persons, by kind of data; of two kinds together the lowest number counts.

    Counted are the persons of this flow. What the same parties moved in the twelve months before is added by the law
    and is no fact of the flow file. Devices are counted as persons. The category `genetic` counts as genomic, the
    strictest; other 'omic data have a number of their own and no category. Nothing is taken off for treatment (206).
    """
    number = _number(flow, here)
    if number is None:
        return here.does_not_apply("no column is of a listed kind of sensitive personal data")
    if _is_bulk(flow, here):
        return here.requires(reason=f"data of more than {number.value:,} persons are bulk sensitive personal data")
    return here.does_not_apply(f"below bulk: no more than {number.value:,} persons, or lawfully public")


def article_202_206(flow: Flow, here: Here) -> Finding:
    """Any format: anonymised, pseudonymised, de-identified and encrypted data count like others."""
    anonymous_for = flow.facts.values.get("safeguards.anonymous_for")
    is_called_anonymous = isinstance(anonymous_for, tuple) and not here.territory.isdisjoint(anonymous_for)
    is_treated = any(column.treatment is not Treatment.NONE for column in flow.personal_columns)
    if (is_treated or is_called_anonymous) and _is_bulk(flow, here):
        return here.requires(reason="de-identified or not, the data count: no treatment of single persons is an exit")
    return here.does_not_apply("nothing is treated, or the data are below bulk")


def article_202_210(flow: Flow, here: Here) -> Finding:
    """Covered data transaction: access by a covered person to bulk data in a deal of one of the four kinds."""
    if _is_covered_transaction(flow, here, (*_BROKERAGE, *_RESTRICTED)):
        return here.requires(reason="a deal gives a country of concern or a covered person access to bulk data")
    return here.does_not_apply("no covered person gets access to bulk data in a deal of the four kinds")


def article_202_211(flow: Flow, here: Here) -> Finding:
    """Covered persons: whoever is in a country of concern, and whoever is said to be one elsewhere.

    Ownership of half or more by such persons, employment by them, and designation stand in the role `covered-person`.
    """
    if _is_covered_person(flow, here):
        return here.requires(reason="the recipient is in a country of concern, or a covered person elsewhere")
    return here.does_not_apply("the recipient is no covered person")


def article_202_249(flow: Flow, here: Here) -> Finding:
    """What is lawfully public, from a public record or in widely distributed media, is not sensitive personal data."""
    if _number(flow, here) is None:
        return here.does_not_apply("no column is of a listed kind of sensitive personal data")
    if _is_public(flow):
        return here.does_not_apply("the data are lawfully public")
    return here.requires(reason="columns are of listed kinds of sensitive personal data")


def article_202_301(flow: Flow, here: Here) -> Finding:
    """Data brokerage with a country of concern or a covered person: prohibited, and no paper cures it."""
    if _is_covered_transaction(flow, here, _BROKERAGE):
        return here.forbids("bulk data are sold or licensed to a country of concern or a covered person")
    return here.does_not_apply("no bulk data are sold or licensed to a covered person")


def article_202_302(flow: Flow, here: Here) -> Finding:
    """Data brokerage with other foreign persons: the contract bars selling on to covered persons.

    Known or suspected breaches are reported within fourteen days, which comes later.
    """
    if (
        _is_foreign(flow, here)
        and flow.is_any("purpose.transaction", _BROKERAGE)
        and _is_bulk(flow, here)
        and not _is_covered_person(flow, here)
    ):
        return here.requires("contract", reason="the contract bars selling the same data on to covered persons")
    return here.does_not_apply("no bulk data are sold or licensed to another foreign person")


def article_202_303(flow: Flow, here: Here) -> Finding:
    """Human 'omic data: any of the four deals with a covered person is prohibited; security measures do not cure it."""
    if _holds_genomic(flow, here) and _is_covered_transaction(flow, here, (*_BROKERAGE, *_RESTRICTED)):
        return here.forbids("bulk human 'omic data would be open to a country of concern or a covered person")
    return here.does_not_apply("no bulk human 'omic data are open to a covered person")


def article_202_401(flow: Flow, here: Here) -> Finding:
    """Vendor, employment and investment agreements with covered persons: only under the security requirements.

    These are the requirements of January 2025 in full, so that no covered person can link, identify, decrypt or read
    the data; measures of one's own do not count. Passive investments (228) are not told apart.
    """
    if not _holds_genomic(flow, here) and _is_covered_transaction(flow, here, _RESTRICTED):
        return here.requires("security-requirements", reason="a restricted deal gives a covered person access")
    return here.does_not_apply("no restricted deal gives a covered person access to bulk data")


def article_202_506(flow: Flow, here: Here) -> Finding:
    """Exempt: what runs a group of companies, such as staff matters, shared with one's own affiliate.

    Only staff matters are read; the role must be said. Other exemptions of the subpart are not read.
    """
    roles = flow.known("recipient.roles")
    if isinstance(roles, tuple) and "affiliate" in roles and flow.use_is(*here.words("ancillary_uses")):
        return here.lifts(reason="staff matters of the group, shared with an affiliate")
    return here.does_not_apply("no administrative matter of a group of companies")


def article_202_1001(flow: Flow, here: Here) -> Finding:
    """Restricted deals: a data compliance programme with verified flows, vendors and policies certified every year."""
    if _is_covered_transaction(flow, here, _RESTRICTED):
        return here.requires("compliance-programme", reason="a restricted deal needs a data compliance programme")
    return here.does_not_apply("no restricted deal")


def article_202_1002(flow: Flow, here: Here) -> Finding:
    """Restricted deals: an audit by an independent auditor; that it is due every year is of medium confidence."""
    if _is_covered_transaction(flow, here, _RESTRICTED):
        return here.requires("compliance-audit", reason="restricted deals are audited")
    return here.does_not_apply("no restricted deal")


def article_202_1101(flow: Flow, here: Here) -> Finding:
    """Records of every transaction that is subject to the part, kept for ten years."""
    years = here.number("kept").value
    if _is_covered_transaction(flow, here, _RESTRICTED) or (
        _is_foreign(flow, here) and flow.is_any("purpose.transaction", _BROKERAGE) and _is_bulk(flow, here)
    ):
        return here.requires("record-of-sharing", reason=f"a full record is kept for {years} years")
    return here.does_not_apply("no transaction that is subject to the part")


def _is_covered_transaction(flow: Flow, here: Here, deals: tuple[str, ...]) -> bool:
    return flow.is_any("purpose.transaction", deals) and _is_bulk(flow, here) and _is_covered_person(flow, here)


def _is_covered_person(flow: Flow, here: Here) -> bool:
    countries = here.at("202.601").words("countries_of_concern")
    return flow.is_any("recipient.in", countries) or flow.has_role("recipient", "covered-person")


def _is_foreign(flow: Flow, here: Here) -> bool:
    return flow.leaves(here.territory)


def _is_public(flow: Flow) -> bool:
    return flow.known("data.publicly_disclosed") is True


def _is_bulk(flow: Flow, here: Here) -> bool:
    number = _number(flow, here)
    return number is not None and not _is_public(flow) and flow.reaches("data.persons", number)


def _holds_genomic(flow: Flow, here: Here) -> bool:
    return flow.holds(here.at("202.205").categories("genomic"))


def _number(flow: Flow, here: Here) -> Threshold | None:
    """Return the number above which the columns are bulk: the lowest of their kinds; None if they are of none."""
    bulk = here.at("202.205")
    numbers = [bulk.number(kind) for kind in _KINDS if flow.holds(bulk.categories(kind))]
    if _holds_covered_identifiers(flow, here):
        numbers.append(bulk.number("identifiers"))
    return min(numbers, key=lambda number: number.least, default=None)


def _holds_covered_identifiers(flow: Flow, here: Here) -> bool:
    """Whether two listed identifiers move together, not all of them mere contact or demographic data (212(b)(1))."""
    identifiers = here.at("202.212")
    contact, other = (
        sum(column.category in identifiers.categories(name) for column in flow.personal_columns)
        for name in ("contact", "identifiers")
    )
    return other > 0 and contact + other > 1


READINGS: Mapping[str, Reading] = MappingProxyType(
    {
        "202.205": article_202_205,
        "202.206": article_202_206,
        "202.210": article_202_210,
        "202.211": article_202_211,
        "202.249": article_202_249,
        "202.301": article_202_301,
        "202.302": article_202_302,
        "202.303": article_202_303,
        "202.401": article_202_401,
        "202.506": article_202_506,
        "202.1001": article_202_1001,
        "202.1002": article_202_1002,
        "202.1101": article_202_1101,
    }
)
"""Our readings by section."""
