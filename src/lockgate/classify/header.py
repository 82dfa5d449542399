"""What a column's header says: its words, and how well they name a type. Not evidence by itself: values may veto it."""

import re
import unicodedata
from functools import lru_cache

FULL, TAIL, INNER, DENIED = 1.0, 0.8, 0.5, 0.1

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[\u3400-\u9fff]+|[\uac00-\ud7a3]+|[0-9]+")
_CJK = re.compile(r"[\u3400-\u9fff\uac00-\ud7a3]")

_NEUTRAL = frozenset(
    {"class", "group", "band", "range", "level", "code", "value", "no", "number", "num", "nr", "info", "col", "field"}
    | {"raw", "text", "str", "orig"}
)
"""Words that may stand behind the word that counts without changing what the column is about."""

_TURNS = frozenset(
    {"verified", "verify", "flag", "is", "has", "count", "cnt", "type", "hash", "md5", "sha", "sent", "opt", "optin"}
    | {
        "valid",
        "confirmed",
        "enabled",
        "domain",
        "template",
        "length",
        "len",
        "total",
        "avg",
        "mean",
        "rate",
        "missing",
    }
    | {"score", "format", "status", "subscribed", "allowed", "exists", "changed", "updated", "created", "version"}
)
"""Words that turn a header into one about something else: `email_verified` is no e-mail address."""

_TURNS_CJK = ("是否", "类型", "数量", "状态", "次数", "时间", "여부", "유형", "건수", "상태", "횟수", "시간")


@lru_cache(maxsize=4096)
def words_of(header: str) -> tuple[str, ...]:
    """Return the words of a header, lower case: camelCase, snake_case and kebab-case split, Han and Hangul runs whole.

    >>> words_of("customerIDNumber"), words_of("sfzh_01"), words_of("客户姓名")
    (('customer', 'id', 'number'), ('sfzh', '01'), ('客户姓名',))
    """
    folded = unicodedata.normalize("NFKC", header)
    return tuple(word.lower() for word in _WORDS.findall(folded))


def header_score(header: str, phrases: tuple[str, ...], against: frozenset[str] = frozenset()) -> float:
    """Return how well a header names a type, 0 to 1.

    Args:
        header: The header as the source has it.
        phrases: What the type is called: words of lower case with spaces between, Han or Hangul words, pinyin initials.
        against: Words that turn the header into one about something else, for this type.

    >>> header_score("email", ("email",)), header_score("email_verified", ("email",))
    (1.0, 0.1)
    """
    words = words_of(header)
    best = max((_phrase_score(words, phrase) for phrase in phrases), default=0.0)
    if best and best < FULL and _is_turned(words, against, phrases):
        return 0.0 if against.intersection(words) else DENIED
    return best


def _is_turned(words: tuple[str, ...], against: frozenset[str], phrases: tuple[str, ...]) -> bool:
    named = {word for phrase in phrases for word in phrase.split() if " " in phrase}
    latin = (_TURNS | against).difference(named)
    return bool(latin.intersection(words)) or any(turn in word for turn in _TURNS_CJK for word in words)


def _phrase_score(words: tuple[str, ...], phrase: str) -> float:
    if _CJK.search(phrase):
        return max((_cjk_score(word, phrase, alone=len(words) == 1) for word in words), default=0.0)
    wanted = tuple(phrase.split())
    if "".join(words) == "".join(wanted):
        return FULL
    size = len(wanted)
    places = [start for start in range(len(words) - size + 1) if words[start : start + size] == wanted]
    if not places:
        return 0.0
    rest = words[places[-1] + size :]
    if all(word in _NEUTRAL or word.isdigit() for word in rest):
        return FULL if places[-1] == 0 else TAIL
    return INNER


def _cjk_score(word: str, phrase: str, *, alone: bool) -> float:
    if word == phrase:
        return FULL if alone else TAIL
    if word.endswith(phrase):
        return TAIL
    return INNER if phrase in word else 0.0
