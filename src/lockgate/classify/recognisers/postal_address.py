"""Postal addresses down to a street or house, in Chinese, Korean, Japanese, English and western European languages.

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
    r"(?i:(?:(?:flat|apt|unit|suite|blk|block) ?[0-9a-z]+,? )?[0-9]+[a-z]{0,2}(?:[-/][0-9]+[a-z]?)?,? (?:[^ ]+ )+(?:"
    # Words that stand in hardly anything but streets.
    r"(?:street|st|road|rd|avenue|ave|av|lane|ln|drive|dr|boulevard|blvd|highway|hwy|parkway|pkwy|terrace|ter"
    r"|crescent|cres|circle|cir|broadway|expressway|turnpike|pike|route|rte|quay|mews)\b.*"
    # Words of many meanings end the address, or a flat, a side or a place follows.
    r"|(?:way|court|ct|place|pl|square|sq|close|park|loop|walk|row|hill|trail|trl|plaza|alley|grove|gardens|run|pass"
    r"|cove|cv|point|ridge)\.?(?:,.*| (?:[nsew]{1,2}|apt|unit|ste|suite|bldg|fl|rm|#).*)?)"
    r"|(?:[^ ]+ )+(?:&|/|and|at|@) (?:[^ ]+ )+(?:st|ave|av|rd|blvd|dr|street|avenue|road|ln|pl|pkwy)\.?"
    r"|p\.? ?o\.? ?box [0-9]+.*|[0-9]+ (?:n|s|e|w|north|south|east|west)\.? [^ ]+)"
)
_EU = (
    r"(?i:[\p{Latin}. -]{2,}(?:straße|strasse|str\.|weg|platz|allee|gasse|ring|damm|ufer|straat|laan|gatan"
    r"|vägen) ?[0-9]+"
    r".{0,40}|[0-9]+(?: ?(?:bis|ter))?,? (?:rue|avenue|boulevard|bd|place|chemin|impasse|allée|quai|cours"
    r"|route) .{3,60}"
    r"|(?:calle|c/|avenida|av\.|avda\.?|paseo|carrera|cra\.?|via|viale|piazza|corso|rua|r\.|travessa|praça|alameda"
    r"|estrada|ul\.) ?[\p{Latin}][^0-9]{2,40}[0-9].{0,60})"
)
_JA = r"\p{Han}{2,3}[都道府県]\p{Han}{1,6}[市区町村郡].{0,20}[0-9一二三四五六七八九十](?:丁目|番|号|-[0-9]).{0,40}"

RECOGNISER = Recogniser(
    type="postal-address",
    category=Category.POSTAL_ADDRESS,
    role=ColumnRole.DIRECT_IDENTIFIER,
    headers=phrases(
        "daddr, bassadres, lotnoaddr, lotno addr, ~juso",
        "address, street address, street name, full address, permanent address, current address, present address",
        "~ship to, ~bill to, ~site, domicilio, ~calle, logradouro, indirizzo, adresse, address 1, address 2",
        "address1, address2, address line 1, address line 2, anschrift, strasse, direccion",
        "indirizzo, endereco, adresse postale, detailadres, dtladres, lnmadr, hsmpadres, house address",
        "mail address line, home address, postal address, mailing address, ~residence, ~street, addr, ~location",
        "shipping address, billing address, delivery address, address line, adres, adresse, rdnmadr, dz, zz, jtzz",
        "lxdz, xzz, hjdz, hkdz, txdz, shdz, dizhi",
        "地址, 住址, 家庭住址, 居住地址, 联系地址, 收货地址, 通讯地址, 户籍地址, 住所, 现住址, 现居住地址",
        "户口地址, 常住地址, 详细地址, 家庭地址, 单位地址, 办公地址, 주소, 거주지, 배송지, 배송주소, 상세주소",
        "지번주소, 기본주소, 우편주소, 회사주소, 집주소, 자택주소, 도로명주소",
    ),
    not_headers=frozenset({"ip", "mac", "email", "mail", "web", "wallet", "memory"}),
    form=rf"^(?:{_ZH}|{_KO}|{_EN}|{_EU}|{_JA}|.*(?:\p{{Han}}|\p{{Hangul}}|[A-Za-z]).{{3,}})$",
    strong=rf"^(?:{_ZH}|{_KO}|{_EN}|{_EU}|{_JA})$",
    chance=0.5,
    strong_chance=0.01,
    weight=2.5,
    strong_weight=9.0,
)
