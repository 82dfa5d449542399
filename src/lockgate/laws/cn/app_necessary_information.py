"""Necessary personal information of 39 types of app in China (常见类型移动互联网应用程序必要个人信息范围规定), 2021."""

from collections.abc import Mapping
from types import MappingProxyType

from lockgate.laws.cn.questions import CHINA
from lockgate.laws.cn.roles import operates_app
from lockgate.laws.flow import Flow
from lockgate.laws.instrument import Here, Reading
from lockgate.terms.finding import Finding
from lockgate.terms.lists import APP_TYPES


def reaches(flow: Flow, here: Here) -> bool:
    """Whether an app collects personal information from its users in the mainland."""
    return (
        flow.is_about(CHINA)
        and flow.is_connected_to(here.territory)
        and operates_app(flow)
        and flow.means_are("collection")
    )


def article_4(flow: Flow, here: Here) -> Finding:
    """The basic function is not refused to who declines what it does not need; a forced consent is none."""
    if not flow.ground_is("consent"):
        return here.does_not_apply("the collection does not rest on consent")
    if flow.is_known_to_be("basis.consent.voluntary", value=False):
        return here.forbids("the app is refused to who declines; offer the basic function without, and ask again")
    return here.requires("consent", reason="who declines what is not necessary keeps the basic function")


def article_5(flow: Flow, here: Here) -> Finding:
    """What the basic function of each type needs; anything else needs a consent that can be declined.

    A contract with the user carries no more than the list, since the list says what the service needs. What the app
    asks beside it, it may ask: freely. Kinds of data are held against categories: see `docs/readings/cn-apps.md`.
    """
    kinds = {column.category.value for column in flow.personal_columns}
    fitting = [word for word, name in APP_TYPES.items() if name not in _LISTED or kinds <= set(here.words(name))]
    if flow.is_any("holder.app_type", fitting):
        return here.requires("minimum-scope", reason="nothing beyond the list for apps of this type is collected")
    if flow.ground_is("contract"):
        return here.forbids("apps of this type do not need all that is collected; drop it, or ask for a free consent")
    if flow.ground_is("consent"):
        return here.requires("consent", "minimum-scope", reason="more is collected than apps of this type need")
    return here.requires("minimum-scope", reason="more is collected than apps of this type need")


_LISTED = frozenset(APP_TYPES.values()) - {"other"}

READINGS: Mapping[str, Reading] = MappingProxyType({"4": article_4, "5": article_5})
"""Our readings by article."""
