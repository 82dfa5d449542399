"""Whether a person lived or died.

Source: usage; kept apart from health, because deaths of the past are public records.
"""

from lockgate.classify.recogniser import ANY, Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

RECOGNISER = Recogniser(
    type="vital-status",
    category=Category.OTHER_PERSONAL,
    role=ColumnRole.SENSITIVE,
    headers=phrases(
        "survived, survival, died, deceased, death, alive, vital status, dead",
        "存活, 死亡, 生存, 사망, 사망여부, 생존, 생존여부",
    ),
    not_headers=frozenset({"date", "rate", "cause"}),
    form=r"^(?:[0-9]|(?i:yes|no|true|false|alive|dead|died|survived|deceased|y|n)|是|否|死亡|存活|사망|생존)$",
    chance=0.2,
    kinds=ANY,
)
