"""Categories that standards call sensitive: advice, kept apart from law. The lists stand in `advice.toml`."""

import tomllib
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from lockgate.terms.category import Category


def advised_sensitive(category: Category, day: date) -> tuple[str, ...]:
    """Return the citations of the standards that call a category sensitive on a day.

    >>> advised_sensitive(Category.INCOME_AND_ASSETS, date(2026, 1, 1))
    ('cn/gbt-45574 6',)
    """
    return tuple(
        item["citation"] for item in _standards() if item["in_force"] <= day and category.value in item["categories"]
    )


@cache
def _standards() -> list[dict[str, Any]]:
    text = (files("lockgate.classify") / "advice.toml").read_text(encoding="utf-8")
    standards: list[dict[str, Any]] = tomllib.loads(text)["standard"]
    return standards
