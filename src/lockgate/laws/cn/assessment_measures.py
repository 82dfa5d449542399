"""Measures for the Security Assessment of Data Exports of China (数据出境安全评估办法), 2022.

From 2024-03-22 the Cross-border Provisions say what is assessed; these measures keep the course of the assessment.
"""

from collections.abc import Mapping
from types import MappingProxyType

from lockgate.laws.cn.questions import why_assessed_by_measures
from lockgate.laws.flow import Flow
from lockgate.laws.instrument import Here, Reading
from lockgate.terms.finding import Finding


def reaches(flow: Flow, here: Here) -> bool:
    """Whether data that are held or were collected in the mainland, or are about persons there, leave it."""
    return flow.leaves(here.territory) and flow.is_connected_to(here.territory)


def article_4(flow: Flow, here: Here) -> Finding:
    """What is assessed from 2022-09-01 to 2024-03-21: no exemption for contracts, staff or small numbers.

    Holding many persons' data is a trigger of its own. Exports were counted from 1 January of the previous year, and
    the flow file has this year's: see `docs/readings/cn-exports-before-2024.md`.
    """
    if "persons" not in here.version.numbers:
        return here.does_not_apply("since 2024-03-22 the Cross-border Provisions say what is assessed")
    reason = why_assessed_by_measures(flow, here)
    if reason:
        return here.requires("security-assessment", reason=reason)
    return here.does_not_apply("not important, not critical infrastructure, and below the numbers")


READINGS: Mapping[str, Reading] = MappingProxyType({"4": article_4})
"""Our readings by article."""
