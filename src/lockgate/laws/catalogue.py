"""The coded instruments. Adding one is its TOML, its Python, and one line here."""

import hashlib
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from lockgate.laws.charter import charter
from lockgate.laws.cn import cross_border_provisions, gbt_42460, pipl
from lockgate.laws.eu import gdpr
from lockgate.laws.flow import Flow
from lockgate.laws.instrument import Here, Instrument, Reading, parse_instrument
from lockgate.laws.kr import pipa
from lockgate.laws.threshold import Threshold
from lockgate.terms.category import Category

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


@dataclass(frozen=True, slots=True)
class Laws:
    """The coded instruments with the stamp of their data and readings.

    Attributes:
        instruments: In the order in which findings are listed.
        stamp: First 16 hexadecimal digits of the SHA-256 over all law data and readings.
    """

    instruments: tuple[Instrument, ...]
    stamp: str

    def covered_on(self, day: date) -> frozenset[str]:
        """Return the places whose general law of personal data is coded for a day."""
        covered: frozenset[str] = frozenset()
        for instrument in self.instruments:
            if instrument.covers and any(article.version_on(day) for article in instrument.articles if article.reading):
                covered |= instrument.territory_on(day)
        return covered

    def number(self, name: str, day: date) -> Threshold | None:
        """Return the number of law of a name on a day; None if no article in force has one."""
        versions = (article.version_on(day) for instrument in self.instruments for article in instrument.articles)
        return next((version.numbers[name] for version in versions if version and name in version.numbers), None)

    def sensitive_in(self, category: Category, day: date) -> tuple[str, ...]:
        """Return the jurisdictions whose law lists a category as sensitive or special on a day, sorted."""
        found = set()
        for instrument in self.instruments:
            for article in instrument.articles:
                version = article.version_on(day)
                if version and category.value in version.lists.get("sensitive_categories", ()):
                    found.add(instrument.jurisdiction)
        return tuple(sorted(found))


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
