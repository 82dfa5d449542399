"""Identifier codes of banks (BIC, SWIFT): four letters, country, two signs, for branches three more.

Source: ISO 9362:2022 (form); ISO 3166-1 (country). The code of a bank, not of an account.
"""

from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

_COUNTRIES = frozenset(
    phrases(
        "AD,AE,AF,AG,AI,AL,AM,AO,AR,AT,AU,AW,AZ,BA,BB,BD,BE,BF,BG,BH,BI,BJ,BM,BN,BO,BR,BS,BT,BW,BY,BZ,CA,CD,CF,CG,CH,CI",
        "CL,CM,CN,CO,CR,CU,CV,CW,CY,CZ,DE,DJ,DK,DM,DO,DZ,EC,EE,EG,ER,ES,ET,FI,FJ,FO,FR,GA,GB,GD,GE,GG,GH,GI,GL,GM,GN,GQ",
        "GR,GT,GW,GY,HK,HN,HR,HT,HU,ID,IE,IL,IM,IN,IQ,IR,IS,IT,JE,JM,JO,JP,KE,KG,KH,KM,KN,KR,KW,KY,KZ,LA,LB,LC,LI,LK,LR",
        "LS,LT,LU,LV,LY,MA,MC,MD,ME,MG,MK,ML,MM,MN,MO,MR,MT,MU,MV,MW,MX,MY,MZ,NA,NC,NE,NG,NI,NL,NO,NP,NZ,OM,PA,PE,PF,PG",
        "PH,PK,PL,PS,PT,PY,QA,RO,RS,RU,RW,SA,SB,SC,SD,SE,SG,SI,SK,SL,SM,SN,SO,SR,SS,ST,SV,SY,SZ,TD,TG,TH,TJ,TL,TM,TN,TO",
        "TR,TT,TW,TZ,UA,UG,US,UY,UZ,VA,VC,VE,VN,VU,WS,XK,YE,ZA,ZM,ZW",
    )
)


def _holds(value: str) -> bool:
    return value[4:6].upper() in _COUNTRIES


RECOGNISER = Recogniser(
    type="swift-bic",
    category=Category.NOT_PERSONAL,
    role=ColumnRole.ORDINARY,
    headers=phrases(
        "swift, swift code, bic, bic code, swift bic, swiftbic, bank identifier code",
        "swift代码, 银行swift代码",
    ),
    form=r"^[A-Za-z]{4}[A-Za-z]{2}[0-9A-Za-z]{2}(?:[0-9A-Za-z]{3})?$",
    strong=r"^[A-Z]{6}[0-9A-Z]{2}(?:[0-9A-Z]{3})?$",
    chance=0.1,
    strong_chance=0.05,
    weight=1.0,
    strong_weight=1.5,
    check=_holds,
    check_chance=0.25,
    check_weight=2.4,
    check_veto=-8.0,
)
