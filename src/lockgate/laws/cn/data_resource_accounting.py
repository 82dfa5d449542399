"""Interim rules of China on accounting for enterprise data resources (企业数据资源相关会计处理暂行规定): advice."""

from collections.abc import Mapping
from types import MappingProxyType

from lockgate.laws.cn.questions import is_known_as
from lockgate.laws.flow import Flow
from lockgate.laws.instrument import Here, Reading
from lockgate.terms.finding import Finding


def reaches(flow: Flow, here: Here) -> bool:
    """Whether the holder keeps its books in the mainland; asked of nothing that is not said."""
    return flow.facts.values.get("holder.in") in here.territory


def article_2(flow: Flow, here: Here) -> Finding:
    """How data are booked: said where data are sold, or shown to a lender. It lays no duty on the flow."""
    if any(flow.is_known_to_be("purpose.use", use) for use in here.words("trading_uses")):
        return here.requires(reason="advice: data held for sale are inventory if the standard on it is met, at cost")
    if is_known_as(flow, "recipient", here.words("lenders")):
        return here.requires(
            reason="advice: data that the holder uses are an intangible asset if identifiable, controlled, useful and "
            "of a reliable cost; a lender is shown rights, lawful source and cost, and no appraised value is booked"
        )
    return here.does_not_apply("the data are neither sold nor shown to a lender")


READINGS: Mapping[str, Reading] = MappingProxyType({"2": article_2})
"""Our readings by article."""
