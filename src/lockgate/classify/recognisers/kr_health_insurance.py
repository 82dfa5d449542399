"""Numbers of health insurance certificates of Korea: eleven digits, the first of the kind of insured.

Source: National Health Insurance Act of Korea, Enforcement Rule, annexed form 9. No check digit, so the header leads.
"""

from lockgate.classify.cells import Kind
from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

RECOGNISER = Recogniser(
    type="kr-health-insurance",
    category=Category.NATIONAL_IDENTIFIER,
    role=ColumnRole.DIRECT_IDENTIFIER,
    headers=phrases(
        "health insurance number, hlthinsno",
        "건강보험증번호, 건강보험번호, 건강보험증, 의료보험번호, 의료보험증번호",
    ),
    form=r"^[1-8]-?[0-9]{10}$",
    chance=0.05,
    weight=2.5,
    kinds=frozenset({Kind.TEXT, Kind.INTEGER, Kind.OTHER}),
)
