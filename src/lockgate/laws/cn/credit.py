"""Questions that the Chinese rules on credit reporting ask of a flow: see `docs/readings/cn-credit-reporting.md`."""

from lockgate.laws.cn.questions import CHINA
from lockgate.laws.flow import Flow
from lockgate.laws.instrument import Here

LICENSED = "licensed-credit-agency"
_AGENCIES = (LICENSED, "credit-agency")


def concerns_credit(flow: Flow, here: Here) -> bool:
    """Whether personal information connected to the mainland is credit information, by its use, its kind or its keeper.

    An agency's own staff and doors are its own affair.
    """
    if not (flow.is_about(CHINA) and flow.is_connected_to(here.territory)):
        return False
    if not (flow.holds(here.categories("credit_categories")) or _is_named_agency(flow)):
        return flow.use_is(*here.words("credit_uses"))
    return not flow.use_is(*here.words("inner_uses"))


def is_agency(flow: Flow, party: str) -> bool:
    """Whether a party reports credit by trade, licensed or not."""
    return any(flow.has_role(party, role) for role in _AGENCIES)


def reports_credit(flow: Flow, here: Here) -> bool:
    """Whether the flow is part of the business of credit reporting.

    An agency keeps or receives the data; or somebody who lends nothing assesses the credit of persons, which makes it
    the business by its substance. A lender that judges its own customers does not report credit.
    """
    if is_agency(flow, "holder") or supplies_agency(flow):
        return True
    return flow.use_is(*here.words("credit_uses")) and not flow.has_role("holder", "lender")


def supplies_agency(flow: Flow) -> bool:
    """Whether another keeper receives the data, and is an agency."""
    return reaches_another(flow) and is_agency(flow, "recipient")


def reaches_another(flow: Flow) -> bool:
    """Whether somebody receives the data who is neither the holder, nor bound by its instructions, nor the person."""
    return not flow.recipient_is("same-controller", "entrusted-party", "data-subject")


def answers_demand(flow: Flow, here: Here) -> bool:
    """Whether a court or an investigation gets the data of a case, as laws of their own allow."""
    return flow.recipient_is("authority") and flow.use_is(*here.words("demand_uses"))


def has_licence(flow: Flow) -> bool:
    """Whether the party that reports credit is known to hold the licence."""
    return flow.has_role("holder", LICENSED) or (supplies_agency(flow) and flow.has_role("recipient", LICENSED))


def _is_named_agency(flow: Flow) -> bool:
    """Whether the file names an agency; a role left out is asked only where the use or the kind of data hint at it."""
    named = (flow.facts.values.get(f"{party}.roles") for party in ("holder", "recipient"))
    return any(isinstance(roles, tuple) and not _NAMES.isdisjoint(roles) for roles in named)


_NAMES = frozenset(_AGENCIES)
