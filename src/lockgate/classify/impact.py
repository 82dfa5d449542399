"""The grade of a data set as the answer to questions, and the signals in the data that bear on the answers.

The standard grades by whom or what a leak would harm and how badly. No value tells that: the holder answers, for each
of six objects of impact, and the highest level of all pairs counts. The figures stand in `impact.toml`.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from lockgate.classify.grade import highest_grade
from lockgate.classify.header import header_score
from lockgate.terms.category import Category
from lockgate.terms.classification import ColumnVerdict

_RANK = {"general": 0, "important": 1, "core": 2}
_OUT_OF_CAR = "out-of-car video or images"


def impact_objects() -> tuple[str, ...]:
    """Return the objects that a leak may harm, in the order of the standard."""
    return tuple(_data()["objects"])


def impact_degrees() -> tuple[str, ...]:
    """Return the degrees of harm, rising."""
    return tuple(_data()["degrees"])


def grade_of_answers(answers: Mapping[str, str], scanned: str) -> tuple[str, bool]:
    """Return the grade, and whether the answers settle it.

    Core and important go before general; general data have the higher of the scan's level and that of the answers.
    Without an answer on each of the four public objects nothing settles that data are not important.

    Args:
        answers: Degree of harm by object; those left out are unknown.
        scanned: Level of general data that the scan gives.
    """
    levels = {name: _data()["levels"][name][impact_degrees().index(degree)] for name, degree in answers.items()}
    public = [levels[name] for name in levels if levels[name] in _RANK]
    highest = max(public, key=_RANK.__getitem__, default="general")
    own = [scanned, *(level for level in levels.values() if level.startswith("general-"))]
    is_settled = highest == "core" or all(name in answers for name in _public_objects())
    return (highest_grade(own) if highest == "general" else highest), is_settled


def signals_of(
    verdicts: Iterable[ColumnVerdict], counts: Mapping[str, int], names: Iterable[str]
) -> tuple[tuple[str, str], ...]:
    """Return what in the data bears on the grade, each with the reason why.

    Args:
        verdicts: On all columns.
        counts: `persons`, `sensitive-persons`, `rows`, `coordinate-decimals`, as far as known.
        names: Of the columns and the source, whose words may speak of a domain.
    """
    found = list(_counted(counts))
    if any(item.category is Category.OUT_OF_CAR_VIDEO for item in verdicts):
        found.append(
            (_OUT_OF_CAR, "faces and plates outside cars are important data: automotive provisions, article 3")
        )
    listed = list(names)
    for domain in _data()["domain"]:
        spoken = [name for name in listed if header_score(name, tuple(domain["words"])) >= _NAMED]
        if spoken:
            found.append((f"words of {domain['name']} in: {', '.join(spoken[:_SHOWN])}", "a domain of annex G"))
    return tuple(found)


_NAMED = 0.5
_SHOWN = 5


def _counted(counts: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    told = set()
    for signal in _data()["signal"]:
        count = counts.get(signal["name"], 0)
        if count >= signal["at_least"] and signal["name"] not in told:
            told.add(signal["name"])
            yield f"{count:,} {signal['name'].replace('-', ' ')}", signal["why"]


def _public_objects() -> list[str]:
    return [name for name, levels in _data()["levels"].items() if levels[0] in _RANK]


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads((files("lockgate.classify") / "impact.toml").read_text(encoding="utf-8"))
