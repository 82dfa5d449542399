"""Children's Online Information Provisions of China (儿童个人信息网络保护规定), 2019: persons under fourteen."""

from collections.abc import Mapping
from types import MappingProxyType

from lockgate.laws.cn.questions import CHINA, entrusts, involves_children, provides_to_another, publishes
from lockgate.laws.flow import Flow
from lockgate.laws.instrument import Here, Reading
from lockgate.terms.finding import Finding


def reaches(flow: Flow, here: Here) -> bool:
    """Whether personal information of children in the mainland is handled; that it is so online is taken as given."""
    return flow.is_about(CHINA) and flow.is_connected_to(here.territory) and involves_children(flow, here)


def article_9(flow: Flow, here: Here) -> Finding:
    """A parent or guardian is told prominently, and consents, unless the ground leaves nothing to the will."""
    if flow.ground_is(*here.words("grounds_beyond_will")):
        return here.requires("notice", reason="a parent or guardian is told")
    return here.requires("notice", "guardian-consent", reason="a parent or guardian is told, and consents")


def article_16(flow: Flow, here: Here) -> Finding:
    """Before entrusting, the security is assessed and a contract signed."""
    if entrusts(flow):
        return here.requires("impact-assessment", "contract", reason="data of children are entrusted")
    return here.does_not_apply("nothing is entrusted")


def article_17(flow: Flow, here: Here) -> Finding:
    """Before data go to a third party, the security is assessed."""
    if provides_to_another(flow):
        return here.requires("impact-assessment", reason="data of children go to a third party")
    return here.does_not_apply("no third party receives data of children")


def article_18(flow: Flow, here: Here) -> Finding:
    """Nothing is disclosed, unless a law says so or the guardian has agreed to it."""
    if publishes(flow) and not flow.ground_is(*here.words("grounds_of_law")):
        return here.requires("guardian-consent", reason="data of children would become public")
    return here.does_not_apply("nothing becomes public, or a law has it published")


READINGS: Mapping[str, Reading] = MappingProxyType(
    {"9": article_9, "16": article_16, "17": article_17, "18": article_18}
)
"""Our readings by article."""
