"""Account names of KakaoTalk: four to fifteen small letters, digits, `-`, `_` or `.`.

Source: Kakao, KakaoTalk help (ID of 4 to 15 signs). A name like any other, so the header leads.
"""

from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

RECOGNISER = Recogniser(
    type="kakao-id",
    category=Category.CONTACT,
    role=ColumnRole.DIRECT_IDENTIFIER,
    headers=phrases(
        "kakao, kakao id, kakaotalk, kakaotalk id, katalk, katalk id",
        "카카오톡, 카카오톡id, 카카오톡아이디, 카카오아이디, 카톡, 카톡아이디, 카톡id",
    ),
    form=r"^[0-9A-Za-z][-_.0-9A-Za-z]{3,19}$",
    chance=0.4,
    weight=2.5,
    text=(
        r"(?:카카오톡|카톡)(?: ?(?:아이디|ID|id))?(?:는|은)?[: ]{1,2}([0-9A-Za-z]"
        r"[-_.0-9A-Za-z]{3,14})(?![-_.0-9A-Za-z@])"
    ),
)
