"""The text of a new flow file: what the scan knows filled in, what only people know as questions in comments."""

import re
from collections.abc import Iterator
from datetime import date

from lockgate.terms.category import IMPERSONAL
from lockgate.terms.classification import Classification, ColumnVerdict
from lockgate.terms.column import Verdict
from lockgate.terms.fact import FACTS, FactTerm, FactType
from lockgate.terms.flow_request import SourceReference

_LEFT_OUT = frozenset(
    {
        "data.persons",
        "data.sensitive_persons",
        "data.persons_per_row",
        "data.min_age",
        "purpose.transaction",
        "holder.app_type",
        "holder.zone",
        "holder.outside_negative_list",
    }
)
"""Facts that the scan counts, or that only few flows need; they are in the documentation."""

_TABLES = ("data", "holder", "recipient", "purpose", "basis", "basis.consent", "means")
_OPTIONS_SHOWN = 60

_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
"""Controls, marks of direction and signs without width: TOML forbids some of them, and none shows what it does."""


def write_flow_text(found: Classification, source: SourceReference, today: date) -> str:
    """Return the text of a new flow file.

    Args:
        found: What the scan found.
        source: The data, relative to the flow file.
        today: Written as the day that decides.
    """
    return "\n".join(_lines(found, source, today)) + "\n"


def _lines(found: Classification, source: SourceReference, today: date) -> Iterator[str]:
    yield "# One movement of data. Answer the questions by taking the # away; what stays out is unknown."
    yield 'title = "What moves, to whom"'
    yield f"as_of = {today.isoformat()}"
    for name in _TABLES:
        yield from ("", f"[{name}]", *_KNOWN_LINES.get(name, ()))
        if name == "data":
            yield f"source = {_quoted(source.location)}"
            yield from [f"table = {_quoted(source.table)}"] if source.table else []
            yield from [f"delimiter = {_quoted(source.delimiter)}"] if source.delimiter else []
            yield f"# found: {found.rows:,} rows, {found.persons.count:,} persons by {_quoted(found.persons.by)[1:-1]}"
        for term in FACTS.values():
            if term.name.rpartition(".")[0] == name and term.name not in _LEFT_OUT:
                yield from _question(term)
    yield from ("", "[safeguards]  # a date = done on that day, false = not done, left out = unknown")
    yield from (f"# {duty} = {today.isoformat()}" for duty in ("notice", "contract", "impact-assessment"))
    yield from ("", "# [protect]  # measures taken in any case", "# k = 6")
    for column in found.columns:
        if _is_personal(column, found):
            yield from _column(column)


_KNOWN_LINES = {
    "holder": (
        '# name = ""',
        "# Of how many persons has the holder sent data abroad since 1 January, before this flow?",
        "# exported_this_year = { ordinary = 0, sensitive = 0 }",
    ),
    "recipient": ('# name = ""',),
}


def _question(term: FactTerm) -> Iterator[str]:
    yield f"# {term.question}"
    options = " | ".join(term.options)
    if options and len(options) <= _OPTIONS_SHOWN:
        yield f"#   {options}"
    yield f"# {term.name.rpartition('.')[2]} = {_EXAMPLES.get(term.type) or _quoted(term.options[0])}"


_EXAMPLES = {
    FactType.FLAG: "false",
    FactType.TRISTATE: '"no"',
    FactType.CHOICES: "[]  # a list is complete: [] means none of them; docs/flow-file.md names them",
    FactType.PLACE: '"CN"',
    FactType.PLACES: '["CN"]',
    FactType.COUNT: "0",
    FactType.TEXT: '""',
}


def _is_personal(column: ColumnVerdict, found: Classification) -> bool:
    """In a table about persons every column is about them; else those that the scan says are."""
    return column.category not in IMPERSONAL or any(item.category not in IMPERSONAL for item in found.columns)


def _column(column: ColumnVerdict) -> Iterator[str]:
    said = column.type if column.verdict is not Verdict.NONE else "nothing recognised"
    yield ""
    yield f"[data.columns.{_quoted(column.name)}]  # {column.verdict}: {said}, {column.category}, {column.role}"
    yield "# necessary = true  # does the purpose need it?"


def _quoted(text: str) -> str:
    """Return a text as a TOML basic string in one line: no sign of a name ends the line or steers a terminal."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    seen = _UNSEEN.sub(lambda found: f"\\u{ord(found.group()):04x}", escaped)
    return f'"{seen}"'
