"""The made-up persons of one block, a column at a time, with traits that go together.

Age, gender and home follow from the same draws as the identity number; occupation follows age, income follows
occupation, age and city, spending follows income.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lockgate.examples import customer_words as known
from lockgate.examples.customer_numbers import card_numbers, compact_days, registration_numbers, resident_numbers
from lockgate.examples.customer_places import CITIES, KOREAN_DISTRICTS, KOREAN_ROADS, STREETS
from lockgate.examples.customer_stream import BLOCK_ROWS, Draws, Numbers, Text, choose, digits, joined, words

REFERENCE_DAY = int(np.datetime64("2026-06-30").astype(np.int64))
"""Days since 1970-01-01 of the day on which the made-up table was written."""

CHINESE, KOREAN, ENGLISH = range(3)
_TONGUES = (92, 5, 3)
_AGES = (*[28] * 7, *[32] * 10, *[24] * 10, *[15] * 10, *[9] * 10, *[5] * 10, *[2] * 13)
"""Weights of the ages from 18 years on."""

_YOUNG_BORN = int(np.datetime64("1980-01-01").astype(np.int64))
_ORDERS = 499
_BIRTHDAYS = 365
_SPREAD = 94_321
"""Coprime to 365 · 499, so that birthdays and numbers of the day go round without a repetition."""

_DISTRICTS = tuple(
    (city, int(code), name, f"{city.postcode}{number * 10:02d}")
    for city in CITIES
    for number, (code, name) in enumerate(city.districts)
)


@dataclass(frozen=True, slots=True)
class Persons:
    """Columns over the persons of one block; `BLOCK_ROWS` of each, some of whom have no row.

    Attributes:
        tongue: `CHINESE`, `KOREAN` or `ENGLISH`.
        births: Days since 1970-01-01.
        columns: Text columns by name.
        spend: Usual monthly spend, hundredths of a yuan.
    """

    tongue: Numbers
    births: Numbers
    columns: dict[str, Text]
    spend: Numbers


def make_persons(draws: Draws, first: int, seed: int) -> Persons:
    """Return the persons of a block.

    Args:
        draws: Of the block.
        first: Number of the first person over all blocks.
        seed: Of the table.
    """
    numbers = np.arange(first, first + BLOCK_ROWS, dtype=np.int64)
    tongue = draws.weighted("tongue", _TONGUES)
    is_male = draws.weighted("gender", (52, 48))
    ages = draws.weighted("age", _AGES) + 18
    turn = (numbers * _SPREAD + seed % (_BIRTHDAYS * _ORDERS)) % (_BIRTHDAYS * _ORDERS)
    births = REFERENCE_DAY - ages * 1_461 // 4 - 1 - turn % _BIRTHDAYS
    order = turn // _BIRTHDAYS * 2 + 2 - is_male
    home = draws.weighted("home", [city.weight * 12 // len(city.districts) for city, *_ in _DISTRICTS])
    columns = {
        "customer_id": joined("C", digits(numbers + 1, 8)),
        "gender": words(("女", "男"), is_male),
        "mobile": _mobiles(draws, tongue == KOREAN),
        "bank_card": _cards(draws),
        **_names(draws, tongue, is_male, births),
        **_identities(draws, tongue, is_male, births, home, order),
        **_homes(draws, tongue == KOREAN, home),
    }
    work, bands, spend = _livelihoods(draws, ages, home)
    columns["occupation"] = words([name for name, *_ in known.OCCUPATIONS], work)
    columns["income_band"] = words(known.INCOME_BANDS, bands)
    return Persons(tongue, births, columns, spend)


def _names(draws: Draws, tongue: Numbers, is_male: Numbers, births: Numbers) -> dict[str, Text]:
    surname = draws.weighted("surname", [int(weight) for *_, weight in known.SURNAMES])
    korean = draws.weighted("korean-surname", [int(weight) for *_, weight in known.KOREAN_SURNAMES])
    english = draws.below("english-surname", len(known.ENGLISH_SURNAMES))
    name = joined(words([word for word, *_ in known.SURNAMES], surname), _chinese_given(draws, is_male, births))
    given = draws.below("foreign-given", len(known.KOREAN_GIVEN[0]) * len(known.ENGLISH_GIVEN[0]))
    korean_given = _by_gender(known.KOREAN_GIVEN, is_male, given)
    english_given = _by_gender(known.ENGLISH_GIVEN, is_male, given)
    english_surname = words(known.ENGLISH_SURNAMES, english)
    name = choose(tongue == KOREAN, joined(words([w for w, *_ in known.KOREAN_SURNAMES], korean), korean_given), name)
    name = choose(tongue == ENGLISH, joined(english_given, " ", english_surname), name)
    pinyin = words([latin for _, latin, _ in known.SURNAMES], surname)
    latin = choose(tongue == KOREAN, words([latin for _, latin, _ in known.KOREAN_SURNAMES], korean), pinyin)
    latin = choose(tongue == ENGLISH, words([one.lower() for one in known.ENGLISH_SURNAMES], english), latin)
    years = digits(compact_days(births) // 10_000, 4)
    local = joined(
        latin, choose(draws.below("mail-year", 2) == 0, years, digits(draws.below("mail-number", 10_000), 4))
    )
    mail = joined(local, "@", words(known.MAIL_DOMAINS, draws.below("mail-domain", len(known.MAIL_DOMAINS))))
    return {"name": name, "email": choose(draws.below("mail-none", 100) < 12, None, mail)}  # noqa: PLR2004 - percent


def _chinese_given(draws: Draws, is_male: Numbers, births: Numbers) -> Text:
    kinds = tuple(known.GIVEN)
    letters = "".join(known.GIVEN.values())
    starts = np.cumsum([0, *(len(known.GIVEN[kind]) for kind in kinds)])
    kind = (births >= _YOUNG_BORN) * 2 + is_male
    sizes = np.diff(starts)[kind]
    first, second = (
        words(tuple(letters), starts[kind] + draws.below(field, 1 << 40) % sizes) for field in ("given-1", "given-2")
    )
    return choose(draws.below("given-one", 100) < 18, first, joined(first, second))  # noqa: PLR2004 - percent


def _by_gender(given: tuple[tuple[str, ...], tuple[str, ...]], is_male: Numbers, drawn: Numbers) -> Text:
    size = len(given[0])
    return words(given[0] + given[1], is_male * size + drawn % size)


def _identities(
    draws: Draws, tongue: Numbers, is_male: Numbers, births: Numbers, home: Numbers, order: Numbers
) -> dict[str, Text]:
    # one in four was registered in another district of the same city
    areas = np.array([code for _, code, *_ in _DISTRICTS], dtype=np.int64)
    elsewhere = np.array([int(city.districts[0][0]) for city, *_ in _DISTRICTS], dtype=np.int64)
    area = np.where(draws.below("registered", 4) == 0, elsewhere[home], areas[home])
    korean = registration_numbers(births, is_male, draws.below("registration", 10**5))
    passport = joined(words(tuple("CEGHKLMNPX"), draws.below("passport-letter", 10)), digits(order, 3))
    passport = joined(passport, digits(draws.below("passport", 10**5), 5))
    foreign = choose(tongue == KOREAN, korean, choose(tongue == ENGLISH, passport, None))
    return {
        "id_number": choose(tongue == CHINESE, resident_numbers(area, births, order), None),
        "foreign_id": foreign,
    }


def _mobiles(draws: Draws, is_korean: NDArray[np.bool_]) -> Text:
    rest = draws.below("mobile", 10**8)
    prefix = words(known.MOBILE_PREFIXES, draws.below("mobile-prefix", len(known.MOBILE_PREFIXES)))
    korean = joined("010-", digits(rest // 10**4 % 8_000 + 2_000, 4), "-", digits(rest % 10**4, 4))
    return choose(is_korean, korean, joined(prefix, digits(rest, 8)))


def _cards(draws: Draws) -> Text:
    chosen = draws.below("card-prefix", len(known.CARD_PREFIXES))
    prefixes = np.array([int(prefix) for prefix, _ in known.CARD_PREFIXES], dtype=np.int64)
    lengths = np.array([length for _, length in known.CARD_PREFIXES], dtype=np.int64)
    return card_numbers(prefixes[chosen], draws.below("card", 10**12), lengths[chosen])


def _homes(draws: Draws, is_korean: NDArray[np.bool_], home: Numbers) -> dict[str, Text]:
    seoul = draws.weighted("korean-home", (6, 5, 5, 3, 4, 3, 2, 2, 2, 2, 2))
    street, house = draws.below("street", len(STREETS)), digits(draws.below("house", 380) + 1, 1)
    block, floor = draws.below("building", 24) + 1, draws.below("floor", 28) + 1
    room = digits(floor * 100 + draws.below("room", 6) + 1, 3)
    city = words([one.name for one, *_ in _DISTRICTS], home)
    chinese = joined(
        city,
        words([name for *_, name, _ in _DISTRICTS], home),
        words(STREETS, street),
        house,
        "号",
        digits(block, 1),
        "号楼",
        room,
        "室",
    )
    road = words(KOREAN_ROADS, street % len(KOREAN_ROADS))
    place = words([f"{one} {district}" for one, district, _ in KOREAN_DISTRICTS], seoul)
    korean = joined(place, " ", road, " ", house, ", ", digits(100 + block, 3), "동 ", room, "호")
    korean_code = joined(words([code for *_, code in KOREAN_DISTRICTS], seoul), digits(draws.below("postcode", 100), 2))
    return {
        "address": choose(is_korean, korean, chinese),
        "city": choose(is_korean, words([one for one, *_ in KOREAN_DISTRICTS], seoul), city),
        "postcode": choose(is_korean, korean_code, words([code for *_, code in _DISTRICTS], home)),
    }


def _livelihoods(draws: Draws, ages: Numbers, home: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Return occupation, band of income and usual spend."""
    chance = draws.below("occupation-age", 100)
    work = draws.weighted("occupation", [weight for _, weight, _ in known.OCCUPATIONS])
    work = np.where((ages < 23) & (chance < 70), known.STUDENT, work)  # noqa: PLR2004 - years and percent
    work = np.where((ages >= 60) & (chance < 45 + 2 * (ages - 60)), known.RETIRED, work)  # noqa: PLR2004 - likewise
    usual = np.array([band for *_, band in known.OCCUPATIONS], dtype=np.int64)[work]
    tier = np.array([city.tier for city, *_ in _DISTRICTS], dtype=np.int64)[home]
    is_prime = (ages >= 32) & (ages < 55)  # noqa: PLR2004 - years
    luck = draws.weighted("luck", (20, 50, 22, 8)) - 1
    band = np.clip(usual + luck + is_prime - (tier == 2), 0, len(known.INCOME_BANDS) - 1)  # noqa: PLR2004 - third tier
    # quantiles of a long-tailed distribution in percent of the median, whole numbers so that every machine agrees
    quantiles = np.array([22, 38, 50, 60, 69, 78, 87, 96, 105, 116, 129, 145, 166, 197, 250, 360, 720], dtype=np.int64)
    drawn = draws.below("spend", 16_000)
    step, part = drawn // 1_000, drawn % 1_000
    percent = quantiles[step] * 1_000 + (quantiles[step + 1] - quantiles[step]) * part
    return work, band, np.array(known.SPEND, dtype=np.int64)[band] * percent // 1_000
