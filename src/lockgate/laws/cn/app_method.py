"""Method of China to identify unlawful collection by apps (App违法违规收集使用个人信息行为认定方法), 2019.

Thirty-one items. Those that the facts of a flow tell are read here; the rest say what an inspection of the app itself
looks for.
"""

from collections.abc import Mapping
from types import MappingProxyType

from lockgate.laws.cn.questions import CHINA
from lockgate.laws.cn.roles import operates_app
from lockgate.laws.flow import Flow
from lockgate.laws.instrument import Here, Reading
from lockgate.terms.finding import Finding

_NOT_COLLECTED = "the app collects nothing here"
_NOT_ON_CONSENT = "the use does not rest on consent"


def reaches(flow: Flow, here: Here) -> bool:
    """Whether an app with users in the mainland handles their personal information."""
    return flow.is_about(CHINA) and flow.is_connected_to(here.territory) and operates_app(flow)


def article_1_1(flow: Flow, here: Here) -> Finding:
    """A policy with rules on collection and use: shown by the notice."""
    if flow.means_are("collection"):
        return here.requires("notice", reason="an app has rules on what it collects, and shows them")
    return here.does_not_apply(_NOT_COLLECTED)


def article_2_1(flow: Flow, here: Here) -> Finding:
    """Purposes, means and kinds one by one, with whom data are entrusted and whose code is embedded."""
    if flow.means_are("collection") or _reaches_third_party(flow) or flow.recipient_is("entrusted-party"):
        return here.requires("notice", reason="purposes, means, kinds and third parties are listed one by one")
    return here.does_not_apply("the app neither collects nor passes on")


def article_2_3(flow: Flow, here: Here) -> Finding:
    """Who is asked for an identity number, an account or a track is told at once what for."""
    if flow.holds(here.categories("sensitive_permissions")) and flow.means_are("collection"):
        return here.requires("notice", reason="the purpose is told together with the request")
    return here.does_not_apply("nothing is asked for whose purpose has to be told at once")


def article_3_1(flow: Flow, here: Here) -> Finding:
    """No collection before the consent on which it rests."""
    if flow.means_are("collection") and flow.ground_is("consent"):
        return here.requires("consent", reason="nothing is collected before consent")
    return here.does_not_apply(_NOT_ON_CONSENT)


def article_3_2(flow: Flow, here: Here) -> Finding:
    """Nothing after a refusal. Asking again and again is for the inspection of the app."""
    if flow.known("data.refused") is True and flow.means_are("collection"):
        return here.forbids("users refused, and the app collects all the same; stop for those who did")
    return here.does_not_apply("no refusal is known")


def article_3_3(flow: Flow, here: Here) -> Finding:
    """Nothing beyond what the user authorised: another use needs a consent anew."""
    earlier = flow.facts.values.get("purpose.collected_for")
    if earlier is not None and flow.ground_is("consent") and not flow.use_is(str(earlier)):
        return here.requires("consent", reason="the use is another than the one that users authorised")
    return here.does_not_apply("no other use than the authorised one is known")


def article_3_4(flow: Flow, here: Here) -> Finding:
    """Consent by a clear act, not by default."""
    if flow.is_known_to_be("basis.consent.explicit", value=False) and flow.ground_is("consent"):
        return here.requires("consent", reason="consent by default is none: ask for a clear act")
    return here.does_not_apply("nothing is known of consent by default")


def article_3_6(flow: Flow, here: Here) -> Finding:
    """Personalised push comes with an option that is not personalised."""
    if flow.use_is(*here.words("pushing_uses")):
        return here.requires("opt-out", reason="content is pushed to persons by their profile")
    return here.does_not_apply("nothing is pushed")


def article_3_7(flow: Flow, here: Here) -> Finding:
    """No consent by hiding what it is for: who was not informed is asked again."""
    if flow.is_known_to_be("basis.consent.informed", value=False) and flow.ground_is("consent"):
        return here.requires("consent", reason="users were not told what they consented to: ask again")
    return here.does_not_apply("nothing is known of misleading")


def article_4_1(flow: Flow, here: Here) -> Finding:
    """Nothing that no function of the app needs."""
    surplus = [column.name for column in flow.personal_columns if column.necessary is False]
    if surplus and flow.means_are("collection"):
        return here.forbids("no function of the app needs " + ", ".join(f"`{name}`" for name in surplus) + "; drop it")
    return here.does_not_apply("nothing is known to be unrelated to a function")


def article_4_2(flow: Flow, here: Here) -> Finding:
    """No function is refused for want of optional data: a consent under that pressure is not free."""
    if _is_pressed(flow):
        return here.forbids("a function is refused to who declines; offer it without, and ask again")
    return here.does_not_apply("nothing is known of pressure")


def article_4_5(flow: Flow, here: Here) -> Finding:
    """No consent is forced only to improve, to push or to develop."""
    if _is_pressed(flow) and flow.use_is(*here.words("improving_uses")):
        return here.forbids("consent is forced for improvement, push or development; let users decline")
    return here.does_not_apply("nothing is known of consent forced for improvement, push or development")


def article_5_1(flow: Flow, here: Here) -> Finding:
    """Nothing to third parties out of the app, embedded code included, without consent or anonymisation.

    Grounds that need no consent under PIPL 13, a later statute, go before: see `docs/readings/cn-apps.md`.
    """
    return _to_third_parties(flow, here)


def article_5_2(flow: Flow, here: Here) -> Finding:
    """Nothing to third parties out of the server without consent or anonymisation; a collection is none."""
    if flow.means_are("collection"):
        return here.does_not_apply("nothing comes out of the server")
    return _to_third_parties(flow, here)


def article_6_1(flow: Flow, here: Here) -> Finding:
    """Users can have data corrected and deleted and close the account. It comes later."""
    if flow.means_are("collection"):
        return here.requires("deletion", reason="users can have their data deleted and close the account")
    return here.does_not_apply(_NOT_COLLECTED)


def _to_third_parties(flow: Flow, here: Here) -> Finding:
    if not _reaches_third_party(flow):
        return here.does_not_apply("no third party receives the data")
    if flow.ground_is(*here.words("grounds_beyond_consent")):
        return here.does_not_apply("the use rests on a ground that needs no consent (PIPL 13)")
    return here.requires("consent", reason="a third party receives data of users, which takes consent or anonymisation")


def _reaches_third_party(flow: Flow) -> bool:
    return flow.recipient_is("independent-controller", "joint-controller", "public")


def _is_pressed(flow: Flow) -> bool:
    return flow.is_known_to_be("basis.consent.voluntary", value=False) and flow.means_are("collection")


READINGS: Mapping[str, Reading] = MappingProxyType(
    {
        "1.1": article_1_1,
        "2.1": article_2_1,
        "2.3": article_2_3,
        "3.1": article_3_1,
        "3.2": article_3_2,
        "3.3": article_3_3,
        "3.4": article_3_4,
        "3.6": article_3_6,
        "3.7": article_3_7,
        "4.1": article_4_1,
        "4.2": article_4_2,
        "4.5": article_4_5,
        "5.1": article_5_1,
        "5.2": article_5_2,
        "6.1": article_6_1,
    }
)
"""Our readings by item."""
