"""Postal addresses down to a street or house, in Chinese, Korean and English.

Source: GB/T 23705-2009 (order of parts of an address), Road Name Address Act of Korea (road and building number),
UPU S42 (parts of an address), by their usual words.
"""

from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

_ZH = (
    r"\p{Han}{2,8}?(?:省|市|自治区|特别行政区|区|县|旗|州)[^，。！？；,!?;]{0,40}"
    r"(?:路|街|道|巷|弄|胡同|村|镇|乡|组|号|室|栋|幢|座|楼|层|单元|小区|花园|大厦|广场|苑)[^，。！？；,!?;]{0,30}"
)
_KO = (
    r"(?:\p{Hangul}{1,8}(?:특별시|광역시|특별자치시|특별자치도|도|시)?\s+)?\p{Hangul}{1,6}(?:시|군|구)\s+"
    r"(?:[\p{Hangul}0-9]+\s+)?[\p{Hangul}0-9]+(?:로|길|동|읍|면|리|가)\s*[0-9]+(?:-[0-9]+)?.{0,40}"
)
_EN = (
    r"(?i:(?:(?:flat|apt|unit|suite)\.? ?[0-9a-z]+,? )?[0-9]+[a-z]?,? (?:[\p{Latin}'.-]+ ){1,4}(?:"
    r"street|st|road|rd|avenue"
    r"|ave|lane|ln|drive|dr|boulevard|blvd|way|court|ct|place|pl|square|sq|terrace|close|crescent|highway|hwy|parkway)\b.*"
    r"|p\.? ?o\.? box [0-9]+.*)"
)

RECOGNISER = Recogniser(
    type="postal-address",
    category=Category.POSTAL_ADDRESS,
    role=ColumnRole.DIRECT_IDENTIFIER,
    headers=phrases(
        "address, street address, street name, full address, permanent address, current address, present address",
        "address 1, address 2, address1, address2, address line 1, address line 2, anschrift, strasse, direccion",
        "indirizzo, endereco, adresse postale, detailadres, dtladres, lnmadr, hsmpadres, house address",
        "mail address line, home address, postal address, mailing address, residence, street, addr",
        "shipping address, billing address, delivery address, address line, adres, adresse, rdnmadr, dz, zz, jtzz",
        "lxdz, xzz, hjdz, hkdz, txdz, shdz, dizhi",
        "地址, 住址, 家庭住址, 居住地址, 联系地址, 收货地址, 通讯地址, 户籍地址, 住所, 现住址, 现居住地址",
        "户口地址, 常住地址, 详细地址, 家庭地址, 单位地址, 办公地址, 주소, 거주지, 배송지, 배송주소, 상세주소",
        "지번주소, 기본주소, 우편주소, 회사주소, 집주소, 자택주소, 도로명주소",
    ),
    not_headers=frozenset({"ip", "mac", "email", "mail", "web", "wallet", "memory"}),
    form=rf"^(?:{_ZH}|{_KO}|{_EN}|.*(?:\p{{Han}}|\p{{Hangul}}|[A-Za-z]).{{3,}})$",
    strong=rf"^(?:{_ZH}|{_KO}|{_EN})$",
    chance=0.5,
    strong_chance=0.01,
    weight=2.5,
    strong_weight=9.0,
)
