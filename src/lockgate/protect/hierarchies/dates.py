"""Days: day, month, quarter, year, decade.

A day is written with its year first (`1990-05-17`, `1990/5/17`, `1990.05.17`, `19900517`, `1990年5月17日`); a time of
day may follow the first form. Day-first and month-first forms cannot be told apart, so they are not read.
"""

import re
from collections.abc import Mapping
from datetime import date

from lockgate.protect.hierarchies.paths import Parameters, Paths, of_each
from lockgate.protect.readings import day_of

_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

_FORMS = (
    re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})"),
    re.compile(r"([0-9]{4})()([0-9]{2})([0-9]{2})"),
    re.compile(r"([0-9]{4})(年)([0-9]{1,2})月([0-9]{1,2})日"),
)


def date_paths(values: Mapping[str, int], _parameters: Parameters) -> Paths:
    """Return the paths of days: as written, day (unless all are written so), month, quarter, year, decade, `*`."""
    is_plain = all(_ISO.fullmatch(value) for value in values)
    return of_each(values, lambda value: _path(value, is_plain=is_plain))


def _path(value: str, *, is_plain: bool) -> tuple[str, ...] | None:
    day = day_of(value) or _day_in_another_form(value)
    if day is None:
        return None
    year = f"{day.year:04d}"
    quarter = f"{year}-Q{(day.month + 2) // 3}"
    written = (value,) if is_plain else (value, day.isoformat())
    return (*written, f"{year}-{day.month:02d}", quarter, year, f"{year[:3]}0s", "*")


def _day_in_another_form(value: str) -> date | None:
    for form in _FORMS:
        found = form.fullmatch(value)
        if found:
            try:
                return date(int(found[1]), int(found[3]), int(found[4]))
            except ValueError:
                return None
    return None
