"""Provisions on Promoting and Regulating Cross-border Data Flows of China (促进和规范数据跨境流动规定), 2024.

Which mechanism an export needs, and when none. Articles 3 to 6 lift the mechanisms only: notice, separate consent,
impact assessment and domestic storage stay (article 10; PIPL 39, 40, 55).
"""

from collections.abc import Mapping
from types import MappingProxyType

from lockgate.laws.cn.questions import CHINA, holds_sensitive, is_important
from lockgate.laws.flow import EXPORTED_ORDINARY, EXPORTED_SENSITIVE, Flow
from lockgate.laws.instrument import Here, Reading
from lockgate.terms.finding import Finding

_OPERATOR = "critical-infrastructure-operator"


def reaches(flow: Flow, here: Here) -> bool:
    """Whether data that are held or were collected in the mainland, or are about persons there, leave it."""
    return flow.leaves(here.territory) and flow.is_connected_to(here.territory)


def article_2(flow: Flow, here: Here) -> Finding:
    """Important data are identified and declared; what nobody notified or published as important need not be.

    Articles 3 to 7 ask whether it was; this one says what the answer rests on. Core data of the state are important
    data at least, and stand under a stricter regime (Data Security Law 21), which is not coded: a person has to decide.
    """
    if flow.is_known_to_be("data.core", value=True):
        return here.cannot_tell("core data of the state stand under a stricter regime: the competent authority decides")
    if flow.is_known_to_be("data.important", value=False):
        return here.does_not_apply("the data were not notified or published as important")
    return here.requires(reason="what was notified or published as important data counts as such")


def article_3(flow: Flow, here: Here) -> Finding:
    """Data of trade, transport, research, manufacture or marketing without personal information and important data.

    The list of activities is open ("and the like"); we do not test the activity.
    """
    if flow.is_about(CHINA) or is_important(flow):
        return here.does_not_apply("the data hold personal information or important data")
    return here.lifts(reason="the data hold neither personal information nor important data")


def article_4(flow: Flow, here: Here) -> Finding:
    """Personal information collected abroad, handled in the mainland and sent out again, nothing domestic added.

    Both the place of collection and the places of the persons must be known; unknown, they do not free.
    """
    collected, subjects = flow.known("data.collected_in"), flow.known("data.subjects_in")
    is_foreign = (
        isinstance(collected, str)
        and collected not in here.territory
        and isinstance(subjects, tuple)
        and here.territory.isdisjoint(subjects)
    )
    if is_foreign and flow.is_about(CHINA) and not is_important(flow):
        return here.lifts(reason="the data were collected abroad, and nothing domestic or important was added")
    return here.does_not_apply("the data are not known to be all foreign")


def article_5_1(flow: Flow, here: Here) -> Finding:
    """Contract with the person, such as a purchase, delivery, payment or booking, that needs the data abroad.

    Sensitive data and operators of critical infrastructure are not excepted (the latter: medium confidence).
    """
    if _is_needed_for(flow, here, "contract"):
        return here.lifts(reason="a contract with the person needs the data abroad")
    return here.does_not_apply("no contract with the person needs the data abroad")


def article_5_2(flow: Flow, here: Here) -> Finding:
    """Managing staff across borders under lawful labour rules and a lawful collective contract.

    Only of employees, and only what is really needed: columns that are not, PIPL 6 forbids. Sensitive data are not
    excepted.
    """
    if (
        flow.ground_is("employment")
        and flow.known("basis.collective_contract") is True
        and flow.says("data.employees")
        and _is_needed_for(flow, here, "employment")
    ):
        return here.lifts(
            reason="managing employees under labour rules and a collective contract needs the data abroad"
        )
    return here.does_not_apply("no management of employees under a collective contract needs the data abroad")


def article_5_3(flow: Flow, here: Here) -> Finding:
    """Emergency that threatens life, health or property."""
    if flow.is_about(CHINA) and flow.ground_is("emergency") and not is_important(flow):
        return here.lifts(reason="an emergency needs the data abroad")
    return here.does_not_apply("no emergency needs the data abroad")


def article_5_4(flow: Flow, here: Here) -> Finding:
    """Small numbers: fewer persons since 1 January than the number, nothing sensitive, no critical infrastructure.

    Persons are counted cautiously, this flow and those with sensitive data included:
    see `docs/readings/cn-counting-exports.md`. Sensitive data sent earlier do not spoil the exemption of an ordinary
    flow, but a sensitive flow never has it: see `docs/readings/cn-small-sensitive-flows.md`.
    """
    reason = _why_not_small(flow, here)
    if reason:
        return here.does_not_apply(reason)
    return here.lifts(
        reason=f"fewer than {_persons(here, 'persons')}, nothing sensitive or important, no critical infrastructure"
    )


def article_6(flow: Flow, here: Here) -> Finding:
    """Free-trade zones: data outside the zone's negative list. Both must be known; lists differ and change.

    Important data are not excepted by the text, unlike in article 5.
    """
    roles = flow.known("holder.roles")
    is_in_zone = isinstance(roles, tuple) and "free-trade-zone" in roles
    if is_in_zone and flow.known("holder.outside_negative_list") is True:
        return here.lifts(reason="the data lie outside the negative list of the holder's free-trade zone")
    return here.does_not_apply("the holder is not known to be in a zone with the data outside its negative list")


def article_7(flow: Flow, here: Here) -> Finding:
    """Security assessment: important data; critical infrastructure, from the first person on; large numbers.

    Numbers run from 1 January; the one of persons, not what is held, counts since 2024 (article 13).
    """
    reason = _why_assessed(flow, here)
    if reason:
        return here.requires("security-assessment", reason=reason)
    return here.does_not_apply("not important, not critical infrastructure, and the numbers are below those named")


def article_8(flow: Flow, here: Here) -> Finding:
    """Standard contract or certification: the numbers between, and sensitive data from the first person on.

    Harsh for the latter, but so the text: see `docs/readings/cn-small-sensitive-flows.md`. A standard contract is
    filed within ten working days; a certification is not.
    """
    reason = _why_no_contract(flow, here)
    if reason:
        return here.does_not_apply(reason)
    return here.requires(
        "standard-contract-or-certification",
        "standard-contract-filing",
        reason=f"{_persons(here, 'persons')} or more, or sensitive data of any",
    )


def article_10(flow: Flow, here: Here) -> Finding:
    """Every export of personal information, exempt or not: notice, separate consent on consent, impact assessment."""
    if not flow.is_about(CHINA):
        return here.does_not_apply("the data hold no personal information")
    if flow.ground_is("consent"):
        return here.requires(
            "notice", "separate-consent", "impact-assessment", reason="personal information goes abroad, exempt or not"
        )
    return here.requires("notice", "impact-assessment", reason="personal information goes abroad, exempt or not")


def _persons(here: Here, number: str) -> str:
    return f"{here.number(number).value:,} persons since 1 January"


def _why_not_small(flow: Flow, here: Here) -> str:
    """Return why the exemption of small numbers is not there; empty if it is."""
    if not flow.is_about(CHINA):
        return "the data hold no personal information"
    if holds_sensitive(flow, here):
        return "sensitive data move, of which no number is small"
    if flow.reaches(EXPORTED_ORDINARY, here.number("persons")):
        return f"{_persons(here, 'persons')} or more"
    if is_important(flow):
        return "the data are important data"
    return "the holder operates critical infrastructure" if flow.has_role("holder", _OPERATOR) else ""


def _why_assessed(flow: Flow, here: Here) -> str:
    """Return why the export needs an assessment; empty if it needs none."""
    if is_important(flow):
        return "important data go abroad"
    if not flow.is_about(CHINA):
        return ""
    if flow.reaches(EXPORTED_ORDINARY, here.number("persons")):
        return f"{_persons(here, 'persons')} or more"
    if flow.reaches(EXPORTED_SENSITIVE, here.number("sensitive_persons")):
        return f"sensitive data of {_persons(here, 'sensitive_persons')} or more"
    if flow.has_role("holder", _OPERATOR):
        return "an operator of critical infrastructure sends personal information abroad, of however few"
    return ""


def _why_no_contract(flow: Flow, here: Here) -> str:
    """Return why the export needs neither standard contract nor certification; empty if it needs one of them."""
    if not flow.is_about(CHINA):
        return "the data hold no personal information"
    if flow.reaches(EXPORTED_ORDINARY, here.number("persons_above")) or flow.reaches(
        EXPORTED_SENSITIVE, here.number("sensitive_persons_above")
    ):
        return "the numbers call for an assessment instead (article 7)"
    if not (
        flow.reaches(EXPORTED_ORDINARY, here.number("persons"))
        or holds_sensitive(flow, here)
        or flow.reaches(EXPORTED_SENSITIVE, here.number("sensitive_persons"))
    ):
        return f"fewer than {_persons(here, 'persons')} and nothing sensitive"
    if is_important(flow) or flow.has_role("holder", _OPERATOR):
        return "important data or critical infrastructure call for an assessment instead (article 7)"
    if any(flow.has_role("holder", role) for role in here.words("offices")):
        return "what state organs send abroad is assessed instead (PIPL 36)"
    return ""


def _is_needed_for(flow: Flow, here: Here, ground: str) -> bool:
    """Whether personal information that is not important goes abroad on a ground and for a use that it carries."""
    return (
        flow.ground_is(ground) and flow.is_about(CHINA) and flow.use_is(*here.words("uses")) and not is_important(flow)
    )


READINGS: Mapping[str, Reading] = MappingProxyType(
    {
        "2": article_2,
        "3": article_3,
        "4": article_4,
        "5(1)": article_5_1,
        "5(2)": article_5_2,
        "5(3)": article_5_3,
        "5(4)": article_5_4,
        "6": article_6,
        "7": article_7,
        "8": article_8,
        "10": article_10,
    }
)
"""Our readings by article."""
