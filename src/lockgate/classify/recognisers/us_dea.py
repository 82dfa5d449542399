"""Registration numbers of prescribers at the Drug Enforcement Administration of the United States.

Source: 21 CFR 1301.13 (registration) and the DEA's check: the sum of digits 1, 3, 5 and twice 2, 4, 6 ends with digit
7; the first letter is the kind of registrant, the second that of the surname.
"""

from lockgate.classify.check_digits import weighted_sum
from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

_WEIGHTS = (1, 2, 1, 2, 1, 2)


def _holds(value: str) -> bool:
    return weighted_sum(value[2:8], _WEIGHTS) % 10 == int(value[8])


RECOGNISER = Recogniser(
    type="us-dea",
    category=Category.OTHER_PERSONAL,
    role=ColumnRole.DIRECT_IDENTIFIER,
    headers=phrases(
        "dea, dea number, dea no, dea registration number, prescriber dea",
    ),
    form=r"^[A-HJ-NPR-UXa-hj-npr-ux][A-Za-z9][0-9]{7}$",
    check=_holds,
    check_chance=0.1,
    chance=0.02,
    weight=1.5,
)
