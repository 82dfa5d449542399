"""Labelling Measures of China (人工智能生成合成内容标识办法), 2025: what machines made says so."""

from collections.abc import Mapping
from types import MappingProxyType

from lockgate.laws.flow import Flow
from lockgate.laws.instrument import Here, Reading
from lockgate.terms.finding import Finding


def reaches(flow: Flow, here: Here) -> bool:
    """Whether generated content is said to go from the mainland or to it; whether it names persons does not matter."""
    return flow.facts.values.get("data.provenance") in here.words("made_by_machines") and (
        flow.is_any("holder.in", here.territory) or flow.is_any("recipient.in", here.territory)
    )


def article_4(flow: Flow, here: Here) -> Finding:
    """A label that people see, on content that may confuse the public; also in downloads.

    Which content that is, Deep Synthesis 17 says and no fact of a flow; so the label is listed and never decides.
    """
    if _becomes_public(flow):
        return here.requires("content-label", reason="generated content that may confuse the public is labelled")
    return here.does_not_apply("the content does not become public")


def article_5(flow: Flow, here: Here) -> Finding:
    """A label in the metadata: attribute, provider and number of the content."""
    if _becomes_public(flow) or not flow.recipient_is("same-controller"):
        return here.requires("content-label", reason="generated content carries its label in the metadata")
    return here.does_not_apply("the content stays with the holder")


def _becomes_public(flow: Flow) -> bool:
    return flow.recipient_is("public") or flow.means_are("publication")


READINGS: Mapping[str, Reading] = MappingProxyType({"4": article_4, "5": article_5})
"""Our readings by article."""
