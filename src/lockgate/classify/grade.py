"""Grades of data by category, and the questions that values cannot answer. The figures stand in `grades.toml`."""

import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any

from lockgate.terms.category import Category


def grade_of(category: Category) -> str:
    """Return the level of a category, `general-1` to `general-4`."""
    return _grades()[category.value]


def highest_grade(grades: Iterable[str]) -> str:
    """Return the highest of some levels, by which the whole set is graded; `general-1` for none."""
    return max(grades, default="general-1")


def grade_asks() -> tuple[str, ...]:
    """Return the questions on important data, which decide the grade and which no scan can answer."""
    return tuple(_data()["asks"])


@cache
def _grades() -> dict[str, str]:
    return {category: level["grade"] for level in _data()["level"] for category in level["categories"]}


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads((files("lockgate.classify") / "grades.toml").read_text(encoding="utf-8"))
