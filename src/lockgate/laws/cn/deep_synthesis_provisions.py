"""Deep Synthesis Provisions of China (互联网信息服务深度合成管理规定), 2023: training data, edited faces and voices."""

from collections.abc import Mapping
from types import MappingProxyType

from lockgate.laws.cn.questions import CHINA
from lockgate.laws.flow import Flow
from lockgate.laws.instrument import Here, Reading
from lockgate.terms.finding import Finding


def reaches(flow: Flow, here: Here) -> bool:
    """Whether faces or voices of persons connected to the mainland train a model, or a service edits them."""
    return (
        flow.holds(here.categories("edited_categories"))
        and flow.is_about(CHINA)
        and flow.is_connected_to(here.territory)
        and flow.use_is(*here.words("synthesis_uses"))
    )


def article_14(flow: Flow, here: Here) -> Finding:
    """Training data that hold personal information keep to the law of it; who is edited consents separately.

    That a service edits faces or voices only the file can say (`purpose.edits_persons`); a recording that merely trains
    recognition edits nobody. The consent is asked on whatever ground.
    """
    if flow.says("purpose.edits_persons"):
        return here.requires("notice", "separate-consent", reason="the face or voice of a person is edited or imitated")
    if flow.use_is(*here.words("training_uses")):
        return here.requires("minimum-scope", reason="training data with faces or voices keep to the law of them")
    return here.does_not_apply("nobody is edited, and nothing is trained")


READINGS: Mapping[str, Reading] = MappingProxyType({"14": article_14})
"""Our readings by article."""
