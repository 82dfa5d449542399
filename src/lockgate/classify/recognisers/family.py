"""Family: relations, children, spouses, size of the household.

Source: GB/T 4761-2008 (codes of family relations); GB/T 35273-2020, annex A.
"""

from lockgate.classify.recogniser import ANY, Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

RECOGNISER = Recogniser(
    type="family",
    category=Category.FAMILY,
    role=ColumnRole.QUASI_IDENTIFIER,
    headers=phrases(
        "family size, family member, family members, number of children, num children, children, kids",
        "number of kids, dependents, number of dependents, household size, spouse, spouse name, father name",
        "mother name, mothers maiden name, next of kin, kinship, relation to head, relationship to head",
        "household relationship, sibling, siblings, yhzgx, zns",
        "家庭成员, 家庭关系, 家庭人口, 子女, 子女数, 子女数量, 配偶, 配偶姓名, 与户主关系, 亲属关系, 家属",
        "家庭情况, 가족, 가족관계, 가족수, 자녀, 자녀수, 부양가족, 배우자, 세대원, 세대주관계, 家族構成, 続柄",
    ),
    not_headers=frozenset(phrases("font, product, type, protein, gene, plant, node, process, tree")),
    form=r"^(?:[0-9]{1,2}|[^0-9]*\p{L}[^0-9]*)$",
    strong=(
        r"^(?i:husband|wife|son|daughter|own-child|not-in-family|other"
        r"-relative|grandson|granddaughter|户主|配偶|长子|次子|长女|次女|之子|之女|父亲|"
        r"母亲|孙子|孙女|세대주|배우자|장남|차남|장녀|차녀)$"
    ),
    chance=0.4,
    strong_chance=0.003,
    strong_weight=6.5,
    kinds=ANY,
)
