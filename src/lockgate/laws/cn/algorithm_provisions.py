"""Algorithm Recommendation Provisions of China (互联网信息服务算法推荐管理规定), 2022: what is pushed by profile."""

from collections.abc import Mapping
from types import MappingProxyType

from lockgate.laws.cn.questions import CHINA
from lockgate.laws.flow import Flow
from lockgate.laws.instrument import Here, Reading
from lockgate.terms.finding import Finding


def reaches(flow: Flow, here: Here) -> bool:
    """Whether persons in the mainland are pushed content, ranked or decided on by algorithm."""
    return (
        flow.use_is(*here.words("recommending_uses")) and flow.is_about(CHINA) and flow.is_connected_to(here.territory)
    )


def article_16(_flow: Flow, here: Here) -> Finding:
    """Users are told that an algorithm recommends, by which principles and to what end."""
    return here.requires("notice", reason="users are told of the algorithm, its principles and its purpose")


def article_17(flow: Flow, here: Here) -> Finding:
    """An option that is not personal or an off switch, effective at once; major effects are explained."""
    if flow.use_is(*here.words("pushing_uses")):
        return here.requires("opt-out", reason="users can switch the recommendation off")
    if flow.says("purpose.major_impact"):
        return here.requires("explanation", reason="an algorithm with major effect on rights is explained")
    return here.does_not_apply("nothing is pushed, and nobody's rights are affected much")


READINGS: Mapping[str, Reading] = MappingProxyType({"16": article_16, "17": article_17})
"""Our readings by article."""
