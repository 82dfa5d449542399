"""Credit Reporting Industry Regulation of China (征信业管理条例), 2013: what agencies collect, keep and pass on."""

from collections.abc import Mapping
from types import MappingProxyType

from lockgate.laws.cn.credit import (
    answers_demand,
    concerns_credit,
    has_licence,
    is_agency,
    reaches_another,
    reports_credit,
    supplies_agency,
)
from lockgate.laws.flow import Flow
from lockgate.laws.instrument import Here, Reading
from lockgate.terms.finding import Finding

_NOT_REPORTED = "no credit is reported"


def reaches(flow: Flow, here: Here) -> bool:
    """Whether credit information of persons is handled; what state organs collect by statute is outside (article 2)."""
    if not concerns_credit(flow, here):
        return False
    if not flow.ground_is(*here.words("public_grounds")):
        return True
    return not any(flow.has_role("holder", role) for role in here.words("public_roles"))


def article_7(flow: Flow, here: Here) -> Finding:
    """Reporting the credit of persons needs the licence of the central bank; the role of a party shows it."""
    if not reports_credit(flow, here):
        return here.does_not_apply(_NOT_REPORTED)
    if has_licence(flow):
        return here.finds_met("licence", reason="a licensed agency reports the credit of persons")
    return here.requires("licence", reason="the credit of persons is reported: that needs a licence")


def article_13(flow: Flow, here: Here) -> Finding:
    """Collecting needs the person's consent, on whatever ground else; what a statute publishes is excepted."""
    if not reports_credit(flow, here):
        return here.does_not_apply(_NOT_REPORTED)
    if flow.known("data.publicly_disclosed") is True:
        return here.does_not_apply("the information is lawfully public")
    return here.requires("consent", reason="an agency collects personal information only with consent")


def article_14_1(flow: Flow, here: Here) -> Finding:
    """What an agency never collects: faith, genes, fingerprints, blood type, diseases. No consent cures it."""
    if flow.holds(here.categories("banned_categories")) and reports_credit(flow, here):
        return here.forbids(
            "faith, genes, fingerprints, blood type, diseases and medical history are never collected to report "
            "credit; drop these columns"
        )
    return here.does_not_apply("nothing that is banned is collected to report credit")


def article_14_2(flow: Flow, here: Here) -> Finding:
    """Income, deposits, securities, insurance, real estate, taxes: consent in writing after the risk was explained."""
    if flow.holds(here.categories("written_categories")) and reports_credit(flow, here):
        return here.requires(
            "written-consent",
            "risk-explanation",
            reason="income and assets are collected only with consent in writing, adverse consequences explained",
        )
    return here.does_not_apply("no income or assets are collected to report credit")


def article_15(flow: Flow, here: Here) -> Finding:
    """Who passes adverse information on tells the person beforehand, unless a statute has published it.

    The article speaks of providing to an agency; a lender that provides to anybody else stands under the same rules of
    providers by article 29.
    """
    if not flow.holds(here.categories("adverse_categories")) or not reaches_another(flow):
        return here.does_not_apply("no adverse information is passed on")
    if answers_demand(flow, here) or flow.known("data.publicly_disclosed") is True:
        return here.does_not_apply("a statute publishes the information or has it handed over")
    if is_agency(flow, "recipient") or flow.has_role("holder", "lender"):
        return here.requires("prior-adverse-notice", reason="adverse information is passed on")
    return here.does_not_apply("neither does an agency receive it nor a lender pass it on")


def article_16(flow: Flow, here: Here) -> Finding:
    """Adverse information is deleted some years after the event has ended. It comes later."""
    if flow.holds(here.categories("adverse_categories")) and reports_credit(flow, here):
        years = here.number("kept").value
        return here.requires("deletion", reason=f"adverse information is deleted {years} years after its end")
    return here.does_not_apply("no adverse information is kept to report credit")


def article_18(flow: Flow, here: Here) -> Finding:
    """A query at an agency needs the person's consent in writing for an agreed purpose, unless a law allows it."""
    if not reaches_another(flow) or not is_agency(flow, "holder"):
        return here.does_not_apply("nobody queries an agency")
    if flow.recipient_is("authority") and flow.ground_is(*here.words("statute_grounds")):
        return here.does_not_apply("a law allows the query without consent")
    return here.requires("written-consent", reason="an agency is queried for an agreed purpose")


def article_22(flow: Flow, here: Here) -> Finding:
    """Agencies record who queried what, when and why."""
    if reaches_another(flow) and is_agency(flow, "holder"):
        return here.requires("record-of-sharing", reason="an agency records every query")
    return here.does_not_apply("nobody queries an agency")


def article_24(flow: Flow, here: Here) -> Finding:
    """What an agency collects in the mainland is sorted, stored and processed there; abroad only as the law allows.

    We ask the same of the credit records of a lender, which feed the database to which the article applies as well.
    """
    if not flow.leaves(here.territory):
        return here.does_not_apply("nothing leaves the mainland")
    keeps = is_agency(flow, "holder") or (
        flow.holds(here.categories("credit_categories")) and flow.has_role("holder", "lender")
    )
    if keeps or supplies_agency(flow):
        return here.requires("domestic-storage", reason="credit information is sorted, stored and processed at home")
    return here.does_not_apply("neither an agency nor a lender sends credit information abroad")


def article_29(flow: Flow, here: Here) -> Finding:
    """Lenders supply credit information only with the person's prior consent in writing, to whomever.

    Whatever the ground. What a court or an investigation asks of a lender in a case is no supply.
    """
    if not reaches_another(flow) or answers_demand(flow, here):
        return here.does_not_apply("no credit information is supplied to anybody else")
    if flow.has_role("holder", "lender"):
        return here.requires("written-consent", reason="a lender supplies credit information")
    return here.does_not_apply("no lender supplies credit information")


READINGS: Mapping[str, Reading] = MappingProxyType(
    {
        "7": article_7,
        "13": article_13,
        "14(1)": article_14_1,
        "14(2)": article_14_2,
        "15": article_15,
        "16": article_16,
        "18": article_18,
        "22": article_22,
        "24": article_24,
        "29": article_29,
    }
)
"""Our readings by article."""
