"""Human Genetic Resources Regulations of China (人类遗传资源管理条例), 2019: genes that go abroad."""

from collections.abc import Mapping
from types import MappingProxyType

from lockgate.laws.flow import Flow
from lockgate.laws.instrument import Here, Reading
from lockgate.terms.category import Category
from lockgate.terms.finding import Finding

_GENES = (Category.GENETIC,)


def reaches(flow: Flow, here: Here) -> bool:
    """Whether genetic information connected to the mainland is handled, whoever may still be told by it.

    Anonymous genetic information of single persons stays a resource, so no assessment of anonymity frees it; counts do.
    """
    return flow.holds(_GENES) and flow.is_connected_to(here.territory)


def article_7(flow: Flow, here: Here) -> Finding:
    """No foreign party collects or preserves human genetic resources in the mainland.

    A holder abroad that collects counts as a foreign party; firms in the mainland under foreign control no fact names.
    """
    if flow.means_are("collection") and flow.leaves(here.territory) and not flow.is_any("holder.in", here.territory):
        return here.forbids("no foreign party collects human genetic resources; work with a partner in the mainland")
    return here.does_not_apply("no foreign party collects genetic resources")


def article_28(flow: Flow, here: Here) -> Finding:
    """Information to foreign parties: reported beforehand with a backup, reviewed where health or security may suffer.

    The rules of 2023 name a number of persons beyond which the review is due, and other cases that no fact tells.
    """
    if not flow.leaves(here.territory):
        return here.does_not_apply("no foreign party receives genetic information")
    if "reviewed_persons" in here.version.numbers and flow.reaches("data.persons", here.number("reviewed_persons")):
        return here.requires(
            "genetic-information-report", "authority-approval", reason="genes of more persons than go without review"
        )
    return here.requires("genetic-information-report", reason="a foreign party receives genetic information")


READINGS: Mapping[str, Reading] = MappingProxyType({"7": article_7, "28": article_28})
"""Our readings by article."""
