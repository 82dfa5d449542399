"""The coded instruments. Adding one is its TOML, its Python, and one line here."""

import hashlib
import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files

from lockgate.laws.body import Laws
from lockgate.laws.charter import charter
from lockgate.laws.cn import cross_border_provisions, gbt_42460, pipl
from lockgate.laws.eu import gdpr
from lockgate.laws.flow import Flow
from lockgate.laws.instrument import Here, Reading, parse_instrument
from lockgate.laws.kr import pipa

_Rules = tuple[str, Mapping[str, Reading], Callable[[Flow, Here], bool]]

INSTRUMENTS: tuple[_Rules, ...] = (
    ("charter/charter", charter.READINGS, charter.reaches),
    ("cn/pipl", pipl.READINGS, pipl.reaches),
    ("cn/cross_border_provisions", cross_border_provisions.READINGS, cross_border_provisions.reaches),
    ("cn/gbt_42460", gbt_42460.READINGS, gbt_42460.reaches),
    ("eu/gdpr", gdpr.READINGS, gdpr.reaches),
    ("kr/pipa", pipa.READINGS, pipa.reaches),
)
"""Each instrument by its files' stem, with its readings by article and the reading of its scope."""


@cache
def load_laws() -> Laws:
    """Return all coded instruments, read once from the package.

    Raises:
        LawDataError: If law data do not hold together.
    """
    root = files("lockgate.laws")
    digest = hashlib.sha256()
    instruments = []
    for stem, readings, reaches in INSTRUMENTS:
        document = root.joinpath(f"{stem}.toml").read_bytes()
        digest.update(stem.encode() + b"\0" + document + b"\0")
        digest.update(root.joinpath(f"{stem}.py").read_bytes() + b"\0")
        instruments.append(parse_instrument(tomllib.loads(document.decode()), readings, reaches))
    return Laws(tuple(instruments), digest.hexdigest()[:16])
