"""Chinese sentences with names of persons, and the words that the tagger's lexicon knows of Chinese."""
# ruff: noqa: INP001, PLR2004, T201, RUF001, E501, PLR0911, C901, RUF100 - a script of percentages and tables, run by hand

from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

from expansion import Filler, Grammar, Sequence, Weighted, named, sections, without_names

from lockgate.classify.tagger import lexicon as bits

WORDS = Path(__file__).parent / "words"
_NAMES = sections(WORDS / "zh_names.txt")
_LISTS = (
    sections(WORDS / "zh_lists.txt")
    | sections(WORDS / "zh_clauses.txt")
    | sections(WORDS / "zh_templates.txt")
    | sections(WORDS / "zh_natural.txt")
)
_SURNAMES = [sign for word in _NAMES["surname"] for sign in word]
_SURNAMES += 3 * _SURNAMES[:170] + 2 * _SURNAMES[:60]
_GIVEN_SIGNS = {*_NAMES["givenA"], *_NAMES["givenB"], *_NAMES["given1"]}
_TRANSLIT, _TRANSLIT_END = ([sign for word in _NAMES[key] for sign in word] for key in ("translit", "translit_end"))
_TRANSLIT_RARE = list(
    "爱昂邦包保鲍彼波勃采察昌楚茨次当道登邓厄凡方丰冯佛富甘冈高根贡瓜圭杭豪黑洪侯怀基季简江津京久考孔夸昆黎理连廉良列龙楼吕迈芒毛"
    "敏明缪默拿乃南瑙嫩年宁农派庞培蓬匹平漆恰强钦琴丘屈让热日茹儒若撒赛善绍申生圣石士寿舒丝孙太陶田廷通图土为文翁乌武锡悉香肖歇欣"
    "兴许延尧永宰赞曾扎章芝志治中准子宗略窦求恩"
)
_KINDS = {
    "n": "n", "v": "v", "vn": "vn", "a": "a", "ad": "d", "d": "d", "t": "t", "i": "i", "l": "l", "nz": "nz", "nt": "nt",
    "ns": "ns", "an": "n", "b": "a", "z": "a", "vd": "d", "j": "nz", "p": "fw", "c": "fw", "r": "fw", "f": "f", "u": "fw",
}  # fmt: skip
_FREQUENT = "的了在是不有也就都和与对为被把我你他她它们这那说要会能从到着过给让向以等及或而但之其所很最更还又再已将由"
_KIN = "爸妈哥姐弟妹爷奶叔婶姨姑舅伯嫂"
_LEAST_COUNT = 5
OFTEN = 12
"""How many words in a hundred are drawn from those that start like a name."""


def dictionary(path: Path) -> dict[str, tuple[int, str]]:
    """Return words with count and part of speech from jieba's dictionary.

    What it takes for a name of a person is left out unread, but for common words of our own list that it mistakes so.
    """
    found, common = {}, set(_LISTS["common"])
    for line in path.read_text(encoding="utf-8").splitlines():
        word, count, kind = line.split(" ")
        if kind.startswith("nr") and word in common:
            kind = "a"
        if not kind.startswith("nr") and all("\u4e00" <= sign <= "\u9fff" for sign in word):
            found[word] = int(count), kind
    return found


class Chinese:
    """A generator of Chinese sentences."""

    def __init__(self, words: dict[str, tuple[int, str]]) -> None:
        by_kind: defaultdict[str, dict[str, float]] = defaultdict(dict)
        persons = {*_NAMES["foreign1"], *_NAMES["figure"], *_NAMES["japanese"], *_NAMES["foreign_given"]}
        for word, (count, kind) in words.items():
            longest = 2 if kind in ("v", "vn", "d", "a") else 8
            if (slot := _KINDS.get(kind)) and count > 2 and len(word) <= longest and word not in persons:
                by_kind[slot][word] = (count + 5) ** 0.85
        for sign in "有是做去看说买来吃用写听开给找放":
            by_kind["v"][sign] = 200.0
        for sign in "的了在是不有也就都和与对为被把要会能从到着过给让向以等而但之其所很更还又再已将由则却才只":
            by_kind["fw"][sign] = 3000.0
        for sign in "大小新旧好多少高低快慢":
            by_kind["a"][sign] = 200.0
        self._signs = Weighted(
            {s: c**0.4 for s, (c, _) in words.items() if len(s) == 1 and c > 5 and s not in _FREQUENT}
        )
        fillers: dict[str, Callable[[Sequence], str]] = {kind: Weighted(found).draw for kind, found in by_kind.items()}
        for slot, fill in (
            ("P", self._person), ("C", self._chinese), ("F", self._foreign), ("M", self._minority), ("cdate", _date), ("S", self._surname), ("K", self._nick), ("G1", _given_alone),
            ("place", self._place), ("org", self._organisation), ("num", _number), ("year", _year), ("phone", _phone),
            ("en", _english), ("email", _email), ("ip", _ip), ("address", self._address), ("money", _money),
            ("title", self._title), ("X", self._withheld), ("nobody", self._nobody), ("ngeo", self._look_alike), ("norg", self._foreign_firm), ("say", self._say), ("did", self._did), ("geo", self._geography),
        ):  # fmt: skip
            fillers[slot] = lambda sequence, fill=fill: fill(sequence)
        self._fillers = fillers
        self._word_names = [
            w for w in words if len(w) in (2, 3) and w[0] in _SURNAMES[:500] and set(w[1:]) <= _GIVEN_SIGNS
        ]
        for kind, slot in (("n", "hn"), ("v", "hv"), ("a", "ha"), ("d", "hd"), ("ns", "hg"), ("i", "hi")):
            fillers[slot], fillers[kind] = self._confusable(by_kind[kind], fillers[kind])
        self._grammar = Grammar(_LISTS, fillers)

    @staticmethod
    def _confusable(words: dict[str, float], plain: Filler) -> tuple[Filler, Filler]:
        """Return what draws words that start like a name, rare ones nearly as often, and what draws them now and then."""
        found = {w: 1 + c**0.3 for w, c in words.items() if w[0] in _SURNAMES or w[0] in "小老阿大"}
        draw = Weighted(found).draw
        return draw, lambda sequence: draw(sequence) if sequence.chance(OFTEN) else plain(sequence)

    def sentences(self, count: int, seed: int) -> Iterator[str]:
        """Yield sentences with marked names, about two in three with a name."""
        sequence = Sequence(seed)
        for _ in range(count):
            wide = sequence.chance(50)
            section = ("natural" if wide else "sentence") if sequence.chance(68) else ("plain" if wide else "neg")
            template = sequence.one(_LISTS[section])
            if sequence.chance(22):
                template = without_names(template)
            sentence = self._grammar.expand(template, sequence)
            yield _roughened(sentence, sequence)

    def _person(self, sequence: Sequence) -> str:
        draw = sequence.below(100)
        if draw < 62:
            return self._chinese(sequence)
        if draw < 84:
            return self._foreign(sequence)
        if draw < 89:
            return self._nick(sequence)
        if draw < 93:
            return named(sequence.one(_NAMES["figure"]))
        if sequence.chance(30):
            return self._minority(sequence)
        if draw < 96:
            japanese = sequence.one(_NAMES["jp_surname"]) + sequence.one(_NAMES["jp_given"])
            return named(sequence.one(_NAMES["japanese"]) if sequence.chance(50) else japanese)
        if draw < 97:
            return named(self._word_name(sequence))
        if draw < 99:
            return named(_given(sequence, 2, self._signs))
        return named(_latin_name(sequence))

    def _chinese(self, sequence: Sequence) -> str:
        surname = sequence.one(_NAMES["surname2"] if sequence.chance(3) else _SURNAMES)
        if sequence.chance(1.5):
            return named(surname + self._fillers[sequence.one(["n", "a", "v"])](sequence)[:2])
        return named(surname + _given(sequence, 1 if sequence.chance(24) else 2, self._signs))

    def _foreign(self, sequence: Sequence) -> str:
        draw = sequence.below(100)
        if draw < 30:
            return named(sequence.one(_NAMES["foreign1"]))
        if draw < 45:
            return named(sequence.one(_NAMES["foreign_surname"]))
        if draw < 52:
            return named(sequence.one(_NAMES["foreign_given"]))
        made = _transliterated(sequence)
        if draw < 75:
            return named(made)
        given = sequence.one(_NAMES["foreign_given"]) if sequence.chance(75) else _transliterated(sequence)
        surname = sequence.one(_NAMES["foreign_surname"]) if sequence.chance(60) else made
        joint = "·" if sequence.chance(85) else sequence.one(["•", "-", ".", "", "・"])
        middle = f"{sequence.one(_NAMES['foreign_surname'])}{joint}" if sequence.chance(8) else ""
        return named(f"{given}{joint}{middle}{surname}")

    def _minority(self, sequence: Sequence) -> str:
        """Return a name of a people of China or of a neighbour that is longer than three signs."""
        draw = sequence.below(100)
        if draw < 45:
            parts = [sequence.one(_NAMES["minority"]) for _ in range(2)]
            joint = sequence.one(["·", "", ""]) if len("".join(parts)) > 3 else ""
            return named(parts[0] + joint + parts[1] if sequence.chance(60) else parts[0])
        if draw < 60:
            return named(sequence.one(_NAMES["clan"]) + _given(sequence, 1 + sequence.below(2), self._signs))
        if draw < 75:
            return named(sequence.one(_SURNAMES) + sequence.one(_SURNAMES) + _given(sequence, 2, self._signs))
        if draw < 88:
            return named(sequence.one(_NAMES["jp_surname"]) + _given(sequence, 1 + sequence.below(2), self._signs))
        return named(sequence.one(_NAMES["jp_surname"]) + sequence.one(_NAMES["jp_given"]))

    def _surname(self, sequence: Sequence) -> str:
        if sequence.chance(5):
            return named(sequence.one(_NAMES["foreign_surname"]))
        return named(sequence.one(_NAMES["surname2"] if sequence.chance(5) else _SURNAMES))

    def _nobody(self, sequence: Sequence) -> str:
        slots = "n n n n n n n a a a v v vn place org brand i l nz t role d"
        return self._grammar.expand(f"{{{sequence.one(slots.split())}}}", sequence)

    def _withheld(self, sequence: Sequence) -> str:
        return named(
            sequence.one(_SURNAMES) + sequence.one(["某", "某", "某某", "某", f"某{sequence.one(_NAMES['given1'])}"])
        )

    def _word_name(self, sequence: Sequence) -> str:
        """Return a name that is a common word as well."""
        return sequence.one(self._word_names)

    def _look_alike(self, sequence: Sequence) -> str:
        """Return a place that starts like a name."""
        core = sequence.one(_SURNAMES) + sequence.one(
            ["", _given(sequence, 1, self._signs), self._signs.draw(sequence)]
        )
        return core + sequence.one(
            list("溪沟湾岭坡寨堡岗口关峡滩洲岛港坝塘潭泉峪垭坪墩集店镇村庄桥街巷湖江河山寺庙塔楼园州城县区门")
        )

    def _foreign_firm(self, sequence: Sequence) -> str:
        """Return a firm, club or place that sounds like a foreign name."""
        tails = "公司 集团 足球俱乐部 俱乐部 大学 州 市 河 山 湖 岛 银行 酒店 队 综合征 定理 定律 奖 杯 广场 机场 海峡 半岛 教堂 博物馆"
        return _transliterated(sequence) + sequence.one(tails.split())

    def _nick(self, sequence: Sequence) -> str:
        draw = sequence.below(10)
        if draw < 6:
            return named(sequence.one(["小", "小", "老", "老", "大", "阿"]) + sequence.one(_SURNAMES))
        if draw < 7:
            return named(_given(sequence, 1, self._signs) + sequence.one(["儿", "子", "哥", "妹", "宝", "仔"]))
        given = _given(sequence, 1, self._signs)
        return named(sequence.one([f"阿{given}", f"小{given}", given + given, f"{given}{given}"]))

    def _place(self, sequence: Sequence) -> str:
        draw = sequence.below(100)
        if draw < 40:
            return sequence.one(_LISTS["city"]) + sequence.one(["", "", "", "市", "市"])
        if draw < 65:
            return sequence.one(_LISTS["foreignplace"])
        return self._fillers["ns"](sequence) if draw < 85 else self._geography(sequence)

    def _geography(self, sequence: Sequence) -> str:
        core = sequence.one(_LISTS["orgcore"])
        if sequence.chance(40):
            core = sequence.one(_SURNAMES) if sequence.chance(60) else self._fillers["n"](sequence)
        return core + sequence.one(_LISTS["geotail"])

    def _organisation(self, sequence: Sequence) -> str:
        draw = sequence.below(100)
        if draw < 25:
            return sequence.one(_LISTS["brand"]) + sequence.one(["", "", "公司", "集团"])
        if draw < 35:
            return self._fillers["nt"](sequence)
        core = self._place(sequence) if draw < 65 else sequence.one(_LISTS["orgcore"])
        core += sequence.one(["", "", sequence.one(_LISTS["orgcore"])])
        tail = sequence.one(_LISTS["orgtail"]) + sequence.one(["", "", sequence.one(_LISTS["dept"])])
        return core + (tail if draw < 90 else sequence.one(_LISTS["dept"]))

    def _address(self, sequence: Sequence) -> str:
        parts = [sequence.one(_LISTS["city"]), sequence.one(["市", ""]), self._geography(sequence)[:4]]
        parts += [sequence.one(["区", "路", "街道", "大道"]), _number(sequence), "号"]
        parts += sequence.one(["", f"{_number(sequence)}栋{_number(sequence)}室", f"{_number(sequence)}单元"])
        return "".join(parts)

    def _title(self, sequence: Sequence) -> str:
        words = [self._fillers[sequence.one(["n", "v", "a", "n", "nz", "i"])](sequence) for _ in range(2)]
        return "".join(words[: 1 + sequence.below(2)]) + sequence.one(["", "", "", f"之{self._fillers['n'](sequence)}"])

    def _say(self, sequence: Sequence) -> str:
        return sequence.one(["", "", "", "还", "也", "昨日", "今天", "随后", "则"]) + sequence.one(_LISTS["say"])

    def _did(self, sequence: Sequence) -> str:
        if sequence.chance(45):
            return sequence.one(["", "", "也", "已", "都", "却", "曾"]) + sequence.one(_LISTS["did"])
        return self._grammar.expand(
            sequence.one(["{d}{v}{n}", "{v}了{n}", "{v}{n}", "将{v}{n}", "{t}{v}{n}"]), sequence
        )


def _given(sequence: Sequence, length: int, signs: Weighted) -> str:
    if length == 1:
        return _seldom(sequence, signs) if sequence.chance(16) else sequence.one(_NAMES["given1"])
    first = _seldom(sequence, signs) if sequence.chance(11) else sequence.one(_NAMES["givenA"])
    if sequence.chance(3):
        return first + first
    second = sequence.one(_NAMES["given1"]) if sequence.chance(20) else sequence.one(_NAMES["givenB"])
    return first + (_seldom(sequence, signs) if sequence.chance(13) else second)


def _given_alone(sequence: Sequence) -> str:
    """Return a given name without its surname, as novels say it."""
    return named(sequence.one(_NAMES["givenA"]) + sequence.one(_NAMES["givenB"] + _NAMES["given1"]))


def _seldom(sequence: Sequence, signs: Weighted) -> str:
    """Return a sign that few names hold, or any sign."""
    return sequence.one(_NAMES["rare"]) if sequence.chance(55) else signs.draw(sequence)


def _transliterated(sequence: Sequence) -> str:
    length = sequence.one(list("22233334445"))
    return "".join(_foreign_sign(sequence) for _ in range(int(length) - 1)) + (
        sequence.one(_TRANSLIT_END) if sequence.chance(70) else _foreign_sign(sequence)
    )


def _foreign_sign(sequence: Sequence) -> str:
    return sequence.one(_TRANSLIT if sequence.chance(75) else _TRANSLIT_RARE)


def _latin_name(sequence: Sequence) -> str:
    given = [
        "Tom",
        "Jack",
        "Lucy",
        "Lily",
        "Amy",
        "David",
        "Kevin",
        "Peter",
        "Mary",
        "Tony",
        "Vivian",
        "Angela",
        "Eric",
    ]
    surnames = ["", "", " Ma", " Wang", " Chen", " Smith", " Li", " Brown", " Zhang", " Lee", " Johnson"]
    return sequence.one(given) + sequence.one(surnames)


def _date(sequence: Sequence) -> str:
    """Return a date in Chinese numerals, or a part of one."""
    months, days = (
        ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"],
        ["一", "三", "五", "八", "九", "十", "十二", "十五", "二十", "二十一", "二十六", "三十"],
    )
    month, day = f"{sequence.one(months)}月", f"{sequence.one(days)}日"
    return sequence.one([month, month + day, month + day, f"{month}{sequence.one(['初', '中旬', '底', '份'])}"])


def _number(sequence: Sequence) -> str:
    return str(sequence.below(int(sequence.one(["10", "30", "100", "100", "1000", "10000"]))))


def _year(sequence: Sequence) -> str:
    return str(1850 + sequence.below(180))


def _phone(sequence: Sequence) -> str:
    return f"1{3 + sequence.below(7)}{sequence.below(10**9):09}"


def _english(sequence: Sequence) -> str:
    letters = "".join(sequence.one(list("abcdefghiklmnoprstuvw")) for _ in range(3 + sequence.below(6)))
    return sequence.one(
        [letters, letters.title(), letters.upper(), "iPhone", "Windows", "Android", "NBA", "GDP", "App"]
    )


def _email(sequence: Sequence) -> str:
    return f"{_english(sequence)}{sequence.below(1000)}@{sequence.one(['qq', '163', 'example'])}.com"


def _ip(sequence: Sequence) -> str:
    return ".".join(str(sequence.below(256)) for _ in range(4))


def _money(sequence: Sequence) -> str:
    return f"{_number(sequence)}{sequence.one(['元', '万元', '亿元', '美元', '块', '亿美元'])}"


def _roughened(sentence: str, sequence: Sequence) -> str:
    """Return a sentence now and then without its last stop, with narrow signs, or with a prefix."""
    if sequence.chance(25):
        sentence = sentence.rstrip("。！")
    if sequence.chance(12):
        for wide, narrow in zip("，。：（）！？“”", ',.:()!?""', strict=True):
            sentence = sentence.replace(wide, narrow)
    return sentence


def held_back() -> set[str]:
    """Return names that the tagger does not know while it learns, so that it learns to do without."""
    lists = ("foreign1", "figure", "japanese", "foreign_given", "foreign_surname", "jp_surname", "jp_given")
    signs = {*_NAMES["given1"], *_NAMES["givenA"], *_NAMES["givenB"], *_NAMES["rare"]}
    return {name for key in lists for name in _NAMES[key][3::4]} | {sign for sign in signs if ord(sign) % 4 == 0}


def lexicon_words(words: dict[str, tuple[int, str]]) -> Iterator[tuple[str, int]]:
    """Yield words with their bits."""
    for word, (count, kind) in words.items():
        if 2 <= len(word) <= 5 and count >= _LEAST_COUNT:
            place = bits.PLACE if kind == "ns" else 0
            firm = bits.ORGANISATION if kind in ("nt", "nz") else 0
            time = bits.TIME if kind == "t" else 0
            yield word, bits.COMMON | place | firm | time
    for section, bit in (
        ("city", bits.PLACE), ("foreignplace", bits.PLACE), ("team", bits.ORGANISATION), ("brand", bits.ORGANISATION),
        ("role", bits.TITLE), ("hon", bits.TITLE), ("say", bits.CUE), ("orgtail", bits.ORGANISATION),
        ("geotail", bits.PLACE), ("kin", bits.COMMON),
    ):  # fmt: skip
        yield from ((word, bit) for word in _LISTS[section] if len(word) <= 5)
    yield from ((a + b, bits.COMMON) for a in _LISTS["locn"] for b in _LISTS["locf"][:8])
    yield from ((a + b, bits.COMMON) for a in _LISTS["numc"] for b in _LISTS["cl"])
    for section in ("foreign1", "figure", "japanese"):
        yield from ((word, bits.PERSON) for word in _NAMES[section] if 2 <= len(word) <= 5)
    for section in ("foreign_given", "foreign_surname", "jp_surname", "jp_given"):
        yield from ((word, bits.GIVEN) for word in _NAMES[section] if 2 <= len(word) <= 5)
    singles: defaultdict[str, int] = defaultdict(int)
    for signs, bit in (
        (_SURNAMES, bits.SURNAME), (_TRANSLIT, bits.FOREIGN), (_TRANSLIT_END, bits.FOREIGN), (_FREQUENT, bits.FREQUENT),
        (_KIN, bits.KIN), (_NAMES["given1"], bits.GIVEN), (_NAMES["givenA"], bits.GIVEN), (_NAMES["givenB"], bits.GIVEN), (_NAMES["rare"], bits.GIVEN),
    ):  # fmt: skip
        for sign in signs:
            singles[sign] |= bit
    yield from singles.items()
    yield from ((word, bits.SURNAME) for word in _NAMES["surname2"])
