"""The body of coded law: all instruments together, and what is asked of them as a whole."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from lockgate.laws.instrument import Instrument
from lockgate.laws.threshold import Threshold
from lockgate.terms.category import Category


@dataclass(frozen=True, slots=True, eq=False)
class Laws:
    """The coded instruments with the stamp of their data and readings; the same only if it is the same object.

    Attributes:
        instruments: In the order in which findings are listed.
        stamp: First 16 hexadecimal digits of the SHA-256 over all law data and readings.
        digests: Likewise of each instrument by the stem of its files, and of what they share as `shared`.
    """

    instruments: tuple[Instrument, ...]
    stamp: str
    digests: Mapping[str, str] = field(default_factory=dict)

    def covered_on(self, day: date) -> frozenset[str]:
        """Return the places whose general law of personal data is coded for a day."""
        return _covered(self, day)

    def number(self, name: str, day: date) -> Threshold | None:
        """Return the number of law of a name on a day; None if no article in force has one."""
        return _numbers(self, day).get(name)

    def sensitive_in(self, category: Category, day: date) -> tuple[str, ...]:
        """Return the jurisdictions whose law lists a category as sensitive or special on a day, sorted."""
        return _sensitive(self, day).get(category.value, ())


@lru_cache(maxsize=512)
def _covered(laws: Laws, day: date) -> frozenset[str]:
    covered: frozenset[str] = frozenset()
    for instrument in laws.instruments:
        if instrument.covers and any(article.version_on(day) for article in instrument.articles if article.reading):
            covered |= instrument.territory_on(day)
    return covered


@lru_cache(maxsize=512)
def _sensitive(laws: Laws, day: date) -> Mapping[str, tuple[str, ...]]:
    """Return the jurisdictions whose law lists a category as sensitive on a day, sorted, by category."""
    found: dict[str, set[str]] = {}
    for instrument in laws.instruments:
        for article in instrument.articles:
            version = article.version_on(day)
            for category in version.lists.get("sensitive_categories", ()) if version else ():
                found.setdefault(category, set()).add(instrument.jurisdiction)
    return {category: tuple(sorted(places)) for category, places in found.items()}


@lru_cache(maxsize=512)
def _numbers(laws: Laws, day: date) -> Mapping[str, Threshold]:
    """Return the numbers in force by name; of two of a name the one of the first article."""
    found: dict[str, Threshold] = {}
    for instrument in laws.instruments:
        for article in instrument.articles:
            version = article.version_on(day)
            for name, number in version.numbers.items() if version else ():
                found.setdefault(name, number)
    return found
