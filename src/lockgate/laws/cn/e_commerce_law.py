"""E-Commerce Law of China (电子商务法), 2019: search results by profile, and accounts of customers."""

from collections.abc import Mapping
from types import MappingProxyType

from lockgate.laws.cn.questions import CHINA
from lockgate.laws.flow import Flow
from lockgate.laws.instrument import Here, Reading
from lockgate.terms.finding import Finding
from lockgate.terms.lists import APP_TYPES


def reaches(flow: Flow, here: Here) -> bool:
    """Whether a shop of the mainland's internet handles its customers' data: a large platform, or an app that sells."""
    if not (flow.is_about(CHINA) and flow.is_connected_to(here.territory)):
        return False
    kind = APP_TYPES.get(str(flow.facts.values.get("holder.app_type", "")))
    roles = flow.facts.values.get("holder.roles")
    return kind in here.words("selling_types") or (isinstance(roles, tuple) and "large-platform" in roles)


def article_18(flow: Flow, here: Here) -> Finding:
    """Who shows goods by profile also shows them without."""
    if flow.use_is(*here.words("pushing_uses")):
        return here.requires("opt-out", reason="goods are shown by profile, so also without")
    return here.does_not_apply("nothing is shown by profile")


def article_24(flow: Flow, here: Here) -> Finding:
    """Customers can query, correct and delete what is held, and close the account. It comes later."""
    if flow.means_are("collection"):
        return here.requires("deletion", reason="customers can have their data deleted and close the account")
    return here.does_not_apply("nothing is collected")


READINGS: Mapping[str, Reading] = MappingProxyType({"18": article_18, "24": article_24})
"""Our readings by article."""
