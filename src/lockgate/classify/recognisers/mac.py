"""Hardware addresses of network interfaces.

Source: IEEE 802-2014 clause 8 (48-bit addresses, hexadecimal with hyphens or colons).
"""

from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

_FORM = r"(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}|(?:[0-9A-Fa-f]{2}-){5}[0-9A-Fa-f]{2}"

RECOGNISER = Recogniser(
    type="mac",
    category=Category.DEVICE_IDENTIFIER,
    role=ColumnRole.DIRECT_IDENTIFIER,
    headers=phrases(
        "mac, mac address, mac addr, macaddr",
        "mac地址, mac주소, 맥주소",
    ),
    form=rf"^(?:{_FORM})$",
    strong=rf"^(?:{_FORM})$",
    chance=0.001,
    strong_chance=0.001,
    strong_weight=9.0,
    text=rf"(?<![0-9A-Za-z:-])(?:{_FORM})(?![0-9A-Za-z:-])",
)
