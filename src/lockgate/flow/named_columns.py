"""Columns that a flow file names, held against those of the data before any row is read."""

from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches

import pyarrow as pa

from lockgate.classify.catalogue import CATALOGUE
from lockgate.classify.normal import normalise
from lockgate.classify.recognition import match
from lockgate.flow.statistics_wish import read_statistics
from lockgate.flow.synthesis_wish import read_synthesis
from lockgate.terms.errors import InputError
from lockgate.terms.flow_request import FlowRequest, ProtectionWish

_SHOWN = 20
"""Columns that a hint lists."""


def require_columns(request: FlowRequest, columns: Sequence[str], source: str) -> None:
    """Refuse a flow file that names columns which the data do not have; all of them are told.

    Args:
        request: As declared.
        columns: Of the data.
        source: What the data are called, for messages.

    Raises:
        InputError: If there is one; the nearest names are told.
    """
    known = set(columns)
    missing = [(key, name) for key, name in dict.fromkeys(_named(request)) if name not in known]
    if not missing:
        return
    found = ", ".join(f"`{key}` names `{name}`" for key, name in missing)
    raise InputError(
        f"{found}: `{source}` has no such column{'s' if len(missing) > 1 else ''}",
        nearest_columns(dict.fromkeys(name for _, name in missing), columns),
    )


def nearest_columns(wanted: Iterable[str], columns: Sequence[str]) -> str:
    """Return a hint for names that are no columns: the nearest ones, else what there is.

    Args:
        wanted: Names.
        columns: Of the data.
    """
    columns = _without_persons(columns)
    # what differs by case or by blanks at an end is nearer than anything that differs by a letter
    plain = {name.strip().casefold(): name for name in reversed(columns)}
    near = [name for one in wanted for name in get_close_matches(one.strip().casefold(), list(plain), n=1)]
    if near:
        return f"did you mean {', '.join(f'`{plain[name]}`' for name in dict.fromkeys(near))}?"
    more = f" and {len(columns) - _SHOWN:,} more" if len(columns) > _SHOWN else ""
    return f"columns are: {', '.join(columns[:_SHOWN])}{more}"


def _without_persons(names: Sequence[str]) -> list[str]:
    """Return names but those of persons: where a table has no header, its first row is taken for one."""
    are_persons = match(CATALOGUE["person-name"], normalise(pa.array(names, pa.string()))).passed
    return [name for name, is_person in zip(names, are_persons, strict=True) if not is_person]


def _named(request: FlowRequest) -> Iterator[tuple[str, str]]:
    """Yield the key of the flow file and the column, for each that is named."""
    wish = request.wish
    if request.subject_key:
        yield "data.subject_key", request.subject_key
    yield from ((f"data.columns.{word.name}", word.name) for word in request.columns)
    for key in ("quasi_identifiers", "drop", "pseudonymise", "redact"):
        yield from ((f"protect.{key}", name) for name in getattr(wish, key))
    names = dict.fromkeys((*(name for step in wish.cells for name in step.columns), *wish.builtin_hierarchies))
    yield from ((f"protect.columns.{name}", name) for name in names)
    models = (getattr(model, "column", "") for model in wish.models)
    yield from (("protect.models", name) for name in models if name)
    yield from _with_noise(wish)


def _with_noise(wish: ProtectionWish) -> Iterator[tuple[str, str]]:
    if wish.statistics:
        plan = read_statistics(wish.statistics, persons_repeat=False).plan
        asked = (item.column for item in plan.statistics if item.column)
        yield from (("protect.statistics", name) for name in (*plan.by, *asked))
    if wish.synthesise:
        domains = read_synthesis(wish.synthesise, persons_repeat=False, hierarchies=None).plan.columns
        yield from (("protect.synthesise", domain.column) for domain in domains)
