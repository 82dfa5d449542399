"""Instruments of which no article decides a flow: standards, drafts, and rules whose text was not read.

Their data stand in the catalogue, so that each article is listed with why it is not coded.
"""

from collections.abc import Mapping
from types import MappingProxyType

from lockgate.laws.flow import Flow
from lockgate.laws.instrument import Here, Reading

READINGS: Mapping[str, Reading] = MappingProxyType({})
"""No article lays a duty on a flow."""


def reaches(flow: Flow, here: Here) -> bool:  # noqa: ARG001 - the signature of every instrument
    """What only advises binds nobody by itself."""
    return False
