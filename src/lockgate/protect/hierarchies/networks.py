"""IP addresses: networks of 24, 16 and 8 bits (version 4), of 64, 48 and 32 bits (version 6)."""

from collections.abc import Mapping
from ipaddress import IPv4Address, ip_address, ip_network

from lockgate.protect.hierarchies.paths import Parameters, Paths, of_each

_BITS_4, _BITS_6 = (24, 16, 8), (64, 48, 32)


def ip_paths(values: Mapping[str, int], _parameters: Parameters) -> Paths:
    """Return the paths of addresses: as written, three ever larger networks, `*`."""
    return of_each(values, _path)


def _path(value: str) -> tuple[str, ...] | None:
    try:
        address = ip_address(value.partition("%")[0])  # what follows names an interface of the machine
    except ValueError:
        return None
    bits = _BITS_4 if isinstance(address, IPv4Address) else _BITS_6
    return (value, *(str(ip_network((address, size), strict=False)) for size in bits), "*")
