"""Automotive Data Security Provisions of China (汽车数据安全管理若干规定(试行)), 2021: what cars record of people."""

from collections.abc import Mapping
from types import MappingProxyType

from lockgate.laws.cn.questions import CHINA
from lockgate.laws.cn.roles import plays
from lockgate.laws.flow import Flow
from lockgate.laws.instrument import Here, Reading
from lockgate.terms.category import Category
from lockgate.terms.finding import Finding

_VIDEO = (Category.OUT_OF_CAR_VIDEO,)
_HINTS = (Category.OUT_OF_CAR_VIDEO, Category.VEHICLE)


def reaches(flow: Flow, here: Here) -> bool:
    """Whether data of cars in the mainland are handled: by one of the trade, or filmed out of a car by anybody."""
    if not (flow.is_about(CHINA) and flow.is_connected_to(here.territory)):
        return False
    return flow.holds(_VIDEO) or plays(flow, "holder", "car-data-handler", hinted=flow.holds(_HINTS))


def article_3(flow: Flow, here: Here) -> Finding:
    """What is important data: out-of-car video with faces or plates, and data of more persons than a number.

    The number itself is not more than it. Persons whose data the holder holds are counted, this flow among them: see
    `docs/readings/cn-car-data.md`. What the authority has not been notified of may still be important here.
    """
    if _is_important(flow, here):
        return here.requires(reason="out-of-car video, or data of more persons than the number: important data")
    return here.does_not_apply("no out-of-car video, and no more persons than the number")


def article_6(_flow: Flow, here: Here) -> Finding:
    """Four principles, encouraged: handle in the car, do not collect by default, no finer than needed, desensitise."""
    return here.requires(
        reason="encouraged: handle in the car, collect nothing by default, no finer than needed, desensitise"
    )


def article_7(_flow: Flow, here: Here) -> Finding:
    """Notice in the manual, on the screen, by voice or app: kinds, occasions, how to stop, purpose, place and time."""
    return here.requires("notice", reason="persons are told what the car collects and how to stop it")


def article_8(flow: Flow, here: Here) -> Finding:
    """Persons outside the car cannot be asked: what is sent out of the car is anonymised, faces blurred or cut."""
    if flow.holds(_VIDEO):
        return here.requires("anonymise-out-of-car", reason="persons outside the car cannot consent to the video")
    return here.does_not_apply("no video of persons outside the car moves")


def article_9(flow: Flow, here: Here) -> Finding:
    """Sensitive data of cars: for the person's own good, prominent notice, separate consent, deletion on request.

    Separate consent on the ground of consent; another basis in law is as good. Biometrics only to make driving safer:
    a use that is plainly another is forbidden where they are collected.
    """
    kinds = here.categories("sensitive_kinds")
    if not flow.holds(kinds):
        return here.does_not_apply("no tracks, sound, pictures or biometrics of persons move")
    if (
        flow.holds(here.categories("biometric_kinds"))
        and flow.means_are("collection")
        and flow.use_is(*here.words("uses_beyond_safety"))
    ):
        return here.forbids("cars collect biometrics only to make driving safer; leave them out")
    days = here.number("deletion").value
    reason = f"sensitive data of cars, deleted within {days} working days of a request"
    if flow.ground_is("consent"):
        return here.requires("sensitive-notice", "separate-consent", "deletion", reason=reason)
    return here.requires("sensitive-notice", "deletion", reason=reason)


def article_10(flow: Flow, here: Here) -> Finding:
    """Important data: their risks are assessed and the report goes to the authority of the province."""
    if _is_important(flow, here):
        return here.requires("important-data-risk-assessment", reason="important data of cars are handled")
    return here.does_not_apply("no important data of cars are handled")


def article_11(flow: Flow, here: Here) -> Finding:
    """Important data are stored in the mainland; for export they pass the assessment.

    An export below the number of persons and without video follows the general rules for exports.
    """
    if not _is_important(flow, here):
        return here.does_not_apply("no important data of cars are handled")
    if _is_assessed(flow, here):
        return here.requires("domestic-storage", "security-assessment", reason="important data of cars go abroad")
    return here.requires("domestic-storage", reason="important data of cars are stored in the mainland")


def article_12(flow: Flow, here: Here) -> Finding:
    """What is exported keeps to its assessment; so no standard contract or certification stands in its place.

    That an export keeps to what was assessed is seen after it.
    """
    if _is_important(flow, here) and _is_assessed(flow, here):
        return here.lifts(reason="important data of cars are assessed: neither contract nor certification replaces it")
    return here.does_not_apply("no export of important data of cars is assessed")


def article_13(flow: Flow, here: Here) -> Finding:
    """Who handles important data reports every year, by a day in December."""
    if _is_important(flow, here):
        day = here.number("report_day").value
        return here.requires("important-data-annual-report", reason=f"report on the year by {day} December")
    return here.does_not_apply("no important data of cars are handled")


def article_14(flow: Flow, here: Here) -> Finding:
    """Who sends important data abroad adds recipients, kinds, scale, purpose, place and complaints to the report."""
    if flow.leaves(here.territory) and _is_important(flow, here):
        return here.requires("important-data-annual-report", reason="the report names what went abroad, and to whom")
    return here.does_not_apply("no important data of cars go abroad")


def _is_important(flow: Flow, here: Here) -> bool:
    return flow.holds(_VIDEO) or flow.reaches("holder.persons_held", here.number("persons"))


def _is_assessed(flow: Flow, here: Here) -> bool:
    """Whether what goes abroad is itself important: video out of the car, or data of more persons than the number."""
    return flow.leaves(here.territory) and (flow.holds(_VIDEO) or flow.reaches("data.persons", here.number("persons")))


READINGS: Mapping[str, Reading] = MappingProxyType(
    {
        "3": article_3,
        "6": article_6,
        "7": article_7,
        "8": article_8,
        "9": article_9,
        "10": article_10,
        "11": article_11,
        "12": article_12,
        "13": article_13,
        "14": article_14,
    }
)
"""Our readings by article."""
