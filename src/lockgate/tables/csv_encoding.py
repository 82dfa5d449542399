"""Which encoding a text that is not UTF-8 is in: what every byte fits, and whose letters are usual ones.

Several encodings of East Asia fit the same bytes, so fitting is not enough. Each has a first level of characters in
everyday use; text that is read in a wrong encoding has few of them. Where no encoding gives usual letters, none is
taken: a guess would change names without a word.

    EUC-KR (CP949)     nine letters in ten are Hangul syllables, half of them or more in everyday use
    EUC-JP             one letter in ten is kana
    Big5, Shift-JIS    eight letters in ten are of the first level, and clearly more than as GB18030
    GB18030            three letters in ten are in everyday use, as in traditional script

Source: GB 2312-80, KS X 1001, Big5 (1984) and JIS X 0208, levels of characters.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Script:
    """Where an encoding keeps its everyday characters.

    Attributes:
        codec: Python's name of the encoding.
        shown: Its name for people.
        standard: Codec of the older standard that has the levels.
        first: Least and greatest leading byte of the first level.
        second: The same of the second level, half as telling; empty for none.
    """

    codec: str
    shown: str
    standard: str
    first: tuple[int, int]
    second: tuple[int, int] | None = None


SCRIPTS: Mapping[str, Script] = MappingProxyType(
    {
        script.codec: script
        for script in (
            Script("cp949", "EUC-KR (CP949)", "euc_kr", (0xB0, 0xC8)),
            Script("gb18030", "GB18030", "gb2312", (0xB0, 0xD7), (0xD8, 0xF7)),
            Script("big5hkscs", "Big5", "big5", (0xA4, 0xC6)),
            Script("cp932", "Shift-JIS (CP932)", "shift_jis", (0x88, 0x97)),
            Script("euc_jp", "EUC-JP", "euc_jp", (0xB0, 0xCF)),
        )
    }
)

_ORDER = ("cp949", "euc_jp", "big5hkscs", "cp932", "gb18030")
_HANGUL_SHARE, _COMMON_HANGUL, _KANA_SHARE = 0.9, 0.5, 0.1
"""Chinese text read as EUC-KR is a mixture of Hangul and Hanja; Korean text is nearly all Hangul."""
_USUAL, _APART, _LEAST = 0.8, 0.2, 0.3
_BEYOND = "\x7f"


def rank_codecs(texts: Mapping[str, str]) -> list[str]:
    """Return the codecs in which a text reads like one, the likeliest first; empty if it does in none.

    Args:
        texts: The beginning of the text as each codec of `SCRIPTS` that fits it reads it.
    """
    found = {codec: _shares(SCRIPTS[codec], text) for codec, text in texts.items()}
    chinese = found["gb18030"].usual if "gb18030" in found else 0.0
    return [codec for codec in _ORDER if codec in found and _reads_like(codec, found[codec], chinese)]


@dataclass(frozen=True, slots=True)
class _Shares:
    """Shares of the letters beyond ASCII: those in everyday use, Hangul, kana."""

    usual: float
    hangul: float
    kana: float


def _reads_like(codec: str, found: _Shares, chinese: float) -> bool:
    match codec:
        case "cp949":
            return found.hangul >= _HANGUL_SHARE and found.usual >= _COMMON_HANGUL
        case "euc_jp":
            return found.kana >= _KANA_SHARE and found.usual + found.kana >= _USUAL
        case "gb18030":
            return found.usual >= _LEAST
        case _:
            kana = found.kana if codec == "cp932" else 0.0
            return found.usual + kana >= max(_USUAL, chinese + _APART)


def _shares(script: Script, text: str) -> _Shares:
    """Return the shares of a text; one without letters beyond ASCII has Chinese signs at most."""
    letters = Counter(character for character in text if character > _BEYOND and character.isalpha())
    total = letters.total()
    if not total:
        return _Shares(float(script.codec == "gb18030"), 0.0, 0.0)
    kana = sum(count for letter, count in letters.items() if "\u3041" <= letter <= "\u30ff")
    hangul = sum(count for letter, count in letters.items() if "\uac00" <= letter <= "\ud7a3")
    usual = sum(count * _weight(script, letter) for letter, count in letters.items())
    return _Shares(usual / total, hangul / total, kana / total)


def _weight(script: Script, letter: str) -> float:
    try:
        lead = letter.encode(script.standard)[0]
    except UnicodeEncodeError:
        return 0.0
    if script.first[0] <= lead <= script.first[1]:
        return 1.0
    return 0.5 if script.second and script.second[0] <= lead <= script.second[1] else 0.0
