"""What a flow file may hold: every key with its type, and how a value of the type is read.

The keys of facts come from `terms.fact`; here stand those that are no facts, and the readers of both.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from types import MappingProxyType

from lockgate.tables.csv_dialect import SIGNS, read_sign
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole
from lockgate.terms.duty import DUTIES
from lockgate.terms.fact import FACTS, FactTerm, FactType
from lockgate.terms.facts import FactValue, Safeguard
from lockgate.terms.flow_request import SourceReference
from lockgate.terms.lists import PARTY_ROLES, PLACES

NESTED_TABLES = frozenset({("data", "columns"), ("holder", "exported_this_year"), ("basis", "consent")})
"""Tables inside tables, whose keys are read one by one."""

TEXT_KEYS = frozenset(
    {
        ("title",),
        ("data", "source"),
        ("data", "table"),
        ("data", "query"),
        ("data", "delimiter"),
        ("data", "dataset"),
        ("data", "subject_key"),
        ("holder", "name"),
        ("recipient", "name"),
        ("basis", "consent", "register"),
        ("protect", "hierarchies"),
    }
)
COLUMN_LIST_KEYS = frozenset({("protect", key) for key in ("quasi_identifiers", "drop", "pseudonymise", "redact")})
COUNT_KEYS = frozenset({("protect", key) for key in ("k", "persons", "moves")})
CHOICE_KEYS: Mapping[tuple[str, ...], tuple[str, ...]] = MappingProxyType(
    {
        ("protect", "search"): ("local", "strict", "global"),
        ("protect", "labels"): ("interval", "hierarchy", "set"),
        ("protect", "choose"): ("least-loss",),
    }
)
SHARE_KEYS = frozenset({("protect", "suppression_limit")})
TABLE_KEYS = frozenset(
    {
        ("data", "columns", "*"),
        ("protect", "columns", "*"),
        ("protect", "models"),
        ("protect", "statistics"),
        ("protect", "synthesise"),
        ("protect", "population"),
    }
)
ROLE_KEYS = frozenset({("holder", "roles_unknown"), ("recipient", "roles_unknown")})
COLUMN_KEYS = ("category", "role", "necessary", "override", "by")
SECTIONS = ("data", "holder", "recipient", "purpose", "basis", "means", "authority", "safeguards", "protect")

PAPERS = frozenset({"standard-contract", "certification", "security-assessment", *DUTIES})
"""Names under [safeguards]: every duty, and the papers that serve one."""

PAPER_DATES = ("on", "signed", "filed", "issued", "passed")

FACT_PATHS: Mapping[tuple[str, ...], FactTerm] = MappingProxyType(
    {tuple(name.split(".")): term for name, term in FACTS.items()}
)


COUNT_AT_MOST = 2**53 - 1
"""The largest whole number that every JSON reader reads exactly. Source: RFC 8259, section 6."""


class WrongValueError(ValueError):
    """A value has the wrong type or is outside its list.

    Args:
        expected: What is expected, in words.
        found: The value, or that item of it, which is wrong.
        options: The closed list, if there is one, for the nearest name.
    """

    def __init__(self, expected: str, found: object, options: tuple[str, ...] = ()) -> None:
        super().__init__(expected)
        self.found = found
        self.options = options


def known_keys(table: tuple[str, ...]) -> tuple[str, ...]:
    """Return the keys that a table may hold, sorted."""
    if not table:
        return tuple(sorted(("title", "as_of", "until", *SECTIONS)))
    if table == ("safeguards",):
        return tuple(sorted({*PAPERS, "anonymous_for"}))
    if table[:2] == ("data", "columns"):
        return COLUMN_KEYS
    paths = {
        *FACT_PATHS,
        *TEXT_KEYS,
        *COLUMN_LIST_KEYS,
        *COUNT_KEYS,
        *SHARE_KEYS,
        *ROLE_KEYS,
        *CHOICE_KEYS,
        *TABLE_KEYS,
    }
    return tuple(sorted({path[len(table)] for path in paths if path[: len(table)] == table and len(path) > len(table)}))


AGE_AT_MOST = 130
"""No one has grown as old; a greater age is a year or a slip."""


def read_fact(term: FactTerm, value: object) -> FactValue | None:
    """Return a fact's value; None where the file says that it is unknown.

    Raises:
        WrongValueError: If the value has the wrong type or is outside the closed list.
    """
    return _READERS_OF_FACTS.get(term.name, _READERS[term.type])(term, value)


def read_text(value: object) -> str:
    """Return a text."""
    if not isinstance(value, str):
        raise WrongValueError("a text", value)
    return value


def read_flag(value: object) -> bool:
    """Return a flag."""
    if not isinstance(value, bool):
        raise WrongValueError("true or false", value)
    return value


def read_count(value: object) -> int:
    """Return a whole number that is not negative."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise WrongValueError("a whole number, 0 or more", value)
    if value > COUNT_AT_MOST:
        raise WrongValueError(f"a whole number up to {COUNT_AT_MOST}", value)
    return value


def read_choice(value: object, options: tuple[str, ...]) -> str:
    """Return a word of a closed list."""
    return _of_list(read_text(value), options)


def read_share(value: object) -> float:
    """Return a share between 0 and 1."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 1:
        raise WrongValueError("a share from 0 to 1", value)
    return float(value)


def read_day(value: object) -> date:
    """Return a day without a time."""
    if not isinstance(value, date) or isinstance(value, datetime):
        raise WrongValueError("a date such as 2026-11-21, without quotes", value)
    return value


def read_source(value: object) -> SourceReference:
    """Return where a table lies: a location, or a table of `source` with `table`, `query` or `delimiter`."""
    if isinstance(value, str) and value:
        return SourceReference(value)
    if not isinstance(value, dict) or "source" not in value:
        raise WrongValueError("a file, or `source` with `table` or `query` for a database", value)
    texts = {_of_list(key, _SOURCE_KEYS): read_text(word) for key, word in value.items()}
    if "table" in texts and "query" in texts:
        raise WrongValueError("either `table` or `query`", value)
    delimiter = read_delimiter(texts.get("delimiter", ""))
    return SourceReference(texts["source"], texts.get("table", ""), texts.get("query", ""), delimiter)


def read_delimiter(value: object) -> str:
    """Return what separates the cells of a CSV file; empty if nothing is said."""
    text = read_text(value)
    found = read_sign(text)
    if text and not found:
        raise WrongValueError(f"{SIGNS} as delimiter", text)
    return found


_SOURCE_KEYS = ("source", "table", "query", "delimiter")


def read_age(value: object) -> int:
    """Return an age in whole years."""
    age = read_count(value)
    if age > AGE_AT_MOST:
        raise WrongValueError(f"an age in years, up to {AGE_AT_MOST}", value)
    return age


def read_words(value: object, options: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Return a list of words, each once, all of a closed list if one is given."""
    words = _list_of_words(value)
    return tuple(_of_list(word, options) for word in words) if options else words


def read_roles(value: object) -> tuple[str, ...]:
    """Return a list of roles of a party."""
    return read_words(value, PARTY_ROLES)


def read_category(value: object) -> Category:
    """Return a category of data."""
    return Category(_of_list(read_text(value), tuple(Category)))


def read_role(value: object) -> ColumnRole:
    """Return what a column gives away."""
    return ColumnRole(_of_list(read_text(value), tuple(ColumnRole)))


def read_safeguard(value: object) -> Safeguard | None:
    """Return what was done: a date, dates by what was done, false for not done; None for an empty table."""
    if value is False:
        return Safeguard(denied=True)
    if isinstance(value, dict):
        days = {_of_list(key, PAPER_DATES): read_day(day) for key, day in value.items()}
        return Safeguard(done=MappingProxyType(days)) if days else None
    if not isinstance(value, date) or isinstance(value, datetime):
        raise WrongValueError("the date on which it was done, false if it was not, or a table of dates", value)
    return Safeguard(done=MappingProxyType({"on": value}))


def _read_tristate(term: FactTerm, value: object) -> bool | None:
    del term
    if isinstance(value, bool):
        return value  # nobody who writes true means anything but yes
    word = _of_list(read_text(value), ("yes", "no", "unknown"))
    return None if word == "unknown" else word == "yes"


def _of_list(word: str, options: tuple[str, ...]) -> str:
    if word not in options:
        raise WrongValueError("one of the listed words", word, options)
    return word


def _list_of_words(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise WrongValueError("a list of words in brackets", value)
    for item in value:
        if not isinstance(item, str):
            raise WrongValueError("a list of words in brackets", item)
        if value.count(item) > 1:
            raise WrongValueError("each word once", item)
    return tuple(value)


_A_PLACE = "a country as its two letters of ISO 3166-1, or `EU`"

_SPOKEN_PLACES: Mapping[str, str] = MappingProxyType(
    {
        "america": "US",
        "britain": "GB",
        "china": "CN",
        "chn": "CN",
        "deu": "DE",
        "europe": "EU",
        "european union": "EU",
        "france": "FR",
        "germany": "DE",
        "gbr": "GB",
        "hong kong": "HK",
        "india": "IN",
        "japan": "JP",
        "jpn": "JP",
        "kor": "KR",
        "korea": "KR",
        "macao": "MO",
        "mainland china": "CN",
        "prc": "CN",
        "republic of korea": "KR",
        "russia": "RU",
        "singapore": "SG",
        "south korea": "KR",
        "taiwan": "TW",
        "uk": "GB",
        "united kingdom": "GB",
        "united states": "US",
        "usa": "US",
        "vietnam": "VN",
    }
)
"""What people write for a place, with the code that they mean; a hint only, never taken for the code."""


def _place(value: object) -> str:
    """Return a place; its spoken name or its code in the wrong case is a near name, since all codes are near."""
    if not isinstance(value, str):
        raise WrongValueError(_A_PLACE, value)
    if value not in PLACES:
        word = value.strip()
        near = _SPOKEN_PLACES.get(word.lower(), word.upper())
        raise WrongValueError(_A_PLACE, value, (near,) if near in PLACES else ())
    return value


_READERS: Mapping[FactType, Callable[[FactTerm, object], FactValue | None]] = MappingProxyType(
    {
        FactType.FLAG: lambda _, value: read_flag(value),
        FactType.TRISTATE: _read_tristate,
        FactType.CHOICE: lambda term, value: _of_list(read_text(value), term.options),
        FactType.CHOICES: lambda term, value: read_words(value, term.options),
        FactType.PLACE: lambda _, value: _place(value),
        FactType.PLACES: lambda _, value: tuple(_place(word) for word in _list_of_words(value)),
        FactType.COUNT: lambda _, value: read_count(value),
        FactType.TEXT: lambda _, value: read_text(value),
    }
)

_READERS_OF_FACTS: Mapping[str, Callable[[FactTerm, object], FactValue | None]] = MappingProxyType(
    {"data.min_age": lambda _, value: read_age(value)}
)
"""Facts whose values are narrower than their type."""
