"""Internet addresses, version 4 and 6.

Source: RFC 791 (four octets), RFC 4291 section 2.2 (text forms of version 6). Names a connection, often a person:
Court of Justice of the European Union, C-582/14 (Breyer).
"""

from ipaddress import ip_address

from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

_OCTET = r"(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_V4 = rf"{_OCTET}(?:\.{_OCTET}){{3}}"
_V6 = r"(?:[0-9A-Fa-f]{1,4}:|:)(?:[0-9A-Fa-f]{0,4}:){1,6}(?:[0-9A-Fa-f]{1,4}|:)?"
_WHOLE = rf"^(?:{_V4}(?::[0-9]{{1,5}}|/[0-9]{{1,2}})?|{_V6}(?:/[0-9]{{1,3}})?)$"
"""An address, perhaps with the port of a connection or the length of a network's prefix."""

_LARGEST_OF_VERSIONS = 31


def _holds(value: str) -> bool:
    """Whether it is an address; four small numbers are a version of software sooner than an address."""
    try:
        ip_address(_bare(value))
    except ValueError:
        return False
    return any(sign in value for sign in ":/") or max(map(int, value.split("."))) > _LARGEST_OF_VERSIONS


def _bare(value: str) -> str:
    """Return the address without port and length of prefix."""
    address = value.partition("/")[0]
    return address.partition(":")[0] if "." in address else address


RECOGNISER = Recogniser(
    type="ip",
    category=Category.ONLINE_IDENTIFIER,
    role=ColumnRole.DIRECT_IDENTIFIER,
    headers=phrases(
        "ip, ip address, source ip, src ip, dst ip, user ip, host ip, last login ip, ip v4, x forwarded for",
        "login ip address, register ip, IP, ip addr, ipaddr, ipv4, ipv6, client ip, remote addr, login ip",
        "注册ip, 客户端ip, ip地址, 登录ip, 아이피, ip주소, 접속ip",
    ),
    not_headers=frozenset({"version"}),
    form=_WHOLE,
    strong=_WHOLE,
    chance=0.02,
    strong_chance=0.02,
    strong_weight=8.0,
    check=_holds,
    check_chance=0.2,
    check_weight=1.0,
    text=rf"(?<![0-9A-Za-z.:-])(?:{_V4}(?::[0-9]{{2,5}})?|{_V6})(?![0-9A-Za-z:-]|\.[0-9A-Za-z])",
)
