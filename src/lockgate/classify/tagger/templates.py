"""The features of a token: which attributes of which neighbours are hashed together, by kind of token."""

from collections.abc import Mapping
from types import MappingProxyType

from lockgate.classify.tagger import signs
from lockgate.classify.tagger.attributes import (
    AFTER,
    BEFORE,
    CODE,
    COVERS,
    ENDING,
    ENDS,
    FOREIGN_RUN,
    GAP,
    GLUED,
    HEAD,
    KIND,
    PLACE_IN_RUN,
    PREFIX,
    REST,
    RUN,
    RUN_WORD,
    SEGMENT,
    SHAPE,
    SHORT_TAIL,
    STARTS,
    TAIL,
    WORD,
    WORD_AFTER,
    WORD_BEFORE,
)

Template = tuple[tuple[int, int], ...]
"""Attributes and the places of the tokens, counted from the token itself."""


def _at(column: int, *places: int) -> Template:
    return tuple((column, place) for place in places)


_HAN: tuple[Template, ...] = (
    *(_at(CODE, place) for place in range(-3, 4)),
    *(_at(CODE, *places) for places in ((-1, 0), (0, 1), (-2, -1), (1, 2), (2, 3))),
    *(_at(WORD, *places) for places in ((0,), (0, 1), (0, 1, 2), (-1, 0), (-1, 0, 1), (-2, -1, 0))),
    *(_at(SEGMENT, *places) for places in ((0,), (-1,), (1,), (2,), (-1, 0), (0, 1), (0, 1, 2), (-1, 0, 1))),
    *(_at(STARTS, place) for place in range(4)),
    *(_at(ENDS, place) for place in range(-3, 1)),
    *(_at(COVERS, place) for place in (-1, 0, 1)),
    ((ENDS, -1), (WORD, 0), (WORD, 1)),
    ((STARTS, 1), (WORD, 0), (WORD, -1)),
    ((ENDS, -1), (SEGMENT, 0)),
    ((STARTS, 1), (SEGMENT, 0)),
    ((COVERS, 0), (WORD, 0), (SEGMENT, 0)),
    ((WORD, 0), (WORD, 1), (STARTS, 2)),
    ((WORD, 0), (WORD, 1), (WORD, 2), (STARTS, 3)),
    ((WORD, 0), (WORD, 1), (SEGMENT, 1), (SEGMENT, 2)),
    ((WORD, -1), (WORD, 0), (SEGMENT, 0), (SEGMENT, 1)),
    ((WORD, -2), (WORD, -1), (WORD, 0), (SEGMENT, 1)),
    ((FOREIGN_RUN, 0),),
    ((FOREIGN_RUN, 0), (ENDS, -1)),
    ((FOREIGN_RUN, 0), (COVERS, 0)),
    ((FOREIGN_RUN, 0), (SEGMENT, 0)),
    ((FOREIGN_RUN, -1), (FOREIGN_RUN, 0), (FOREIGN_RUN, 1)),
    ((GAP, 0), (KIND, -1), (CODE, 0)),
    ((GAP, 1), (KIND, 1), (CODE, 0)),
    ((KIND, -1), (KIND, 0), (KIND, 1), (KIND, 2)),
    ((KIND, -2), (KIND, -1), (WORD, 0), (KIND, 1)),
)
_HANGUL: tuple[Template, ...] = (
    *(_at(GLUED, place) for place in range(-2, 3)),
    ((CODE, -1), (GLUED, 0)),
    ((CODE, 0), (GLUED, 1)),
    ((CODE, -2), (GLUED, -1)),
    ((CODE, 1), (GLUED, 2)),
    ((PLACE_IN_RUN, 0), (REST, 0)),
    ((PLACE_IN_RUN, 0), (ENDING, 0)),
    ((PLACE_IN_RUN, 0), (ENDING, 1)),
    ((PLACE_IN_RUN, 0), (ENDING, 2)),
    ((PLACE_IN_RUN, 0), (ENDING, 0), (WORD, 0)),
    ((PLACE_IN_RUN, 0), (ENDING, 1), (WORD, 0), (WORD, 1)),
    ((PREFIX, 0),),
    ((PREFIX, 1),),
    ((PREFIX, 2),),
    ((PREFIX, 0), (ENDING, 0)),
    ((PREFIX, 1), (ENDING, 1), (PLACE_IN_RUN, 0)),
    ((PREFIX, 2), (ENDING, 2), (PLACE_IN_RUN, 0)),
    ((PREFIX, 0), (PREFIX, 1), (PREFIX, 2)),
    ((PREFIX, -1), (PREFIX, 0), (PREFIX, 1)),
    ((RUN, 0),),
    ((RUN_WORD, 0), (PLACE_IN_RUN, 0)),
    ((RUN_WORD, 0), (PLACE_IN_RUN, 0), (REST, 0), (WORD, 0)),
    ((BEFORE, 0), (PLACE_IN_RUN, 0)),
    ((AFTER, 0), (REST, 0)),
    ((WORD_BEFORE, 0), (PLACE_IN_RUN, 0)),
    ((WORD_AFTER, 0), (REST, 0), (PLACE_IN_RUN, 0)),
    ((WORD_BEFORE, 0), (WORD_AFTER, 0), (PLACE_IN_RUN, 0), (REST, 0)),
    ((WORD_AFTER, 0), (REST, 0), (ENDING, 0), (WORD, 0)),
    *(_at(SEGMENT, *places) for places in ((0,), (-1, 0), (0, 1), (-1, 0, 1))),
    ((STARTS, 0), (PLACE_IN_RUN, 0)),
    ((STARTS, 1), (PLACE_IN_RUN, 0)),
    ((ENDS, 0), (ENDING, 0)),
    ((ENDS, -1), (PLACE_IN_RUN, 0)),
    ((COVERS, 0), (PLACE_IN_RUN, 0), (REST, 0)),
    *(((PLACE_IN_RUN, 0), *_at(WORD, *places)) for places in ((0,), (0, 1), (0, 1, 2), (-1, 0))),
    ((FOREIGN_RUN, 0),),
    ((FOREIGN_RUN, 0), (ENDING, 0)),
    ((FOREIGN_RUN, -1), (FOREIGN_RUN, 0), (FOREIGN_RUN, 1)),
    ((KIND, -1), (GAP, 0), (KIND, 1), (GAP, 1)),
)
_LATIN: tuple[Template, ...] = (
    *(_at(CODE, place) for place in range(-2, 3)),
    *(_at(CODE, *places) for places in ((-1, 0), (0, 1), (-2, -1), (1, 2), (-1, 1))),
    *(_at(SHAPE, *places) for places in ((0,), (-1, 0), (0, 1), (-1, 0, 1), (-2, -1, 0), (0, 1, 2))),
    *(_at(WORD, *places) for places in ((0,), (-1,), (1,), (-1, 0), (0, 1), (-2, -1, 0), (0, 1, 2), (-1, 0, 1))),
    ((SHAPE, 0), (WORD, 0)),
    ((SHAPE, 0), (WORD, 0), (GAP, 0), (KIND, -1)),
    ((SHAPE, 0), (SHAPE, 1), (WORD, 0), (WORD, 1)),
    ((SHAPE, -1), (SHAPE, 0), (WORD, -1), (WORD, 0)),
    ((SHAPE, 0), (WORD, 0), (CODE, -1)),
    ((SHAPE, 0), (WORD, 0), (CODE, 1)),
    ((SHAPE, 0), (CODE, 0)),
    ((SHAPE, 0), (CODE, -1)),
    ((SHAPE, 0), (CODE, 1)),
    ((SHAPE, 0), (SHAPE, 1), (CODE, 2)),
    ((SHAPE, 0), (SHAPE, -1), (CODE, -2)),
    ((HEAD, 0), (SHAPE, 0)),
    ((TAIL, 0), (SHAPE, 0)),
    ((SHORT_TAIL, 0), (SHAPE, 0)),
    ((SHORT_TAIL, 0), (SHORT_TAIL, 1), (SHAPE, 0)),
    ((SHORT_TAIL, 0), (SHORT_TAIL, -1), (SHAPE, 0)),
    ((SHORT_TAIL, 1), (SHAPE, 1), (SHAPE, 0)),
    ((SHORT_TAIL, -1), (SHAPE, -1), (SHAPE, 0)),
    ((KIND, -1), (KIND, 0), (KIND, 1), (GAP, 0)),
    ((GAP, 0), (GAP, 1), (KIND, -1), (KIND, 1)),
    ((GAP, 0), (SHAPE, 0), (SHAPE, 1), (WORD, 1)),
)
_SIGN: tuple[Template, ...] = (
    *(_at(CODE, *places) for places in ((0,), (-1, 0), (0, 1), (-1, 0, 1), (-2, -1, 0))),
    ((SHAPE, -1), (CODE, 0), (SHAPE, 1)),
    ((SHAPE, -1), (CODE, 0), (SHAPE, 1), (WORD, 1)),
    ((WORD, -1), (CODE, 0), (WORD, 1)),
    ((WORD, -1), (CODE, 0), (SHAPE, -1)),
    ((FOREIGN_RUN, -1), (CODE, 0), (FOREIGN_RUN, 1)),
    ((KIND, -1), (CODE, 0), (KIND, 1), (GAP, 1)),
    ((SHAPE, -2), (SHAPE, -1), (CODE, 0), (SHAPE, 1)),
)

TEMPLATES: Mapping[int, tuple[Template, ...]] = MappingProxyType(
    {
        signs.HAN: _HAN,
        signs.HANGUL: _HANGUL,
        signs.LATIN: _LATIN,
        signs.DIGIT: _SIGN,
        signs.SIGN: _SIGN,
        signs.OTHER: _SIGN,
    }
)
"""Features by kind of token; a break has none and is never part of a name."""

PARTS = 4
"""The most attributes in one feature."""
