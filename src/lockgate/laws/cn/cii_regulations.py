"""Regulations on the security of critical information infrastructure of China (关键信息基础设施安全保护条例)."""

from collections.abc import Mapping
from types import MappingProxyType

from lockgate.laws.cn.questions import is_known_as
from lockgate.laws.flow import Flow
from lockgate.laws.instrument import Here, Reading
from lockgate.terms.finding import Finding


def reaches(flow: Flow, here: Here) -> bool:
    """Whether the holder is in the mainland."""
    return flow.is_any("holder.in", here.territory)


def article_17(flow: Flow, here: Here) -> Finding:
    """Yearly test of security and assessment of risks, reported as asked. It comes with time, not with a flow."""
    if is_known_as(flow, "holder", here.words("roles")):
        return here.requires("security-test", reason="the holder operates critical infrastructure")
    return here.does_not_apply("the holder is not said to operate critical infrastructure")


READINGS: Mapping[str, Reading] = MappingProxyType({"17": article_17})
"""Our readings by article."""
