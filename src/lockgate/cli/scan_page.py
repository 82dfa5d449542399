"""The page of a scan: columns and their evidence, combinations that single people out, grades; it stands alone."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, StrictUndefined, Template

from lockgate.cli.plain_text import one_line
from lockgate.terms.rendering import as_json

_COMBINATIONS_AT_MOST = 8


def render_scan(documents: Sequence[Mapping[str, Any]], made_on: date) -> str:
    """Return the page of one or more scans.

    Args:
        documents: JSON documents of scans.
        made_on: Day of the scan.
    """
    sources = [as_json(document) for document in documents]
    return _template().render(sources=sources, made_on=made_on.isoformat(), most=_COMBINATIONS_AT_MOST)


@cache
def _template() -> Template:
    text = files("lockgate.cli").joinpath("scan_page.html.jinja").read_text(encoding="utf-8")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["plain"] = one_line
    return environment.from_string(text)
