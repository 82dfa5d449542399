"""Answers to questions, written into the text of a flow file without disturbing the rest."""

import re
import tomllib
from datetime import date

from lockgate.flow.schema import WrongValueError, read_fact
from lockgate.terms.errors import InputError
from lockgate.terms.fact import FACTS, FactType
from lockgate.terms.lists import PARTY_ROLES

_YES, _NO = ("yes", "y", "true", "是", "有", "예", "네"), ("no", "n", "false", "否", "没有", "아니오", "아니요")
_FLAGS = {**dict.fromkeys(_YES, "true"), **dict.fromkeys(_NO, "false")}
_LISTS = (FactType.PLACES, FactType.CHOICES)


def parse_answer(fact: str, role: str, given: str, today: date) -> tuple[str, str]:
    """Return the key and the TOML value that an answer means.

    Args:
        fact: Name of the fact, or `safeguards.` with a duty.
        role: The role asked about, or empty.
        given: What the person typed.
        today: What `today` means as a date.

    Raises:
        InputError: If the answer is none for this question.

    >>> parse_answer("holder.persons_held", "", "2,000", date(2026, 1, 1))
    ('persons_held', '2000')
    """
    key, word = fact.rpartition(".")[2], given.strip()
    if role:
        if word.lower() not in _FLAGS:
            raise InputError("expected yes or no", "answer yes or no")
        return ("+roles" if _FLAGS[word.lower()] == "true" else "-roles"), role
    if fact not in FACTS:
        return key, _safeguard(word, today)
    return key, _value(fact, word)


def with_answer(text: str, fact: str, answer: tuple[str, str]) -> str:
    """Return the text of a flow file with an answer in it.

    Args:
        text: The flow file.
        fact: Name of the fact.
        answer: Made by `parse_answer`.
    """
    key, value = answer
    table = fact.rpartition(".")[0]
    if key in ("+roles", "-roles"):
        return _with_role(text, table, value, has_it=key == "+roles")
    inline = table.rpartition(".")
    if inline[0] and re.search(rf"^\s*{re.escape(inline[2])}\s*=\s*\{{", text, re.MULTILINE):
        return _in_inline_table(text, inline[2], f"{key} = {value}")
    lines = text.splitlines()
    line = f"{key} = {value}"
    header = f"[{table}]"
    for number, present in enumerate(lines):
        if present.split("#")[0].strip() == header:
            lines = _without_key(lines, number + 1, key)
            return "\n".join([*lines[: number + 1], line, *lines[number + 1 :]]) + "\n"
    return "\n".join([*lines, "", header, line]) + "\n"


def _without_key(lines: list[str], start: int, key: str) -> list[str]:
    """Drop what a table says of a key already, such as papers that were empty."""
    for number in range(start, len(lines)):
        if lines[number].lstrip().startswith("["):
            break
        if re.match(rf"\s*{re.escape(key)}\s*=", lines[number]):
            return [*lines[:number], *lines[number + 1 :]]
    return lines


def _with_role(text: str, party: str, role: str, *, has_it: bool) -> str:
    """Say whether a party has one role; whatever was unknown of the other roles stays unknown."""
    table = tomllib.loads(text).get(party, {})
    unknown = table.get("roles_unknown", [] if "roles" in table else list(PARTY_ROLES))
    roles = [*table.get("roles", []), *([role] if has_it else [])]
    text = _with_list(text, party, "roles", roles)
    return _with_list(text, party, "roles_unknown", [item for item in unknown if item != role])


def _with_list(text: str, table: str, key: str, words: list[str]) -> str:
    value = "[" + ", ".join(f'"{word}"' for word in words) + "]"
    body = re.search(rf"^\[{table}\][^\n]*\n(?:(?!^\[).*\n?)*", text, re.MULTILINE)
    present = re.compile(rf"^{key}\s*=\s*\[[^\]]*\]", re.MULTILINE).search(text, *body.span()) if body else None
    if present:
        return text[: present.start()] + f"{key} = {value}" + text[present.end() :]
    return with_answer(text, f"{table}.{key}", (key, value))


def _in_inline_table(text: str, name: str, pair: str) -> str:
    def extend(match: re.Match[str]) -> str:
        inside = match.group(2).strip()
        return f"{match.group(1)}{{ {inside}{', ' if inside else ''}{pair} }}"

    return re.sub(rf"(^\s*{re.escape(name)}\s*=\s*)\{{([^}}]*)\}}", extend, text, count=1, flags=re.MULTILINE)


def _safeguard(word: str, today: date) -> str:
    if word.lower() in _NO:
        return "false"
    if word.lower() == "today":
        return today.isoformat()
    try:
        return date.fromisoformat(word).isoformat()
    except ValueError as error:
        raise InputError("expected a date such as 2026-11-21, `today`, or no", "answer with a date") from error


def _value(fact: str, word: str) -> str:
    term = FACTS[fact]
    parsed: object = word
    if term.type in (FactType.FLAG, FactType.TRISTATE):
        parsed = {"true": True, "false": False}.get(_FLAGS.get(word.lower(), ""), word)
    elif term.type is FactType.COUNT:
        digits = word.replace(",", "").replace("_", "")
        parsed = int(digits) if digits.isdigit() else word
    elif term.type in _LISTS:
        parsed = word.replace(",", " ").split()
    try:
        value = read_fact(term, parsed)
    except WrongValueError as error:
        raise InputError(f"expected {error}", "try again") from error
    if isinstance(value, bool):
        quoted = f'"{"yes" if value else "no"}"'
        return quoted if term.type is FactType.TRISTATE else str(value).lower()
    if isinstance(value, tuple):
        return "[" + ", ".join(f'"{item}"' for item in value) + "]"
    return str(value) if isinstance(value, int) else '"' + str(value).replace("\\", "").replace('"', "'") + '"'
