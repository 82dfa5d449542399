"""Measures for the Standard Contract for the Export of Personal Information of China (个人信息出境标准合同办法), 2023.

From 2024-03-22 the Cross-border Provisions say who may use the contract; these measures keep its filing.
"""

from collections.abc import Mapping
from types import MappingProxyType

from lockgate.laws.cn.questions import CHINA, why_assessed_by_measures
from lockgate.laws.flow import Flow
from lockgate.laws.instrument import Here, Reading
from lockgate.terms.finding import Finding


def reaches(flow: Flow, here: Here) -> bool:
    """Whether personal information leaves the mainland."""
    return flow.is_about(CHINA) and flow.leaves(here.territory) and flow.is_connected_to(here.territory)


def article_4(flow: Flow, here: Here) -> Finding:
    """Who used the contract, or a certification, from 2023-06-01 to 2024-03-21: whoever needed no assessment.

    There was no number below which nothing was needed: one person was enough.
    """
    if "persons" not in here.version.numbers:
        return here.does_not_apply("since 2024-03-22 the Cross-border Provisions say who may use the contract")
    if why_assessed_by_measures(flow, here):
        return here.does_not_apply("the export needs an assessment instead")
    return here.requires(
        "standard-contract-or-certification",
        "standard-contract-filing",
        reason="personal information goes abroad, however little, and needs no assessment",
    )


def article_7(flow: Flow, here: Here) -> Finding:
    """Filing within ten working days of effect, once a standard contract is signed."""
    if flow.is_done("standard-contract"):
        days = here.number("filing").value
        return here.requires("standard-contract-filing", reason=f"the contract is filed within {days} working days")
    return here.does_not_apply("no standard contract is signed")


READINGS: Mapping[str, Reading] = MappingProxyType({"4": article_4, "7": article_7})
"""Our readings by article."""
