"""Papers of a flow: forms of the law, every field filled from the facts or marked as missing; nothing is invented.

The forms are the TOML files beside this one. A field names what fills it; `person` means that only a person can.
"""

import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from lockgate.flow.deciding import Decided
from lockgate.flow.papers.filling import FILLINGS

FORMS = ("cn-impact-assessment", "cn-export-self-assessment", "eu-impact-assessment", "record-of-processing")


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form.

    Attributes:
        labels: By language; English always.
        lines: What the facts say; empty where it is missing.
    """

    labels: Mapping[str, str]
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """Fields under a heading, by language."""

    headings: Mapping[str, str]
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """A form filled for one flow.

    Attributes:
        name: Of its file, without an ending.
        titles: By language.
        source: The articles that ask for it.
        flow: Title of the flow.
        day: Day whose law decided.
        laws: Stamp of the law.
        sections: In the order of the form.
    """

    name: str
    titles: Mapping[str, str]
    source: str
    flow: str
    day: str
    laws: str
    sections: tuple[Section, ...]


def make_papers(decided: Decided) -> tuple[Paper, ...]:
    """Return the papers that the duties of a flow ask for, and the record of processing where persons are concerned."""
    return tuple(_fill(form, decided) for form in map(_form, FORMS) if _is_asked_for(form, decided))


def _is_asked_for(form: Mapping[str, Any], decided: Decided) -> bool:
    if not form["duty"]:
        return decided.planned.holds_personal_columns
    return any(
        duty.id == form["duty"] and any(citation.startswith(form["instruments"]) for citation in duty.because)
        for duty in decided.decision.duties
    )


def _fill(form: Mapping[str, Any], decided: Decided) -> Paper:
    return Paper(
        name=form["name"],
        titles=_by_language(form, "title"),
        source=form["source"],
        flow=decided.request.title,
        day=decided.decision.as_of.isoformat(),
        laws=decided.decision.laws,
        sections=tuple(
            Section(_by_language(section, "heading"), tuple(_fields(section["fields"], decided)))
            for section in form["section"]
        ),
    )


def _fields(fields: Iterable[Mapping[str, str]], decided: Decided) -> Iterable[Field]:
    for field in fields:
        fill: Callable[[Decided], Iterable[str]] | None = FILLINGS[field["fill"]]
        yield Field(_by_language(field, "label"), tuple(fill(decided)) if fill else ())


def _by_language(item: Mapping[str, Any], name: str) -> Mapping[str, str]:
    found = {"en": str(item[name])}
    found |= {code: str(item[f"{name}_{code}"]) for code in ("zh", "ko") if f"{name}_{code}" in item}
    return MappingProxyType(found)


@cache
def _form(name: str) -> Mapping[str, Any]:
    text = (files("lockgate.flow.papers") / f"{name}.toml").read_text(encoding="utf-8")
    return {**tomllib.loads(text), "name": name}
