"""Measures for the Assessment of Risks of Network Data of China (网络数据安全风险评估办法), 2026."""

from collections.abc import Mapping
from types import MappingProxyType

from lockgate.laws.cn.questions import is_said_important
from lockgate.laws.flow import Flow
from lockgate.laws.instrument import Here, Reading
from lockgate.terms.finding import Finding


def reaches(flow: Flow, here: Here) -> bool:
    """Whether data are handled under Chinese law."""
    return flow.is_connected_to(here.territory)


def article_5(flow: Flow, here: Here) -> Finding:
    """Assessment every year by who handles important data, with its report; others are encouraged only."""
    if is_said_important(flow):
        return here.requires("important-data-annual-report", reason="risks of important data are assessed every year")
    return here.does_not_apply("the data were not notified or published as important; assessing is encouraged")


READINGS: Mapping[str, Reading] = MappingProxyType({"5": article_5})
"""Our reading."""
