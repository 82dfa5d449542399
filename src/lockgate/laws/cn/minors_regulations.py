"""Regulations on the Protection of Minors Online of China (未成年人网络保护条例), 2024: persons under eighteen."""

from collections.abc import Mapping
from types import MappingProxyType

from lockgate.laws.cn.questions import CHINA
from lockgate.laws.flow import Flow
from lockgate.laws.instrument import Here, Reading
from lockgate.terms.finding import Finding


def reaches(flow: Flow, here: Here) -> bool:
    """Whether personal information of minors in the mainland is handled."""
    return (
        flow.is_about(CHINA)
        and flow.is_connected_to(here.territory)
        and not flow.reaches("data.min_age", here.number("full_age"))
    )


def article_32(flow: Flow, here: Here) -> Finding:
    """No consent of minors is forced to what is not necessary, and no service refused for want of it."""
    if flow.is_known_to_be("basis.consent.voluntary", value=False):
        return here.forbids("minors were pressed to consent; offer the service without, and ask again")
    return here.requires("minimum-scope", reason="of minors only what is necessary is asked")


def article_36(_flow: Flow, here: Here) -> Finding:
    """Staff see minors' data after approval, to the least extent, and on the record."""
    return here.requires("record-of-processing", reason="who saw the data of minors is approved and recorded")


def article_37(_flow: Flow, here: Here) -> Finding:
    """A yearly audit, reported to the authority. It does not hold a flow up."""
    return here.requires("minors-audit", reason="the handling of minors' data is audited every year")


READINGS: Mapping[str, Reading] = MappingProxyType({"32": article_32, "36": article_36, "37": article_37})
"""Our readings by article."""
