"""Act on data brokers and foreign adversaries of the United States, 2024: read only to say that a person has to look.

The Act knows no number of persons, so that a sale below every number of 28 CFR 202 can still be barred by it.
"""

from collections.abc import Mapping
from types import MappingProxyType

from lockgate.laws.flow import Flow
from lockgate.laws.instrument import Here, Reading
from lockgate.terms.finding import Finding


def reaches(flow: Flow, here: Here) -> bool:
    """Whether a party in the United States moves data of persons there."""
    return bool(flow.personal_columns) and flow.is_any("holder.in", here.territory) and flow.subjects_in(here.territory)


def article_2(flow: Flow, here: Here) -> Finding:
    """A broker that sells to a foreign adversary, or to a party that one controls: which data are barred is not coded.

    A broker is who sells what it did not collect itself. The Act is not coded, so it takes a person to judge where the
    origin that is said makes the seller a broker; an origin left out makes none, and is listed as helpful. Public data
    are outside, which must be said. The role `covered-person` stands for control. See `docs/readings/us-part-202.md`.
    """
    if not flow.is_any("purpose.transaction", ("brokerage",)):
        return here.does_not_apply("nothing is sold or licensed")
    if not (
        flow.is_any("recipient.in", here.words("adversaries"))
        or (flow.leaves(here.territory) and flow.has_role("recipient", "covered-person"))
    ):
        return here.does_not_apply("the recipient is no foreign adversary and under no such control")
    if flow.known("data.publicly_disclosed") is True:
        return here.does_not_apply("the data are lawfully public")
    origin = flow.known("data.provenance")
    if origin is None or origin in here.words("own_sources"):
        return here.does_not_apply("the holder is not known to sell data that it did not collect itself")
    return here.cannot_tell("data that the holder did not collect itself are sold to a foreign adversary: may they be?")


READINGS: Mapping[str, Reading] = MappingProxyType({"2": article_2})
"""Our reading."""
