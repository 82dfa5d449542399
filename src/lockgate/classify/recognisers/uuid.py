"""Universally unique identifiers: of anything, seldom of persons.

Source: RFC 9562, section 4 (form: 8, 4, 4, 4 and 12 hexadecimal digits; version and variant). What they stand for is
told by the header only: `device-id`, `advertising-id`, `account-id`.
"""

from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

_WHOLE = (
    r"^(?:\{[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\}|[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0"
    r"-9A-Fa-f]{12})$"
)


RECOGNISER = Recogniser(
    type="uuid",
    category=Category.NOT_PERSONAL,
    role=ColumnRole.ORDINARY,
    headers=phrases(
        "uuid, guid, unique identifier, unique id",
    ),
    form=_WHOLE,
    strong=_WHOLE,
    chance=0.001,
    strong_chance=0.001,
    strong_weight=7.5,
)
