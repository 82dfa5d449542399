"""Telephone numbers: mobile and landline of China and Korea, North American with separators, international.

Source: ITU-T E.164 (at most 15 digits); Chinese Telecommunications Network Numbering Plan, 2017 edition (mobile
1[3-9] and nine digits; landline 0 and area code of two or three digits); Korean Telecommunications Numbering
Regulation (mobile 010, formerly 011, 016-019; area codes 02, 031-064; internet telephony 070; personal 050);
North American Numbering Plan (area code and exchange begin with 2-9); national forms of Japan, the United Kingdom and
France with separators (0, area code, two groups).
"""

from lockgate.classify.cells import Kind
from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

_SEPARATED = (
    r"(?:\+?86[- ]?)?1[3-9][0-9][-. _/]?[0-9]{4}[-. _/]?[0-9]{4}"
    r"|(?:\+?82[- ]?\(?0?\)?|\(?0)1[016789]\)?[-. _/]?[0-9]{3,4}[-. _/]?[0-9]{4}"
    r"|(?:\+?86[- ]?)?\(?0(?:10|2[0-57-9]|[3-9][0-9]{2})\)?[- ][2-9][0-9]{6,7}"
    r"|(?:\+?82[- ]?)?\(?0(?:2|3[1-3]|4[1-4]|5[1-5]|6[1-4]|70|50[2-8]?)\)?[- ][0-9]{3,4}[- ][0-9]{4}"
    r"|(?:(?:\+?1|001)[- .]?)?(?:\([2-9][0-9]{2}\) ?|[2-9][0-9]{2}[-.])[2-9][0-9]{2}[-.][0-9]{4}"
    r"(?: ?(?:x|ext\.?) ?[0-9]{1,5})?"
    r"|\(?0[1-9][0-9]{0,4}\)?[- ][0-9]{3,4}[- ][0-9]{3,4}|0[1-9][0-9]{1,4}[ /-][0-9]{6,8}"
    r"|[6-9][0-9]{4}[ -][0-9]{5}|0[1-9](?:[ .][0-9]{2}){4}|07[0-9]{3} [0-9]{3} ?[0-9]{3}"
    r"|(?:1[- .])?\(?8(?:00|33|44|55|66|77|88)\)?[- .][0-9A-Z]{3}-?[0-9A-Z]{4}"
    r"|00[1-9][0-9]{0,2}[- ](?:[- ]?[0-9]){6,12}|\+[1-9](?:[-. /]?\(?[0-9]\)?){6,14}"
)
_BARE = r"|[0-9(][0-9 ()/-]{5,18}[0-9]|[0-9]{2,4}(?:[.][0-9]{2,4}){2,4}|[1-9]\.[0-9]{3,9}[Ee]\+?1[0-2]"
"""Also what a spreadsheet has left of a number of which it dropped digits: `1.38123E+10`."""

RECOGNISER = Recogniser(
    type="phone",
    category=Category.CONTACT,
    role=ColumnRole.DIRECT_IDENTIFIER,
    headers=phrases(
        "~kontakt, ~contato, ~contacto, ~contatto, ~연락망",
        "fxno, jtdh, bgdh, dh1, zjhm1",
        "~contact, ~emergency contact, hotline, helpline, rufnummer, celular, cellulare, portable, n tel, movil, fijo",
        "numero de telephone, numero telefonico, mobilnummer, handynummer, festnetz, phone, phone number, phones",
        "primary phone, home phone, work phone, office phone, day phone",
        "evening phone, contact tel, ph no, ph number, tel number, handy, telefonnummer, telefoonnummer",
        "fixed phone, landline, emergency contact number, whatsapp number, telephone, tel, mobile, mobile phone",
        "cell, cellphone, cell phone, fax, msisdn, contact number, phone no, tel no, contact phone, mbtlnum, mbtl",
        "telno, hp, sj, sjh, sjhm, dh, lxdh, dhhm, lxfs, yddh, gddh, shouji, shoujihao, dianhua, moblphon",
        "moblphonno, offmtelno, housetelno, areano, fxnum",
        "热线, 服务热线, 客服电话, 热线电话, 咨询电话, 投诉电话, 报警电话, 携帯番号, 携帯電話番号, 대표번호, 대표전화",
        "手机, 手机号, 手机号码, 电话, 电话号码, 联系电话, 联系方式, 座机, 固定电话, 移动电话, 传真, 联系人电话",
        "联系手机, 办公电话, 家庭电话, 宅电, 전화, 전화번호, 휴대폰, 휴대폰번호, 휴대전화, 휴대전화번호, 핸드폰",
        "핸드폰번호, 연락처, 비상연락처, 집전화, 자택전화, 회사전화, 携帯, 電話, 電話番号, 携帯電話, 팩스",
        "팩스번호",
    ),
    form=rf"^(?:{_SEPARATED}{_BARE})$",
    strong=rf"^(?:{_SEPARATED})$",
    chance=0.2,
    strong_chance=0.08,
    strong_weight=9.0,
    kinds=frozenset({Kind.TEXT, Kind.INTEGER, Kind.DECIMAL, Kind.OTHER}),
    # A number in a local form needs a word beside it.
    text=rf"(?<![0-9A-Za-z.+-])(?:{_SEPARATED})(?![0-9A-Za-z]|[.-][0-9])"
    r"|(?<![0-9A-Za-z.+-])([2-9][0-9]{2} [2-9][0-9]{2} [0-9]{4})(?![0-9A-Za-z]|[.-][0-9])"
    r"|(?:[Pp]hone|[Tt]el|[Tt]elephone|[Cc]all|[Cc]alling|[Dd]ial|[Rr]each|[Tt]ext|[Rr]ing|[Hh]elpline|[Hh]otline|[Ff]ax"
    r"|[Mm]obile|[Cc]ell|[Ww]hats[Aa]pp|[Pp]h|电话|手机|전화|연락처)"
    r"(?: (?:number|no|me|us|him|her|them|at|on|is|now|号码|번호))*[.:： ]{1,3}"
    r"(\(?[0-9]{2,5}\)?(?:[- .][0-9]{2,6}){1,4}|[0-9]{10,11})(?![0-9A-Za-z]|[.-][0-9])",
)
