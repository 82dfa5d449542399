"""Network Data Security Management Regulations of China (网络数据安全管理条例), 2025: personal and important data."""

from collections.abc import Mapping
from types import MappingProxyType

from lockgate.laws.cn.questions import (
    CHINA,
    approves_entrusting,
    entrusts,
    entrusts_data_of_the_state,
    holds_sensitive,
    involves_children,
    is_important,
    is_known_as,
    is_said_important,
    provides_to_another,
)
from lockgate.laws.flow import Flow
from lockgate.laws.instrument import Here, Reading
from lockgate.terms.finding import Finding


def reaches(flow: Flow, here: Here) -> bool:
    """Whether personal or important data are handled in the mainland, or personal data of persons in it (article 2).

    Of data about nobody it is asked whether they are important where they leave the mainland.
    """
    if flow.is_about(CHINA):
        return flow.is_connected_to(here.territory)
    if not flow.is_any("holder.in", here.territory):
        return False
    return is_important(flow) if flow.leaves(here.territory) else is_said_important(flow)


def article_12(flow: Flow, here: Here) -> Finding:
    """Sharing of personal or important data: a contract or the like, supervision, and records.

    Entrusting and joint handling wait for the contract, as in PIPL 20 and 21. A provision to another controller does
    not: PIPL 23 says when it may happen, and this article binds the two sides beside it; contested, see
    `docs/readings/cn-sharing-contract.md`. Who answers an authority, publishes, or stays in the house, shares with no
    other handler.
    """
    if entrusts(flow):
        return here.requires("contract", "supervision", "record-of-sharing", reason="the data are entrusted")
    if flow.recipient_is("joint-controller"):
        return here.requires("contract", reason="holder and recipient decide together on purpose and means")
    if flow.recipient_is("authority") or not provides_to_another(flow):
        return here.does_not_apply("the data are neither provided to another handler nor entrusted")
    years = here.number("kept").value
    return here.requires(
        "recipient-agreement",
        "record-of-sharing",
        reason=f"another handler receives the data: a contract or the like binds it, records stay {years} years",
    )


def article_15(flow: Flow, here: Here) -> Finding:
    """State organs that entrust data of the state: strict approval, limits set, supervision (Data Security Law 40)."""
    if entrusts_data_of_the_state(flow, here):
        return approves_entrusting(flow)
    return here.does_not_apply("no state organ entrusts data of the state")


def article_22(flow: Flow, here: Here) -> Finding:
    """Use on consent: only what is needed, nothing beyond; separately for sensitive data; a guardian for children."""
    if not flow.is_about(CHINA) or not flow.ground_is("consent"):
        return here.does_not_apply("no personal information is used on consent")
    duties = ["consent"]
    if holds_sensitive(flow, here):
        duties.append("separate-consent")
    if involves_children(flow, here):
        duties.append("guardian-consent")
    return here.requires(*duties, reason="the use rests on consent and stays within it")


def article_26(flow: Flow, here: Here) -> Finding:
    """A handler abroad of persons in the mainland reports its representative; that it must have one says PIPL 53."""
    if flow.is_about(CHINA) and flow.subjects_in(here.territory) and not flow.is_any("holder.in", here.territory):
        return here.requires("representative-filing", reason="a holder abroad handles data of persons in the mainland")
    return here.does_not_apply("the holder is in the mainland")


def article_27(flow: Flow, here: Here) -> Finding:
    """Compliance audit, at intervals of which the article says nothing."""
    if flow.is_about(CHINA):
        return here.requires("compliance-audit", reason="compliance is audited at regular intervals")
    return here.does_not_apply("no personal information is handled")


def article_28(flow: Flow, here: Here) -> Finding:
    """Ten million persons and more: an officer and a body as for important data (30), reports on mergers (32)."""
    if flow.is_about(CHINA) and flow.reaches("holder.persons_held", here.number("persons_held")):
        return here.requires("important-data-officer", reason="the holder has reached the number of persons")
    return here.does_not_apply("the holder has not reached the number of persons")


def article_30(flow: Flow, here: Here) -> Finding:
    """Important data: an officer from the management and a body. It comes with time, not with a flow."""
    if is_said_important(flow):
        return here.requires("important-data-officer", reason="an officer and a body answer for the important data")
    return here.does_not_apply("the data were not notified or published as important data")


def article_31(flow: Flow, here: Here) -> Finding:
    """Important data: a risk assessment before they are provided, entrusted or handled jointly.

    What a statute obliges to is excepted, if the file says so. Sending to one's own company abroad counts as providing:
    see `docs/readings/cn-important-data.md`.
    """
    if not is_said_important(flow):
        return here.does_not_apply("the data were not notified or published as important data")
    if flow.known("basis.ground") in here.words("excepted_grounds"):
        return here.does_not_apply("a statutory duty or task carries the flow")
    if entrusts(flow) or not flow.recipient_is("same-controller") or flow.leaves(here.territory):
        return here.requires("important-data-risk-assessment", reason="important data are passed on")
    return here.does_not_apply("the data stay with the holder")


def article_33(flow: Flow, here: Here) -> Finding:
    """Important data: assessment of the risks and report every year."""
    if is_said_important(flow):
        return here.requires("important-data-annual-report", reason="risks are assessed and reported every year")
    return here.does_not_apply("the data were not notified or published as important data")


def article_35(flow: Flow, here: Here) -> Finding:
    """Personal information abroad under one of eight conditions.

    The mechanisms (1 to 3), contract, staff and emergency (4, 5, 7) are set out by the Cross-border Provisions. New is
    the statutory duty (6): it needs no mechanism. Duties under foreign law and demands of foreign authorities are none,
    and important data are not freed.
    """
    if not flow.is_about(CHINA) or not flow.leaves(here.territory):
        return here.does_not_apply("no personal information leaves the mainland")
    if flow.ground_is(*here.words("grounds")) and not flow.recipient_is("authority") and not is_important(flow):
        return here.lifts(reason="a statutory duty needs the data abroad")
    return here.requires(reason="personal information goes abroad under one of the conditions of the article")


def article_37(flow: Flow, here: Here) -> Finding:
    """Important data abroad: the assessment, without exception. What nobody notified or published is not meant."""
    if flow.leaves(here.territory) and is_important(flow):
        return here.requires("security-assessment", reason="important data leave the mainland")
    return here.does_not_apply("no data notified or published as important leave the mainland")


def article_42(flow: Flow, here: Here) -> Finding:
    """Pushed content on platforms: an easy switch, refusal, deletion of tags. As PIPL 24, for platforms."""
    if (
        flow.is_about(CHINA)
        and is_known_as(flow, "holder", here.words("roles"))
        and flow.use_is(*here.words("pushing_uses"))
    ):
        return here.requires("opt-out", reason="a platform pushes content to persons by automated means")
    return here.does_not_apply("no platform pushes content to persons")


def article_44(flow: Flow, here: Here) -> Finding:
    """Large platforms: a yearly public report. It comes with time, not with a flow."""
    if flow.is_about(CHINA) and is_known_as(flow, "holder", here.words("roles")):
        return here.requires("platform-report", reason="the holder is a large platform")
    return here.does_not_apply("the holder is not said to be a large platform")


READINGS: Mapping[str, Reading] = MappingProxyType(
    {
        "12": article_12,
        "15": article_15,
        "22": article_22,
        "26": article_26,
        "27": article_27,
        "28": article_28,
        "30": article_30,
        "31": article_31,
        "33": article_33,
        "35": article_35,
        "37": article_37,
        "42": article_42,
        "44": article_44,
    }
)
"""Our readings by article."""
