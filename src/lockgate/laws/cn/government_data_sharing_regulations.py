"""Government Data Sharing Regulations of China (政务数据共享条例), 2025: what state organs share among each other."""

from collections.abc import Mapping
from types import MappingProxyType

from lockgate.laws.cn.questions import acts_for_the_state
from lockgate.laws.flow import Flow
from lockgate.laws.instrument import Here, Reading
from lockgate.terms.finding import Finding


def reaches(flow: Flow, here: Here) -> bool:
    """Whether the holder is in the mainland; that it is a state organ, the article asks."""
    return flow.is_any("holder.in", here.territory)


def article_25(flow: Flow, here: Here) -> Finding:
    """Shared data serve the stated purpose and reach no third party, unless the organ that provided them consents.

    Shared are data that a state organ, or a body with public tasks, is said to have received and uses for its task
    (`public-task`, or `statutory-duty` as PIPL 13 names it); left unsaid, the data count as its own. The number of the
    article: medium confidence.
    """
    if not acts_for_the_state(flow, here):
        return here.does_not_apply("no state organ uses data for its task")
    if flow.known("data.provenance") != "received":
        return here.does_not_apply("the data were not received from another organ")
    if flow.recipient_is("same-controller") and not flow.use_changes():
        return here.does_not_apply("the data stay with the organ and serve the stated purpose")
    return here.requires("provider-consent", reason="shared data go to a third party or serve another purpose")


READINGS: Mapping[str, Reading] = MappingProxyType({"25": article_25})
"""Our readings by article."""
