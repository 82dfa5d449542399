"""Where our reading of an article is contested: the page that says how, as its docstring cites it."""

import inspect
import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from lockgate.laws.catalogue import load_laws

_PAGE = re.compile(r"docs/readings/[\w-]+\.md")


def contested_in(citation: str) -> tuple[str, ...]:
    """Return the pages on which the contested reading of an article is told; none for most.

    >>> contested_in("cn/pipl 39")
    ('docs/readings/cn-separate-consent.md',)
    """
    return _pages().get(citation, ())


@cache
def _pages() -> Mapping[str, tuple[str, ...]]:
    found = {}
    for instrument in load_laws().instruments:
        for article in instrument.articles:
            told = _PAGE.findall(inspect.getdoc(article.reading) or "") if article.reading else []
            if told:
                found[f"{instrument.id} {article.number}"] = tuple(dict.fromkeys(told))
    return MappingProxyType(found)
