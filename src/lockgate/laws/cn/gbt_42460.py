"""GB/T 42460-2023, effectiveness of de-identification: advice, read for its class sizes; it never forbids."""

from collections.abc import Mapping
from types import MappingProxyType

from lockgate.laws.flow import Flow
from lockgate.laws.instrument import Here, Reading

READINGS: Mapping[str, Reading] = MappingProxyType({})
"""No clause lays a duty on a flow: standards advise."""


def reaches(flow: Flow, here: Here) -> bool:  # noqa: ARG001 - the signature of every instrument
    """A recommended standard binds nobody by itself."""
    return False
