"""Cybersecurity Law of China (网络安全法), under the numbers of the day.

The amendment in force since 2026-01-01 moved the articles that are read here up by two: 37 became 39, 38 became 40, 41
became 43, 42 became 44. Each is read alike under both numbers, and a finding cites the number of its day.
"""

from collections.abc import Mapping
from types import MappingProxyType

from lockgate.laws.cn.questions import CHINA, is_known_as, is_said_important, provides_to_another
from lockgate.laws.flow import Flow
from lockgate.laws.instrument import Here, Reading
from lockgate.terms.finding import Finding


def reaches(flow: Flow, here: Here) -> bool:
    """Whether a network in the mainland is used: by its operator there, or where the data were collected."""
    return flow.is_any("holder.in", here.territory) or flow.known("data.collected_in") in here.territory


def article_37(flow: Flow, here: Here) -> Finding:
    """Critical infrastructure until 2025: storage in the mainland, assessment before export. Now 39."""
    return _storage(flow, here)


def article_38(flow: Flow, here: Here) -> Finding:
    """Critical infrastructure until 2025: yearly test and report. Now 40."""
    return _yearly_test(flow, here)


def article_39(flow: Flow, here: Here) -> Finding:
    """Critical infrastructure since 2026: storage in the mainland, assessment before export. Until 2025: 37.

    For personal and for important data from operations in the mainland, of however few persons. Another law or
    regulation prevails: Network Data Regulations 35 name contracts with the person, staff, statutory duties and
    emergencies, which Cross-border Provisions 5 set out; so those articles lift this one. PIPL 40 keeps the storage.
    """
    return _storage(flow, here)


def article_40(flow: Flow, here: Here) -> Finding:
    """Critical infrastructure since 2026: yearly test and report, which come with time. Until 2025: 38."""
    return _yearly_test(flow, here)


def article_41(flow: Flow, here: Here) -> Finding:
    """Collection and use by network operators until 2025: consent. Now 43."""
    return _consent_to_use(flow, here)


def article_42(flow: Flow, here: Here) -> Finding:
    """Provision by network operators until 2025: consent. Now 44."""
    return _consent_to_provide(flow, here)


def article_43(flow: Flow, here: Here) -> Finding:
    """Collection and use by network operators since 2026: lawful, necessary, open, and on consent. Until 2025: 41.

    The article knows no other ground. We read it with PIPL, the later and special law, which lists others (13), and to
    which 42 of the amended law points: see `docs/readings/cn-cybersecurity-law.md`. What a service does not need,
    PIPL 6 forbids.
    """
    return _consent_to_use(flow, here)


def article_44(flow: Flow, here: Here) -> Finding:
    """Provision by network operators since 2026: consent, unless nobody can be identified again. Until 2025: 42.

    Read with PIPL 13 and 23 as article 43 is.
    """
    return _consent_to_provide(flow, here)


def _storage(flow: Flow, here: Here) -> Finding:
    if (
        flow.leaves(here.territory)
        and (flow.is_about(CHINA) or is_said_important(flow))
        and any(flow.has_role("holder", role) for role in here.words("roles"))
        and flow.known("data.collected_in") in (None, *here.territory)
    ):
        return here.requires(
            "domestic-storage", "security-assessment", reason="an operator of critical infrastructure sends data abroad"
        )
    return here.does_not_apply("no operator of critical infrastructure sends personal or important data abroad")


def _yearly_test(flow: Flow, here: Here) -> Finding:
    if is_known_as(flow, "holder", here.words("roles")):
        return here.requires("security-test", reason="the holder operates critical infrastructure")
    return here.does_not_apply("the holder is not said to operate critical infrastructure")


def _consent_to_use(flow: Flow, here: Here) -> Finding:
    if flow.is_about(CHINA) and is_known_as(flow, "holder", here.words("roles")) and flow.ground_is("consent"):
        return here.requires("consent", reason="a network operator collects or uses personal information on consent")
    return here.does_not_apply("no network operator uses personal information on consent")


def _consent_to_provide(flow: Flow, here: Here) -> Finding:
    if (
        flow.is_about(CHINA)
        and is_known_as(flow, "holder", here.words("roles"))
        and flow.ground_is("consent")
        and provides_to_another(flow)
    ):
        return here.requires("consent", reason="a network operator provides personal information to others on consent")
    return here.does_not_apply("no network operator provides personal information to others on consent")


READINGS: Mapping[str, Reading] = MappingProxyType(
    {
        "37": article_37,
        "38": article_38,
        "39": article_39,
        "40": article_40,
        "41": article_41,
        "42": article_42,
        "43": article_43,
        "44": article_44,
    }
)
"""Our readings by article."""
