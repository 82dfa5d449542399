"""What a column's header says: its words, and how well they name a type. Not evidence by itself: values may veto it.

1. words_of     camelCase, snake_case, kebab-case and words written together are divided; accents, plurals, shortened
                words and traditional characters are written in one form.
2. header_score  the words against the phrases of a type: the last word counts most (`email_campaign` is a campaign),
                words that turn the meaning (`email_verified`) take the score away.
"""

import re
import unicodedata
from dataclasses import dataclass, replace
from functools import lru_cache

from lockgate.classify.dictionaries import headers
from lockgate.classify.dictionaries.pinyin import initials_of

FULL, TAIL, INNER, HINT, FAINT, DENIED = 1.0, 0.8, 0.5, 0.4, 0.2, 0.1
"""Scores: the header is the phrase, ends with it, holds it, is a word of many meanings, ends with one, is turned."""

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[\u3400-\u9fff\u3040-\u30ff\u3005]+|[\uac00-\ud7a3]+|[0-9]+")
_CJK = re.compile(r"[\u3400-\u9fff\uac00-\ud7a3\u3040-\u30ff]")
_LEAST_PART, _LEAST_CJK, _LEAST_INITIALS = 2, 2, 3
_INITIALS = re.compile(r"[a-hj-tw-z]{3,10}")
"""What may be pinyin initials: no syllable begins with i, u or v."""
_HINTED = "~"
_NAME_OF = "명"
"""Korean for the name of: `직업명` is an occupation."""


@dataclass(frozen=True, slots=True)
class _Phrase:
    words: tuple[str, ...]
    bare: tuple[str, ...]
    is_cjk: bool
    is_hint: bool


@dataclass(frozen=True, slots=True)
class _Phrases:
    """The phrases of a type by their first word and by all of it written together."""

    latin: dict[str, list[_Phrase]]
    cjk: list[_Phrase]

    def near(self, words: tuple[str, ...]) -> list[_Phrase]:
        """Return the phrases that may fit some words."""
        found = [phrase for key in dict.fromkeys((*words, "".join(words))) for phrase in self.latin.get(key, ())]
        return found + self.cjk if any(not word.isascii() for word in words) else found


@lru_cache(maxsize=16384)
def words_of(header: str) -> tuple[str, ...]:
    """Return the words of a header in one form, lower case; runs of Han, Kana or Hangul stay whole.

    >>> words_of("customerIDNumber"), words_of("sfzh_01"), words_of("客戶姓名"), words_of("custphonenumber")
    (('customer', 'id', 'number'), ('sfzh', '01'), ('客户姓名',), ('customer', 'phone', 'number'))
    """
    folded = unicodedata.normalize("NFKC", header).translate(headers.SIMPLER).replace("ß", "ss")
    if not folded.isascii() and not _CJK.search(folded):
        folded = "".join(sign for sign in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(sign))
    found = (word.lower() for word in _WORDS.findall(folded))
    return tuple(part for word in found for part in _forms(word))


@lru_cache(maxsize=16384)
def header_score(header: str, phrases: tuple[str, ...], against: frozenset[str] = frozenset()) -> float:
    """Return how well a header names a type, 0 to 1.

    Args:
        header: The header as the source has it.
        phrases: What the type is called: words of lower case with spaces between, Han or Hangul words, pinyin
            initials; those of many meanings begin with `~`.
        against: Words that turn the header into one about something else, for this type.

    >>> header_score("email", ("email",)), header_score("email_verified", ("email",)), header_score("name", ("~name",))
    (1.0, 0.1, 0.4)
    """
    words = _head(words_of(header))
    best = max((_phrase_score(words, phrase) for phrase in _compile(phrases).near(words)), default=0.0)
    best = best or _initials_score(words, phrases)
    if best and best < FULL and against and _is_against(words, against):
        return 0.0
    return best


@lru_cache(maxsize=16384)
def is_denied(header: str, against: frozenset[str]) -> bool:
    """Return whether a word of the header speaks against a type.

    >>> is_denied("product_name", frozenset({"product"}))
    True
    """
    return _is_against(_head(words_of(header)), against)


def _head(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return the words before `of` where they are of a person: the head of a school is no school."""
    if "of" in words[1:] and words[words.index("of") - 1] in headers.PERSONS:
        return words[: words.index("of")]
    return words


@lru_cache(maxsize=16384)
def is_numbered(header: str) -> bool:
    """Return whether a header is of a thing with a number of its own.

    >>> is_numbered("order_no"), is_numbered("phone_no")
    (True, False)
    """
    return _holds_any(header, headers.NUMBERED, headers.NUMBERED_CJK)


@lru_cache(maxsize=16384)
def is_dated(header: str) -> bool:
    """Return whether a header is of a day; of birth or of anything else.

    >>> is_dated("launch_date"), is_dated("dob")
    (True, False)
    """
    return _holds_any(header, headers.DATED, headers.DATED_CJK)


def _holds_any(header: str, latin: frozenset[str], cjk: tuple[str, ...]) -> bool:
    words = words_of(header)
    return not latin.isdisjoint(words) or any(part in word for part in cjk for word in words)


def _is_against(words: tuple[str, ...], against: frozenset[str]) -> bool:
    latin = {part for word in against for part in _forms(word)}
    return bool(latin.intersection(words)) or any(
        turn in word for turn in against if _CJK.search(turn) for word in words
    )


@lru_cache(maxsize=1024)
def _compile(phrases: tuple[str, ...]) -> "_Phrases":
    found = [_phrase(phrase) for phrase in phrases if words_of(phrase)]
    general = headers.GENERAL.union(phrase.words[0] for phrase in found if phrase.is_hint and len(phrase.words) == 1)
    found = [
        replace(item, bare=item.words) if item.bare[0] in general and len(item.bare) == 1 else item for item in found
    ]
    latin: dict[str, list[_Phrase]] = {}
    for phrase in found:
        for key in () if phrase.is_cjk else dict.fromkeys((phrase.bare[0], "".join(phrase.words))):
            latin.setdefault(key, []).append(phrase)
    return _Phrases(latin, [phrase for phrase in found if phrase.is_cjk])


def _initials_score(words: tuple[str, ...], phrases: tuple[str, ...]) -> float:
    """Return how well one word of pinyin initials names a type, alone or behind a word for whose it is."""
    if len(words) != 1 or not _INITIALS.fullmatch(words[0]):
        return 0.0
    known = _initials(phrases)
    behind = (words[0].removeprefix(prefix) for prefix in _prefixes() if words[0].startswith(prefix))
    alone = known.get(words[0], 0.0) if len(words[0]) >= _LEAST_INITIALS else 0.0
    return max(alone, *(known.get(rest, 0.0) for rest in behind), 0.0)


@lru_cache(maxsize=1024)
def _initials(phrases: tuple[str, ...]) -> dict[str, float]:
    """Return the initials of the Chinese phrases of a type, with their score."""
    return {
        initials: HINT if phrase.startswith(_HINTED) else FULL
        for phrase in phrases
        for initials in [initials_of(phrase.removeprefix(_HINTED))]
        if len(initials) >= _LEAST_CJK
    }


@lru_cache(maxsize=1)
def _prefixes() -> tuple[str, ...]:
    return tuple(dict.fromkeys(initials_of(word) for word in headers.PERSON_PREFIXES))


def _phrase(phrase: str) -> _Phrase:
    words = words_of(phrase.removeprefix(_HINTED))
    is_cjk = bool(_CJK.search(phrase)) and len(words) == 1
    bare = (_bare_cjk(words[0]),) if is_cjk else _bare(words)
    return _Phrase(words, bare, is_cjk, phrase.startswith(_HINTED))


@lru_cache(maxsize=16384)
def _forms(word: str) -> tuple[str, ...]:
    """Return a word written out, divided and in the singular."""
    if not word.isascii() or word.isdigit():
        return (word,)
    if word in headers.SHORTENED:
        return headers.SHORTENED[word]
    if word in headers.VOCABULARY:
        return (word,)
    if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3:  # noqa: PLR2004 - not `gps`
        return _forms(word[:-2] if word.endswith("sses") else word[:-1])
    return _divide(word) or (word,)


def _divide(word: str) -> tuple[str, ...]:
    """Return the known words that a word is made of, the longest first; none if any part is unknown."""
    if not word:
        return ()
    for end in range(len(word) - 1, _LEAST_PART - 1, -1):
        head, rest = word[:end], word[end:]
        if head in headers.VOCABULARY or head in headers.SHORTENED:
            tail = (rest,) if rest in headers.VOCABULARY or rest in headers.SHORTENED else _divide(rest)
            if tail:
                return tuple(form for part in (head, *tail) for form in headers.SHORTENED.get(part, (part,)))
    return ()


def _bare(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return the words without those at the end that add nothing, but never none."""
    end = len(words)
    while end > 1 and (words[end - 1] in headers.NEUTRAL or words[end - 1].isdigit()):
        end -= 1
    return words[:end]


@lru_cache(maxsize=16384)
def _bare_cjk(word: str) -> str:
    for end in headers.NEUTRAL_CJK:
        rest = word.removesuffix(end)
        if rest != word and len(rest) >= _LEAST_CJK:
            return rest
    return word


def _phrase_score(words: tuple[str, ...], phrase: _Phrase) -> float:
    score = _cjk_score(words, phrase) if phrase.is_cjk else _latin_score(words, phrase)
    if score and phrase.is_hint:
        return _hint_score(score, words)
    return score


def _hint_score(score: float, words: tuple[str, ...]) -> float:
    """Return the score of a word of many meanings: much only where a word for persons stands before it."""
    if score in (FULL, DENIED):
        return min(score, HINT)
    is_of_person = any(word in headers.PERSONS for word in words) or any(
        word.startswith(person) for word in words for person in headers.PERSONS_CJK
    )
    if score == TAIL:
        return TAIL if is_of_person else FAINT
    return DENIED


def _latin_score(words: tuple[str, ...], phrase: _Phrase) -> float:
    size = len(phrase.words)
    wanted = phrase.words
    if words == wanted:
        return FULL
    bare = _bare(words)
    if bare == phrase.bare or (len(wanted) > 1 and "".join(words) == "".join(wanted)):
        return FULL
    if phrase.bare[0] not in words:
        return 0.0
    for tail, sought in ((words, wanted), (bare, phrase.bare)):
        if tail[-len(sought) :] == sought:
            return DENIED if _is_turned(words, wanted) else TAIL
    if any(words[start : start + size] == wanted for start in range(len(words) - size + 1)):
        return DENIED if _is_turned(words, wanted) else INNER
    return 0.0


def _is_turned(words: tuple[str, ...], wanted: tuple[str, ...]) -> bool:
    return any(word in headers.TURNS and word not in wanted for word in words)


def _cjk_score(words: tuple[str, ...], phrase: _Phrase) -> float:
    """Return the best score of a word; at most that of a part where another word stands behind it (`部门ID`)."""
    bare = _bare(words)
    scores = [
        min(_cjk_word_score(word, phrase, alone=len(bare) == 1), FULL if word == bare[-1] else INNER) for word in words
    ]
    return max(scores, default=0.0)


def _cjk_word_score(word: str, phrase: _Phrase, *, alone: bool) -> float:
    wanted, bare = phrase.words[0], phrase.bare[0]
    if word in (wanted, wanted + _NAME_OF) or (len(bare) >= _LEAST_CJK and _bare_cjk(word) == bare):
        return FULL if alone else TAIL
    if len(wanted) < _LEAST_CJK or wanted not in word:
        return 0.0
    if any(turn in word and turn not in wanted for turn in headers.TURNS_CJK):
        return DENIED
    return TAIL if word.endswith(wanted) or _bare_cjk(word).endswith(bare) else INNER
