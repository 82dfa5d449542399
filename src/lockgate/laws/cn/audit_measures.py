"""Compliance audits of the protection of personal information in China (个人信息保护合规审计管理办法), 2025.

Their duties gate nothing, so that only known sizes and roles are read.
"""

from collections.abc import Mapping
from types import MappingProxyType

from lockgate.laws.cn.questions import CHINA, is_known_as
from lockgate.laws.flow import Flow
from lockgate.laws.instrument import Here, Reading
from lockgate.terms.finding import Finding

_OUTSIDE = ("state-organ", "authorised-public-body")
"""Whom article 19 leaves out."""


def reaches(flow: Flow, here: Here) -> bool:
    """Whether personal information is handled under Chinese law, and not by a state organ or a body like one (19)."""
    return flow.is_about(CHINA) and flow.is_connected_to(here.territory) and not is_known_as(flow, "holder", _OUTSIDE)


def article_4(flow: Flow, here: Here) -> Finding:
    """Audit every two years above the number, which itself does not count; PIPL 54 asks the others without a period."""
    if flow.surely_reaches("holder.persons_held", here.number("persons_held")):
        years = here.number("interval").value
        return here.requires("compliance-audit", reason=f"so many persons: an audit at least every {years} years")
    return here.does_not_apply("the holder is not known to be above the number; it sets its own interval")


def article_12(flow: Flow, here: Here) -> Finding:
    """From the number on, a protection officer answers for the audits."""
    if flow.surely_reaches("holder.persons_held", here.number("persons_held")):
        return here.requires("protection-officer-filing", reason="a protection officer answers for the audits")
    return here.does_not_apply("the holder is not known to have reached the number")


READINGS: Mapping[str, Reading] = MappingProxyType({"4": article_4, "12": article_12})
"""Our readings by article."""
