"""Driving licences of Korea: region of two digits, year of two, six digits, two of the check and issue.

Source: Enforcement Rule of the Road Traffic Act, annexed form 55 (region 11 to 28); the way of the check digits is
not published.
"""

from lockgate.classify.cells import Kind
from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

RECOGNISER = Recogniser(
    type="kr-driving-licence",
    category=Category.GOVERNMENT_DOCUMENT,
    role=ColumnRole.DIRECT_IDENTIFIER,
    headers=phrases(
        "driver license no, drvrlcnsno",
        "driver license, driving license, license number, drverlcnsno, drvlcnsno",
        "운전면허, 운전면허번호, 면허번호, 운전면허증번호",
    ),
    form=r"^(?:1[1-9]|2[0-8])(?:-[0-9]{2}-[0-9]{6}-|[0-9]{8})[0-9]{2}$",
    strong=r"^(?:1[1-9]|2[0-8])-[0-9]{2}-[0-9]{6}-[0-9]{2}$",
    chance=0.02,
    strong_chance=0.0005,
    weight=2.5,
    strong_weight=7.5,
    text=r"(?<![0-9A-Za-z.-])(?:1[1-9]|2[0-8])-[0-9]{2}-[0-9]{6}-[0-9]{2}(?![0-9A-Za-z]|[.-][0-9])",
    kinds=frozenset({Kind.TEXT, Kind.INTEGER, Kind.OTHER}),
)
