"""Words for stand-ins such as `[PHONE-K7Q2MXAB]`, `[电话-K7Q2MXAB]` or `[전화-K7Q2MXAB]`, in the language around them.

A closed list, so that a stand-in of an earlier protection is known again by its form. A type without a word of its
own is an identifier.
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

SHORT_FORM = "[A-Z2-7]{8}"


class Language(StrEnum):
    """The language of a text, as far as its letters tell."""

    ENGLISH = "en"
    CHINESE = "zh"
    KOREAN = "ko"
    JAPANESE = "ja"


_WORDS: Mapping[str, tuple[str, str, str, str]] = MappingProxyType(
    {
        "name": ("NAME", "姓名", "이름", "氏名"),
        "phone": ("PHONE", "电话", "전화", "電話"),
        "email": ("EMAIL", "邮箱", "전자메일", "メール"),
        "address": ("ADDRESS", "地址", "주소", "住所"),
        "card": ("CARD", "卡号", "카드번호", "カード番号"),
        "account": ("ACCOUNT", "账号", "계좌번호", "口座番号"),
        "document": ("ID-NUMBER", "证件号", "신분번호", "証番号"),
        "vehicle": ("VEHICLE", "车辆号", "차량번호", "車両番号"),
        "device": ("DEVICE", "设备号", "단말번호", "端末番号"),
        "online": ("ONLINE-ID", "网络标识", "온라인식별자", "オンライン識別子"),
        "credential": ("CREDENTIAL", "密钥", "인증정보", "認証情報"),
        "identifier": ("IDENTIFIER", "标识", "식별자", "識別子"),
    }
)
"""A word in English, Chinese, Korean and Japanese."""

_WORD_OF: Mapping[str, str] = MappingProxyType(
    {
        "person-name": "name", "masked-name": "name", "name": "name",
        "phone": "phone", "masked-phone": "phone",
        "email": "email", "masked-email": "email",
        "postal-address": "address",
        "bank-card": "card",
        "bank-account": "account", "iban": "account", "crypto-address": "account", "account": "account",
        "vehicle-plate": "vehicle", "vin": "vehicle",
        "imei": "device", "iccid": "device", "mac": "device",
        "ip": "online", "url": "online", "wechat-id": "online", "qq-number": "online", "kakao-id": "online",
        "access-token": "credential", "cloud-key": "credential", "connection-string": "credential",
        "jwt": "credential", "private-key": "credential", "password": "credential",
        "passport": "document", "driving-licence": "document", "kr-driving-licence": "document",
        "cn-resident-id": "document", "cn-travel-permit": "document", "cn-officer-card": "document",
        "kr-resident-number": "document", "kr-foreigner-number": "document", "masked-number": "document",
        "hk-identity-card": "document", "tw-identity-card": "document", "jp-my-number": "document",
        "us-ssn": "document", "us-itin": "document", "uk-nino": "document", "uk-nhs-number": "document",
    }
)  # fmt: skip
"""The word of a type that a recogniser gives; of others, see `tag_of`."""

STAND_IN = re.compile(
    "\\[(?:" + "|".join(re.escape(word) for words in _WORDS.values() for word in words) + f")-{SHORT_FORM}\\]"
)
"""The form of every stand-in."""

_HANGUL = re.compile("[\uac00-\ud7a3\u3131-\u318e]")
_KANA = re.compile("[\u3041-\u30ff]")
_HAN = re.compile("[\u3400-\u9fff]")


def tag_of(kind: str, language: Language) -> str:
    """Return the word for a type of identifier.

    >>> tag_of("phone", Language.KOREAN), tag_of("pl-pesel", Language.ENGLISH)
    ('전화', 'IDENTIFIER')
    """
    return _WORDS[_WORD_OF.get(kind, "identifier")][tuple(Language).index(language)]


def language_of(text: str) -> Language:
    """Return the language that a text's letters tell; English where they tell none."""
    for letters, language in ((_HANGUL, Language.KOREAN), (_KANA, Language.JAPANESE), (_HAN, Language.CHINESE)):
        if letters.search(text):
            return language
    return Language.ENGLISH
