"""Addresses of crypto-currencies: Bitcoin (two forms), Ethereum and what has the same form, Tron.

Source: Bitcoin Core, base58.cpp (Base58Check: double SHA-256); BIP 173 and BIP 350 (Bech32, Bech32m); EIP-55
(Ethereum: 0x and forty hexadecimal digits).
"""

from hashlib import sha256

from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATORS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_BECH32_SUMS = (1, 0x2BC830A3)
_FORM = "(?:[13T][1-9A-HJ-NP-Za-km-z]{25,34}|bc1[02-9ac-hj-np-z]{11,71}|0x[0-9A-Fa-f]{40})"


def _holds(value: str) -> bool:
    if value.startswith("0x"):
        return True
    return _is_bech32(value) if value.startswith("bc1") else _is_base58(value)


def _is_base58(value: str) -> bool:
    number = 0
    for sign in value:
        number = number * 58 + _BASE58.index(sign)
    if number >= 1 << 200:
        return False
    raw = number.to_bytes(25, "big")
    return sha256(sha256(raw[:21]).digest()).digest()[:4] == raw[21:]


def _is_bech32(value: str) -> bool:
    """Whether the polynomial over the signs is 1, or the constant of BIP 350, with `bc` expanded before them."""
    state = 1
    for number in (3, 3, 0, 2, 3, *(_BECH32.index(sign) for sign in value[3:])):
        top = state >> 25
        state = (state & 0x1FFFFFF) << 5 ^ number
        for place, generator in enumerate(_GENERATORS):
            state ^= generator if top >> place & 1 else 0
    return state in _BECH32_SUMS


RECOGNISER = Recogniser(
    type="crypto-address",
    category=Category.FINANCIAL_ACCOUNT,
    role=ColumnRole.DIRECT_IDENTIFIER,
    headers=phrases(
        "wallet, wallet address, crypto address, crypto wallet, bitcoin address, btc address, btc, eth address",
        "ethereum address, eth wallet, bitcoin, ethereum, trx address",
        "钱包地址, 比特币地址, 지갑주소",
    ),
    form=rf"^{_FORM}$",
    strong=rf"^{_FORM}$",
    chance=0.001,
    strong_chance=0.001,
    strong_weight=8.5,
    check=_holds,
    check_chance=0.3,
    check_weight=1.0,
    text=rf"(?<![0-9A-Za-z]){_FORM}(?![0-9A-Za-z])",
)
