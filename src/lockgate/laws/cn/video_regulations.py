"""Public Security Video Regulations of China (公共安全视频图像信息系统管理条例), 2025: pictures of public places."""

from collections.abc import Mapping
from types import MappingProxyType

from lockgate.laws.cn.questions import CHINA, publishes
from lockgate.laws.flow import Flow
from lockgate.laws.instrument import Here, Reading
from lockgate.terms.finding import Finding

_SECURITY = "public-security"


def reaches(flow: Flow, here: Here) -> bool:
    """Whether pictures that serve public security in the mainland, or were taken for it, are handled."""
    return (
        flow.holds(here.categories("pictured_categories"))
        and flow.is_about(CHINA)
        and flow.is_connected_to(here.territory)
        and (flow.is_known_to_be("purpose.collected_for", _SECURITY) or flow.use_is(_SECURITY))
    )


def article_16(_flow: Flow, here: Here) -> Finding:
    """Who saw or took what is logged."""
    return here.requires("record-of-sharing", reason="access to pictures of public places is logged")


def article_17(_flow: Flow, here: Here) -> Finding:
    """Kept for thirty days at least, then deleted once the purpose is met. It comes later."""
    return here.requires("deletion", reason="pictures of public places are deleted once their purpose is met")


def article_20(flow: Flow, here: Here) -> Finding:
    """Offices get the pictures by statute, on their papers."""
    if flow.recipient_is("authority"):
        return here.requires("authority-papers", reason="an office asks for pictures of public places")
    return here.does_not_apply("no office receives pictures")


def article_22(flow: Flow, here: Here) -> Finding:
    """What is lawfully published strictly protects faces, plates and the like: measured on the copy."""
    if publishes(flow):
        return here.requires("residual-identifiers-none", reason="faces and plates are protected in what is published")
    return here.does_not_apply("nothing is published")


READINGS: Mapping[str, Reading] = MappingProxyType(
    {"16": article_16, "17": article_17, "20": article_20, "22": article_22}
)
"""Our readings by article."""
