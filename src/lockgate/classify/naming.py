"""Which types of the catalogue a header names, looked up once a header."""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from lockgate.classify.catalogue import CATALOGUE
from lockgate.classify.header import header_score


@lru_cache(maxsize=65_536)
def named_types(header: str) -> Mapping[str, float]:
    """Return how well a header names each type that it names at all, above 0 to 1 (see `header.header_score`)."""
    scores = {item.type: header_score(header, item.headers, item.not_headers) for item in CATALOGUE.values()}
    return MappingProxyType({type_: score for type_, score in scores.items() if score > 0})
