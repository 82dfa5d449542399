"""Sentences from templates: slots filled with words, choices made by a counted pseudo-random sequence."""
# ruff: noqa: INP001, PLR2004, T201, RUF001, E501, PLR0911, C901, RUF100 - a script of percentages and tables, run by hand

import re
from collections.abc import Callable, Mapping
from pathlib import Path

NAME_BEGINS, NAME_ENDS = "\x01", "\x02"
"""Signs around a name in a generated sentence; taken out before training."""

_SLOT = re.compile(r"\{([a-zA-Z_0-9]+)(?:~([^}]*))?\}")


class Sequence:
    """A sequence of choices (SplitMix64), the same for the same seed on every machine."""

    def __init__(self, seed: int) -> None:
        self._state = seed

    def below(self, limit: int) -> int:
        """Return a whole number from 0 to limit - 1."""
        self._state = (self._state + 0x9E3779B97F4A7C15) % 2**64
        mixed = self._state
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) % 2**64
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) % 2**64
        return (mixed ^ (mixed >> 31)) % limit

    def chance(self, percent: float) -> bool:
        """Return whether something of this chance (0 to 100) happens."""
        return self.below(100_000) < percent * 1000

    def one(self, items: list[str]) -> str:
        """Return one of the items."""
        return items[self.below(len(items))]


class Weighted:
    """Words drawn by their weight."""

    def __init__(self, words: Mapping[str, float]) -> None:
        self._words, total = list(words), 0.0
        self._bounds = []
        for weight in words.values():
            total += weight
            self._bounds.append(total)

    def draw(self, sequence: Sequence) -> str:
        """Return one word."""
        wanted = sequence.below(2**40) / 2**40 * self._bounds[-1]
        low, high = 0, len(self._bounds) - 1
        while low < high:
            middle = (low + high) // 2
            if self._bounds[middle] > wanted:
                high = middle
            else:
                low = middle + 1
        return self._words[low]


Filler = Callable[[Sequence], str]
Ending = Callable[[str, str], str]


def sections(path: Path) -> dict[str, list[str]]:
    """Return the lists of a file: `[name]` opens a list of lines, `[name words]` one of words between spaces."""
    found: dict[str, list[str]] = {}
    current, by_words = found.setdefault("", []), False
    for line in path.read_text(encoding="utf-8").splitlines():
        if match := re.fullmatch(r"\[(\w+)( words)?\]", line):
            current, by_words = found.setdefault(match[1], []), bool(match[2])
        elif line.strip():
            current.extend(line.split() if by_words else [line])
    return found


class Grammar:
    """Templates with what fills their slots."""

    def __init__(
        self, lists: Mapping[str, list[str]], fillers: Mapping[str, Filler], ending: Ending | None = None
    ) -> None:
        self._lists, self._fillers, self._ending = lists, fillers, ending

    def expand(self, template: str, sequence: Sequence, depth: int = 0) -> str:
        """Return the template with every slot filled; `{slot~ending}` fits the ending to the filled word."""

        def fill(match: re.Match[str]) -> str:
            name = match[1]
            if filler := self._fillers.get(name):
                word = filler(sequence)
            else:
                word = self.expand(sequence.one(self._lists[name]), sequence, depth + 1)
            if match[2] is None or self._ending is None:
                return word
            return word + self._ending(word, match[2])

        return _SLOT.sub(fill, template)


_PERSON = re.compile(r"\{[PGLSKXCFI](~[^}]*)?\}")


_CUES = re.compile(
    r"\{(?:role|hon|say|title|pretitle|S|X|K|G)\b|姓名|叫|收|联系|患者|记者|方|告|人：|嫌疑|[您你]好|通讯员|作者|编辑|主持|摄|律师|任命|饰|执导"
    r"|이름|성명|고객|환자|기자|담당|예금주|수령|보호자|감독|드림|올림|님|저는|원고|피고|저자|지음"
    r"|[Nn]ame|Dear|Hi |Hello|Patient|[Cc]ustomer|[Cc]ontact|From:|To:|Cc:|[Bb]y |[Rr]egards|born|starring|I'm|I am|This is"
)
"""Marks of templates beside which nothing but a name stands."""


def without_names(template: str) -> str:
    """Return a template with what is no name in the place of each name; as it is where its words call for a name."""
    if _CUES.search(template):
        return template
    return _PERSON.sub(lambda match: f"{{nobody{match[1] or ''}}}", template)


def named(name: str) -> str:
    """Return a name with the signs around it."""
    return f"{NAME_BEGINS}{name}{NAME_ENDS}"


def unmarked(sentence: str) -> tuple[str, list[tuple[int, int]]]:
    """Return a sentence without signs, and where the names stand."""
    out, spans, size = [], [], 0
    for part in re.split(f"({NAME_BEGINS}[^{NAME_ENDS}]*{NAME_ENDS})", sentence):
        text = part
        if part.startswith(NAME_BEGINS):
            text = part[1:-1]
            spans.append((size, size + len(text)))
        out.append(text)
        size += len(text)
    return "".join(out), spans
