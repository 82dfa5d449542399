"""The flow file: parsed once, strictly, into a flow request.

An unknown key, a wrong type or a value outside a closed list is an error that names the file, the line, the key and
the nearest known name. What the file leaves out stays unknown.
"""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from lockgate.flow import schema, wishes
from lockgate.flow.statistics_wish import read_statistics
from lockgate.flow.synthesis_wish import read_synthesis
from lockgate.flow.toml_lines import key_lines, line_of
from lockgate.tables.local_path import local_path
from lockgate.tables.location import FILE_URLS
from lockgate.terms.errors import InputError
from lockgate.terms.facts import FactValue, Safeguard
from lockgate.terms.flow_request import ColumnWord, FlowRequest, ProtectionWish, SourceReference
from lockgate.terms.measure import Measure, MeasureKind
from lockgate.terms.technique import PARAMETERS

Keys = tuple[str, ...]
_Value = TypeVar("_Value")

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


def read_flow_file(path: Path) -> FlowRequest:
    """Return the flow request that a flow file declares.

    Args:
        path: The file; locations in it are relative to its folder.

    Raises:
        InputError: If the file cannot be read, is no TOML, or holds what a flow file may not.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")  # some editors write a mark of order at the beginning
    except UnicodeDecodeError as error:
        raise InputError(f"`{path.name}`: expected UTF-8 text", "save the flow file as UTF-8") from error
    except OSError as error:
        raise InputError(f"`{path}`: {(error.strerror or 'cannot be read').lower()}", "name a flow file") from error
    return parse_flow(text, path.name, path.parent)


def parse_flow(text: str, name: str, folder: Path) -> FlowRequest:
    """Return the flow request that a text declares.

    Args:
        text: TOML.
        name: How errors call the file.
        folder: What locations are relative to.

    Raises:
        InputError: If the text is no TOML, or holds what a flow file may not.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(
            f"`{name}`: not valid TOML: {_placed(str(error), text)}", "mend the line that the message names"
        ) from error
    except (ValueError, RecursionError) as error:  # a number of thousands of digits, brackets a thousand deep
        raise InputError(
            f"`{name}`: a number or a nesting is far beyond any flow file", "check that this is a flow file"
        ) from error
    read = _Reading(name, key_lines(text))
    read.table(document, ())
    return read.request(folder)


def _placed(message: str, text: str) -> str:
    """Lower the first letter, as messages have it, name keys as people write them, and the line of `the end`."""
    end = f"at line {len(text.splitlines())}, the end of the file"
    message = message[:1].lower() + message[1:].replace("at end of document", end)
    message = _TUPLE.sub(lambda keys: f"`{'.'.join(_QUOTED.findall(keys.group()))}`", message)
    return message.replace("cannot overwrite a value", "a key is given twice")


_WITH_NOISE: Mapping[Keys, Callable[[Mapping[str, Any]], object]] = MappingProxyType(
    {
        ("protect", "statistics"): partial(read_statistics, persons_repeat=False),
        ("protect", "synthesise"): partial(read_synthesis, persons_repeat=False, hierarchies=None),
    }
)
"""Tables of what is released with differential privacy."""

_TUPLE = re.compile(r"\('.*?',?\)")
_QUOTED = re.compile(r"'([^']*)'")


def _beside(folder: Path, location: str) -> str:
    """Return a location of the flow file, relative to its folder; empty stays empty."""
    return str(folder / local_path(location)) if location else ""


def _located(folder: Path, source: SourceReference | None) -> SourceReference | None:
    """Return a source with its location resolved against the folder of the flow file; None stays none."""
    if source is None:
        return source
    for beginning in FILE_URLS:
        if source.location.startswith(beginning):
            return replace(source, location=f"{beginning}{folder / source.location.removeprefix(beginning)}")
    location = local_path(source.location)
    return source if _URL.match(location) else replace(source, location=str(folder / location))


@dataclass(slots=True)
class _Reading:
    """One pass over a document: collects what is known, stops at the first thing that may not be there."""

    name: str
    lines: Mapping[Keys, int]
    values: dict[str, FactValue] = field(default_factory=dict)
    texts: dict[Keys, str] = field(default_factory=dict)
    wishes: dict[str, Any] = field(default_factory=dict)
    roles_unknown: dict[str, tuple[str, ...]] = field(default_factory=dict)
    columns: list[ColumnWord] = field(default_factory=list)
    safeguards: dict[str, Safeguard] = field(default_factory=dict)
    days: dict[str, date] = field(default_factory=dict)

    def table(self, table: Mapping[str, Any], path: Keys) -> None:
        """Read every key of a table."""
        for key, value in table.items():
            here = (*path, key)
            if here == ("data", "columns"):
                self._columns(value)
            elif here == ("protect", "columns"):
                self._techniques(value)
            elif here in _WITH_NOISE:
                self.wishes[key] = self._with_noise(here, self._as_table(here, value))
            elif (not path and key in schema.SECTIONS) or here in schema.NESTED_TABLES:
                self.table(self._as_table(here, value), here)
            else:
                self._key(here, value)

    def request(self, folder: Path) -> FlowRequest:
        """Return what was collected, after the checks that need more than one key."""
        text = self.texts
        source = self._source(folder)
        if source is None and not self.columns:
            raise self._error(
                ("data",), "neither data.source nor data.columns is given", "name the data, or declare every column"
            )
        self._check_counts()
        self._check_roles()
        self._check_wishes()
        self._check_importance()
        wish = ProtectionWish(**self.wishes)
        return FlowRequest(
            title=text.get(("title",), ""),
            as_of=self.days.get("as_of"),
            until=self.days.get("until"),
            source=source,
            dataset=text.get(("data", "dataset"), ""),
            subject_key=text.get(("data", "subject_key"), ""),
            register=_beside(folder, text.get(("basis", "consent", "register"), "")),
            holder=text.get(("holder", "name"), ""),
            recipient=text.get(("recipient", "name"), ""),
            columns=tuple(self.columns),
            values=MappingProxyType(self.values),
            safeguards=MappingProxyType(self.safeguards),
            roles_unknown=MappingProxyType(self.roles_unknown),
            wish=replace(
                wish, hierarchies=_beside(folder, wish.hierarchies), population=_located(folder, wish.population)
            ),
        )

    def _key(self, path: Keys, value: object) -> None:
        if path in (("as_of",), ("until",)):
            self.days[path[0]] = self._read(path, value, schema.read_day)
        elif path in schema.FACT_PATHS:
            term = schema.FACT_PATHS[path]
            known = self._read(path, value, lambda item: schema.read_fact(term, item))
            if known is not None:
                self.values[term.name] = known
        elif path[0] == "safeguards":
            self._safeguard(path, value)
        elif path[0] == "protect":
            self._wish(path, value)
        elif path in schema.TEXT_KEYS:
            self.texts[path] = self._read(path, value, schema.read_text)
        elif path in schema.ROLE_KEYS:
            self.roles_unknown[path[0]] = self._read(path, value, schema.read_roles)
        else:
            raise self._unknown(path)

    def _safeguard(self, path: Keys, value: object) -> None:
        name = path[1].replace("_", "-")
        if name not in schema.PAPERS:
            raise self._unknown(path)
        if name in self.safeguards:
            raise self._error(path, f"`safeguards.{name}` is given twice", "keep one of the two spellings")
        safeguard = self._read(path, value, schema.read_safeguard)
        if safeguard is not None:
            self.safeguards[name] = safeguard

    def _wish(self, path: Keys, value: object) -> None:
        if path in schema.COLUMN_LIST_KEYS:
            self.wishes[path[1]] = self._read(path, value, schema.read_words)
        elif path in schema.COUNT_KEYS:
            self.wishes[path[1]] = self._read(path, value, schema.read_count)
        elif path in schema.SHARE_KEYS:
            self.wishes[path[1]] = self._read(path, value, schema.read_share)
        elif path in schema.TEXT_KEYS:
            self.wishes[path[1]] = self._read(path, value, schema.read_text)
        elif path in schema.CHOICE_KEYS:
            options = schema.CHOICE_KEYS[path]
            self.wishes[path[1]] = self._read(path, value, lambda item: schema.read_choice(item, options))
        elif path == ("protect", "population"):
            self.wishes["population"] = self._read(path, value, schema.read_source)
        elif path == ("protect", "models"):
            models = value if isinstance(value, list) else [value]
            self.wishes["models"] = tuple(self._read(path, item, wishes.read_model) for item in models)
        else:
            raise self._unknown(path)

    def _techniques(self, columns: object) -> None:
        """Read the measure of each column under `[protect.columns]`."""
        cells: list[Measure] = []
        hierarchies = {}
        for name, said in self._as_table(("protect", "columns"), columns).items():
            path = ("protect", "columns", name)
            own = []
            for item in said if isinstance(said, list) and said else [said]:
                table = dict(self._as_table(path, item))
                if "hierarchy" in table:
                    hierarchies[name] = self._read((*path, "hierarchy"), table.pop("hierarchy"), schema.read_text)
                if "measure" in table:
                    kind = self._read((*path, "measure"), table.pop("measure"), wishes.read_measure_kind)
                    own.append(self._technique(path, kind, table))
                elif table:
                    raise self._unknown((*path, next(iter(table))), ("measure", "hierarchy"))
            cells += self._read(path, name, lambda _: wishes.read_beside_each_other(own))  # noqa: B023 - called at once
        self.wishes.update(cells=wishes.join_measures(cells), builtin_hierarchies=hierarchies)

    def _with_noise(self, path: Keys, table: Mapping[str, Any]) -> Mapping[str, Any]:
        """Check what is asked for, as far as the file alone says; whether persons repeat is the data's to say."""
        try:
            _WITH_NOISE[path](table)
        except InputError as error:
            raise self._error(path, str(error), error.hint) from error
        return table

    def _technique(self, path: Keys, kind: MeasureKind, table: Mapping[str, object]) -> Measure:
        known = PARAMETERS[kind]
        texts = {}
        for key, value in table.items():
            if key not in known:
                raise self._unknown((*path, key), tuple(known))
            parameter = known[key]
            texts[key] = self._read((*path, key), value, lambda item: wishes.read_parameter(parameter, item))  # noqa: B023 - called at once
        step = self._read(path, path[2], lambda name: wishes.make_measure(str(name), kind, texts))
        try:
            wishes.check_measure(step)
        except InputError as error:
            raise self._error(path, f"`{'.'.join(path)}`: {error}", error.hint) from error
        return step

    def _columns(self, columns: object) -> None:
        for name, word in self._as_table(("data", "columns"), columns).items():
            path = ("data", "columns", name)
            said = self._as_table(path, word)
            for key in said:
                if key not in schema.COLUMN_KEYS:
                    raise self._unknown((*path, key))
            self.columns.append(
                ColumnWord(
                    name=name,
                    category=self._optional(path, said, "category", schema.read_category),
                    role=self._optional(path, said, "role", schema.read_role),
                    necessary=self._optional(path, said, "necessary", schema.read_flag),
                    override=self._optional(path, said, "override", schema.read_text) or "",
                    by=self._optional(path, said, "by", schema.read_text) or "",
                )
            )

    def _optional(
        self, path: Keys, table: Mapping[str, Any], key: str, read: Callable[[object], _Value]
    ) -> _Value | None:
        return self._read((*path, key), table[key], read) if key in table else None

    def _source(self, folder: Path) -> SourceReference | None:
        location = self.texts.get(("data", "source"), "")
        table, query = self.texts.get(("data", "table"), ""), self.texts.get(("data", "query"), "")
        delimiter = self._read(_DELIMITER, self.texts.get(_DELIMITER, ""), schema.read_delimiter)
        if table and query:
            raise self._error(("data", "query"), "both data.table and data.query are given", "keep one of them")
        if not location:
            if table or query or delimiter:
                raise self._error(("data",), "a table or a query is given without data.source", "name the database")
            return None
        return _located(folder, SourceReference(location, table, query, delimiter))

    def _check_counts(self) -> None:
        persons, held = self.values.get("data.persons"), self.values.get("holder.persons_held")
        sensitive = self.values.get("data.sensitive_persons")
        if isinstance(persons, int) and isinstance(held, int) and held < persons:
            message = f"holder.persons_held ({held}) is less than data.persons ({persons})"
            raise self._error(
                ("holder", "persons_held"), message, "a holder holds at least the persons it sends: mend one"
            )
        if self.values.get("data.persons_per_row") == 0:
            message = "data.persons_per_row is 0, but a row is about one person or more"
            raise self._error(("data", "persons_per_row"), message, "leave it out where rows are about nobody")
        if isinstance(persons, int) and isinstance(sensitive, int) and persons < sensitive:
            message = f"data.sensitive_persons ({sensitive}) is more than data.persons ({persons})"
            raise self._error(("data", "sensitive_persons"), message, "mend one of the two counts")

    def _check_roles(self) -> None:
        for party, roles in self.roles_unknown.items():
            said = self.values.get(f"{party}.roles")
            both = set(roles) & set(said if isinstance(said, tuple) else ())
            if both:
                message = f"role `{min(both)}` is both held and unknown"
                raise self._error((party, "roles_unknown"), message, "list each role once")

    def _check_wishes(self) -> None:
        conflict = wishes.find_conflict(self.wishes)
        if conflict:
            column, one, other = conflict
            message = f"column `{column}` is both under protect.{one} and under protect.{other}"
            raise self._error(("protect", other), message, "list each column once")

    def _check_importance(self) -> None:
        """Core data are important data too."""
        if self.values.get("data.core") is True:
            if self.values.get("data.important") is False:
                message = "data.core says yes and data.important says no"
                raise self._error(("data", "core"), message, "core data are important data too: mend one")
            self.values["data.important"] = True

    def _as_table(self, path: Keys, value: object) -> Mapping[str, Any]:
        if not isinstance(value, dict):
            raise self._error(
                path, f"`{'.'.join(path)}`: expected a table", f"write [{'.'.join(path)}] and its keys below"
            )
        return value

    def _read(self, path: Keys, value: object, read: Callable[[object], _Value]) -> _Value:
        try:
            return read(value)
        except schema.WrongValueError as error:
            hint = (_nearest(error.found, error.options) if isinstance(error.found, str) else "") or f"write {error}"
            message = f"`{'.'.join(path)}`: expected {error}, found {_shown(error.found)}"
            raise self._error(path, message, hint) from error

    def _unknown(self, path: Keys, keys: tuple[str, ...] = ()) -> InputError:
        known = keys or schema.known_keys(path[:-1])
        hint = _nearest(path[-1].replace("_", "-") if path[0] == "safeguards" else path[-1], known)
        return self._error(path, f"unknown key `{'.'.join(path)}`", hint or f"known keys are: {', '.join(known)}")

    def _error(self, path: Keys, message: str, hint: str) -> InputError:
        return InputError(f"`{self.name}` line {line_of(path, self.lines)}: {message}", hint)


_DELIMITER = ("data", "delimiter")

_BARE = re.compile(r"[0-9][0-9_.,-]{0,20}|true|false")
"""Texts that would be a number, a day or a flag without their quotes."""

_SHOWN_AT_MOST = 60
"""Characters of a wrong text that a message repeats."""


def _shown(value: object) -> str:
    """Return how a message calls a wrong value."""
    match value:
        case bool():
            return f"`{str(value).lower()}`"
        case dict():
            return "a table"
        case list():
            return "a list"
        case str() if _BARE.fullmatch(value):
            return f"the text `{value}` in quotes"
        case _:
            text = str(value)
            return f"`{text}`" if len(text) <= _SHOWN_AT_MOST else f"`{text[:_SHOWN_AT_MOST]}…`"


def _nearest(word: str, options: tuple[str, ...]) -> str:
    known = {option.lower(): option for option in options}
    near = list(known) if len(known) == 1 else get_close_matches(word.lower(), known, n=1, cutoff=0.5)
    if near:
        return f"did you mean `{known[near[0]]}`?"
    return f"choose one of: {', '.join(options)}" if options else ""
