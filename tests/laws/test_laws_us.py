"""What holds the instruments of the United States together: numbers, countries, and which flows they cover."""

from dataclasses import replace
from datetime import date
from types import MappingProxyType

import pytest
from law_vectors import FOLDER, read_vectors

from lockgate.decide.decision import uncovered_places
from lockgate.laws.catalogue import load_laws

PART = next(one for one in load_laws().instruments if one.id == "us/28-cfr-202")
SALE = read_vectors(FOLDER / "us/28-cfr-202/202.301.toml")[0].facts


def _version(section):
    return next(one for one in PART.articles if one.number == section).versions[-1]


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("genomic", 100),
        ("other_omic", 1_000),
        ("biometric", 1_000),
        ("geolocation", 1_000),
        ("health", 10_000),
        ("financial", 10_000),
        ("identifiers", 100_000),
    ],
)
def test_bulk_is_more_than_the_number(kind, value):
    number = _version("202.205").numbers[kind]
    assert (number.value, number.boundary, number.least) == (value, ">", value + 1)


def test_the_countries_of_concern_are_six_and_two_regions():
    listed = _version("202.601").lists["countries_of_concern"]
    assert set(listed) == {"CN", "HK", "MO", "CU", "IR", "KP", "RU", "VE"}


def _without(facts, *names):
    return replace(facts, values=MappingProxyType({k: v for k, v in facts.values.items() if k not in names}))


def test_part_202_covers_what_it_governs_and_nothing_else():
    laws = load_laws()
    assert uncovered_places(SALE, laws) == ()
    assert uncovered_places(SALE.with_values(purpose__transaction="vendor"), laws) == ()
    assert uncovered_places(SALE.with_values(recipient__in="DE"), laws) == ()
    assert uncovered_places(SALE.with_values(recipient__in="DE", purpose__transaction="vendor"), laws) == ("US",)
    assert uncovered_places(SALE.with_values(purpose__transaction="none"), laws) == ("US",)
    assert uncovered_places(SALE.with_values(data__subjects_in=("KR",)), laws) == ("US",)
    assert uncovered_places(replace(SALE, as_of=date(2025, 4, 7)), laws) == ("US",)


def test_what_would_tell_whether_it_covers_is_asked():
    laws = load_laws()
    assert uncovered_places(_without(SALE, "purpose.transaction"), laws) == ("purpose.transaction",)
    vendor = SALE.with_values(purpose__transaction="vendor", recipient__in="DE")
    assert uncovered_places(_without(vendor, "recipient.roles"), laws) == ("recipient.roles:covered-person",)
