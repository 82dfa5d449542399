"""Forms of Korean verbs and adjectives from their stems, regular ones and the common irregular ones."""
# ruff: noqa: INP001, PLR2004, T201, RUF001, E501, PLR0911, C901, RUF100 - a script of percentages and tables, run by hand

from collections.abc import Iterator

_FIRST = 0xAC00
_A, _AE, _E, _YEO, _EO, _O, _WA, _OE, _WAE, _U, _WO, _EU, _I = 0, 1, 5, 6, 4, 8, 9, 11, 10, 13, 14, 18, 20
_NIEUN, _DIGEUT, _RIEUL, _MIEUM, _BIEUP, _SIOT, _DOUBLE_SIOT = 4, 7, 8, 16, 17, 19, 20
_BIEUP_STEMS = frozenset(
    [
        "돕",
        "춥",
        "덥",
        "고맙",
        "아름답",
        "어렵",
        "쉽",
        "가깝",
        "무겁",
        "가볍",
        "즐겁",
        "무섭",
        "반갑",
        "귀엽",
        "그립",
        "눕",
        "맵",
        "새롭",
        "해롭",
        "괴롭",
        "외롭",
        "두렵",
        "안타깝",
    ]
)
_DIGEUT_STEMS = frozenset(["듣", "걷", "묻", "깨닫", "싣"])
_SIOT_STEMS = frozenset(["짓", "낫", "붓", "잇", "긋"])
_PAST = [
    "다",
    "고",
    "습니다",
    "어요",
    "지만",
    "는데",
    "던",
    "다고",
    "다며",
    "으며",
    "네",
    "음",
    "을",
    "기",
    "다는",
    "으나",
    "다가",
]
_PLAIN = [
    "고",
    "지",
    "게",
    "는",
    "는데",
    "기",
    "던",
    "자",
    "지만",
    "네",
    "거나",
    "도록",
    "다가",
    "다",
    "지는",
    "지도",
    "기도",
    "기만",
    "는지",
    "겠다",
    "겠습니다",
    "죠",
    "자고",
    "는다고",
    "라고",
    "더라",
]
_CLOSED = [
    "은",
    "을",
    "습니다",
    "는다",
    "으면",
    "으며",
    "으니",
    "으려고",
    "을까",
    "음",
    "은데",
    "을게",
    "으니까",
    "으나",
    "으러",
    "을지",
    "을수록",
]
_OPEN = [
    "ㄴ",
    "ㄹ",
    "ㅂ니다",
    "ㄴ다",
    "면",
    "며",
    "니",
    "려고",
    "ㄹ까",
    "ㅁ",
    "ㄴ데",
    "ㄹ게",
    "니까",
    "나",
    "러",
    "ㄹ지",
    "ㄹ수록",
]
_FINALS = {"ㄴ": _NIEUN, "ㄹ": _RIEUL, "ㅂ": _BIEUP, "ㅁ": _MIEUM, "ㅆ": _DOUBLE_SIOT}


def _parts(syllable: str) -> tuple[int, int, int]:
    place = ord(syllable) - _FIRST
    return place // 588, place % 588 // 28, place % 28


def _made(first: int, vowel: int, final: int) -> str:
    return chr(_FIRST + first * 588 + vowel * 28 + final)


def _with_final(word: str, final: int) -> str:
    first, vowel, _ = _parts(word[-1])
    return word[:-1] + _made(first, vowel, final)


def linked(stem: str) -> str:
    """Return the form of a stem to which past and commands are linked: 하 to 해, 오르 to 올라."""
    head, last = stem[:-1], stem[-1]
    first, vowel, final = _parts(last)
    if last == "하":
        return head + "해"
    if last == "르" and head:
        _, before, closed = _parts(head[-1])
        if not closed:
            return _with_final(head, _RIEUL) + ("라" if before in (_A, _O) else "러")
    if not final:
        joined = {_O: _WA, _U: _WO, _I: _YEO, _OE: _WAE}.get(vowel)
        if joined is not None:
            return head + _made(first, joined, 0)
        if vowel == _EU:
            back = bool(head) and _parts(head[-1])[1] in (_A, _O)
            return head + _made(first, _A if back else _EO, 0)
        return stem if vowel in (_A, _AE, _EO, _E, _YEO) else stem + "어"
    if stem in _BIEUP_STEMS:
        return head + _made(first, vowel, 0) + ("와" if stem == "돕" else "워")
    if stem in _DIGEUT_STEMS:
        return head + _made(first, vowel, _RIEUL) + ("아" if vowel in (_A, _O) else "어")
    if stem in _SIOT_STEMS:
        return head + _made(first, vowel, 0) + ("아" if vowel in (_A, _O) else "어")
    return stem + ("아" if vowel in (_A, _O) else "어")


def forms(stem: str) -> Iterator[str]:
    """Yield forms of a verb or adjective as they stand in text."""
    link = linked(stem)
    past = _with_final(link, _DOUBLE_SIOT)
    yield from (link, link + "서", link + "요", link + "도", link + "야", link + "라")
    yield from (past + ending for ending in _PAST)
    yield from (stem + ending for ending in _PLAIN)
    if _parts(stem[-1])[2] == 0:
        for ending in _OPEN:
            yield _with_final(stem, _FINALS[ending[0]]) + ending[1:] if ending[0] in _FINALS else stem + ending
    elif stem in _BIEUP_STEMS:
        soft = _with_final(stem, 0) + "우"
        yield from (soft + "면", soft + "니", _with_final(soft, _NIEUN), _with_final(soft, _RIEUL), soft + "며")
    else:
        yield from (stem + ending for ending in _CLOSED)
