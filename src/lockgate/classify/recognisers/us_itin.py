"""Individual taxpayer identification numbers of the United States.

Source: Internal Revenue Manual 3.21.263 (nine digits that begin with 9; groups 50 to 65, 70 to 88, 90 to 92, 94 to
99).
"""

from lockgate.classify.cells import Kind
from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

RECOGNISER = Recogniser(
    type="us-itin",
    category=Category.NATIONAL_IDENTIFIER,
    role=ColumnRole.DIRECT_IDENTIFIER,
    headers=phrases(
        "itin, individual taxpayer identification number, individual taxpayer id, taxpayer id",
    ),
    form=r"^9[0-9]{2}-?(?:5[0-9]|6[0-5]|7[0-9]|8[0-8]|9[0-24-9])-?[0-9]{4}$",
    strong=r"^9[0-9]{2}-(?:5[0-9]|6[0-5]|7[0-9]|8[0-8]|9[0-24-9])-[0-9]{4}$",
    chance=0.05,
    strong_chance=0.0005,
    weight=2.0,
    strong_weight=7.0,
    text=(
        r"(?<![0-9A-Za-z.-])9[0-9]{2}-(?:5[0-9]|6[0-5]|7[0-9]|8[0-8]|9[0-24-9])-[0-9]{4}(?![0-9A-Za-z]|[."
        r"-][0-9])"
    ),
    kinds=frozenset({Kind.TEXT, Kind.INTEGER, Kind.OTHER}),
)
