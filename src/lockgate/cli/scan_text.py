"""A scan as a JSON document and as words for people; a person's word stands beside it and changes none of it."""

from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from lockgate.classify.impact import grade_of_answers
from lockgate.cli.plain_text import one_line
from lockgate.flow.scan_words import ScanWords
from lockgate.terms.classification import Classification, ColumnVerdict
from lockgate.terms.column import Verdict

NOT_TOLD = "cannot be told from values"

_COLOURS = {Verdict.CONFIRMED: "red", Verdict.SUSPECTED: "yellow", Verdict.REFUTED: "dim", Verdict.NONE: "dim"}
_BAR_CELLS = 5
_COMBINATIONS_SHOWN = 3
_FREE_TEXT, _SHARE_TOLD = "free-text", 0.05
_NO_WORDS = ScanWords()


def scan_document(source: str, found: Classification, laws: str, words: ScanWords = _NO_WORDS) -> dict[str, Any]:
    """Return the JSON document of a scan.

    Args:
        source: Its name.
        found: What the scan found.
        laws: Stamp of the law data.
        words: A person's word beside it.
    """
    return {
        "source": source,
        "rows": found.rows,
        "persons": {
            "count": found.persons.count,
            "by": found.persons.by,
            "sensitive": found.persons.sensitive,
            "youngest": found.persons.youngest,
        },
        "sampled": found.sampled,
        "sampled_persons": found.sampled_persons or None,
        "laws": laws,
        "rules": found.rules,
        "grade": _grade_document(found, words),
        "quasi_identifiers": [
            {"columns": item.columns, "unique_share": item.unique_share} for item in found.quasi_identifiers
        ],
        "columns": [column_document(column, found.rows, words) for column in found.columns],
    }


def _grade_document(found: Classification, words: ScanWords) -> dict[str, Any]:
    level, is_settled = grade_of_answers(words.degrees, found.grade)
    return {
        "level": level,
        "scanned": found.grade,
        "important": ("no" if level.startswith("general") else "yes") if is_settled else NOT_TOLD,
        "answers": dict(words.degrees),
        "asks": () if is_settled else found.grade_asks,
        "signals": [{"signal": signal, "why": why} for signal, why in found.signals],
    }


def column_document(column: ColumnVerdict, rows: int, words: ScanWords = _NO_WORDS) -> dict[str, Any]:
    """Return the JSON document of one column's verdict in a source of some rows."""
    return {
        "name": column.name,
        "type": column.type or None,
        "category": column.category,
        "role": column.role,
        "verdict": column.verdict,
        "probability": column.probability,
        "grade": column.grade,
        "sensitive_in": column.sensitive_in,
        "sensitive_under": column.sensitive_under,
        "advised_under": column.advised_under,
        "evidence": column.evidence,
        "example": column.example,
        "text_hits": column.text_hits or {},
        "text": text_figures(column, rows),
        "word": _word(column, words),
    }


def text_figures(column: ColumnVerdict, rows: int) -> dict[str, int]:
    """Return the cells of text, those that were read for names, and those that name a person; empty without text."""
    if "text" not in column.evidence:
        return {}
    cells = round(column.evidence["text"] * rows)
    read = round(column.evidence["text_read"] * cells)
    return {"cells": cells, "read": read, "naming": round(column.evidence["text_names"] * read)}


def _is_told_of(column: ColumnVerdict) -> bool:
    """Whether the table says how much text was read: of columns of text, and where more than errors name a person."""
    return "text" in column.evidence and (column.type == _FREE_TEXT or column.evidence["text_names"] > _SHARE_TOLD)


def _text_sentence(column: ColumnVerdict, rows: int) -> str:
    """Return in how much of the text read a person is named, and how much was read."""
    text = text_figures(column, rows)
    whole = "all" if text["read"] == text["cells"] else f"a sample, {text['read']:,} of"
    share = text["naming"] / text["read"]
    return f"{share:.0%} of the text names a person (read: {whole} {text['cells']:,} cells)"


def _word(column: ColumnVerdict, words: ScanWords) -> dict[str, str] | None:
    if column.name not in words.categories:
        return None
    return {"category": words.categories[column.name].value, "by": words.by.get(column.name, "")}


def show_classification(
    name: str, found: Classification, console: Console, words: ScanWords = _NO_WORDS, *, asks: bool = True
) -> None:
    """Print a classification as a table for people; with `asks` the questions that values cannot answer."""
    by = "each row counted as one" if found.persons.by == "row" else f"by column {one_line(found.persons.by)}"
    rows = "1 row" if found.rows == 1 else f"{found.rows:,} rows"
    persons = "1 person" if found.persons.count == 1 else f"{found.persons.count:,} persons"
    console.print(f"\n[bold]{escape(one_line(name))}[/]: {rows}, {persons} ({escape(by)})")
    if found.persons.sensitive:
        console.print(f"[dim]{found.persons.sensitive:,} of them with sensitive data or under 14[/]")
    console.print(_table(found, words))
    for column in filter(_is_told_of, found.columns):
        console.print(f"{escape(one_line(column.name))}: {_text_sentence(column, found.rows)}")
    _show_combinations(found, console)
    _show_grade(found, console, words, asks=asks)


def _table(found: Classification, words: ScanWords) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 1, 0, 0))
    for heading in ("column", "type", "sure", "category", "role", "special"):
        table.add_column(heading, overflow="fold", min_width=_BAR_CELLS if heading == "sure" else None)
    for column in found.columns:
        colour = _COLOURS[column.verdict]
        category = "-" if column.verdict is Verdict.NONE else column.category.value
        said = words.categories.get(column.name)
        table.add_row(
            escape(one_line(column.name)),
            f"[{colour}]{_type(column)}[/]",
            f"[{colour}]{_bar(column)}[/]",
            category if said is None else f"{category} (said: {said.value})",
            column.role.value.removesuffix("-identifier"),
            " ".join(column.sensitive_in) or "-",
        )
    return table


def _type(column: ColumnVerdict) -> str:
    """Return the type with its verdict in a word, where colours are not seen: confirmed goes without saying."""
    if column.verdict is Verdict.REFUTED:
        return f"no {column.type}"
    return f"{column.type}?" if column.verdict is Verdict.SUSPECTED else column.type or "-"


def _show_combinations(found: Classification, console: Console) -> None:
    for place, item in enumerate(found.quasi_identifiers[:_COMBINATIONS_SHOWN]):
        columns = escape(one_line(" + ".join(item.columns)))
        verb = "alone singles out" if len(item.columns) == 1 else "together single out"
        console.print(f"{'' if place else chr(10)}{columns} {verb} {item.unique_share:.1%} of the rows.")
    if found.sampled_persons:
        console.print(f"[dim]Measured on a sample of {found.sampled_persons:,} persons; --exact measures all.[/]")


def _show_grade(found: Classification, console: Console, words: ScanWords, *, asks: bool) -> None:
    grade = _grade_document(found, words)
    by = "by the answers given" if words.degrees else "by what the columns hold"
    console.print(f"\nGrade [bold]{grade['level']}[/] (GB/T 43697), {by}. Important data: {grade['important']}.")
    for signal in grade["signals"]:
        console.print(f"  [dim]bears on it:[/] {escape(one_line(signal['signal']))} [dim]({escape(signal['why'])})[/]")
    for question in grade["asks"] if asks else ():
        console.print(f"  [dim]to be answered:[/] {escape(question)}")


def _bar(column: ColumnVerdict) -> str:
    """Return a bar of the probability, drawn only where there is a verdict."""
    if column.verdict is Verdict.NONE:
        return "·" * _BAR_CELLS
    filled = round(column.probability * _BAR_CELLS)
    return "█" * filled + "·" * (_BAR_CELLS - filled)


def show_evidence(column: ColumnVerdict, rows: int, console: Console, words: ScanWords = _NO_WORDS) -> None:
    """Print all the evidence on one column."""
    name, type_ = escape(one_line(column.name)), column.type or "no type"
    console.print(f"[bold]{name}[/]: {column.verdict}, {type_}, {column.category}, {column.role}")
    looks = escape(one_line(column.example)) or "-"
    console.print(f"probability {column.probability:.3f}; grade {column.grade}; looks like {looks}")
    for figure, value in sorted(column.evidence.items()):
        console.print(f"  {figure:<10} {value:8.3f}")
    for type_, cells in sorted((column.text_hits or {}).items()):
        console.print(f"  {cells:,} cells hold a {type_} inside longer text")
    if "text" in column.evidence:
        console.print(f"  {_text_sentence(column, rows)}")
    console.print(f"  sensitive under: {', '.join(column.sensitive_under) or 'no coded law'}")
    if column.advised_under:
        console.print(f"  called sensitive by {', '.join(column.advised_under)}, a standard, which advises")
    word = _word(column, words)
    if word:
        console.print(f"  a person's word: {word['category']}{' by ' + escape(word['by']) if word['by'] else ''}")
