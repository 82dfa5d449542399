"""Korean sentences with names of persons, and the words that the tagger's lexicon knows of Korean."""
# ruff: noqa: INP001, PLR2004, T201, RUF001, E501, PLR0911, C901, RUF100 - a script of percentages and tables, run by hand

from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

from conjugation import forms
from expansion import NAME_ENDS, Grammar, Sequence, named, sections, without_names
from korean_stems import STEMS

from lockgate.classify.tagger import lexicon as bits

WORDS = Path(__file__).parent / "words"
_NAMES = sections(WORDS / "ko_names.txt")
_LISTS = sections(WORDS / "ko_lists.txt") | sections(WORDS / "ko_templates.txt") | sections(WORDS / "ko_natural.txt")
_SURNAMES, _FIRST, _SECOND, _TRANSLIT, _TRANSLIT_END = (
    [sign for word in _NAMES[key] for sign in word]
    for key in ("surname", "givenA", "givenB", "translit", "translit_end")
)
_JAPANESE = _NAMES["japanese"] = [name for line in _NAMES["japanese"] for name in line.split("|")]
_PARTICLES = {
    "은": ("은", "는"), "이": ("이", "가"), "을": ("을", "를"), "과": ("과", "와"), "아": ("아", "야"),
    "이라고": ("이라고", "라고"), "이랑": ("이랑", "랑"), "이며": ("이며", "며"), "이다": ("이다", "다"),
    "입니다": ("입니다", "입니다"), "으로": ("으로", "로"), "I": ("이", ""), "이나": ("이나", "나"), "인": ("인", "인"),
}  # fmt: skip
_RIEUL = 8
_ENDINGS = "은는이가을를과와도만의에로야아께랑나며"
_LONGEST = 5


def particle(word: str, wanted: str) -> str:
    """Return the form of a particle that fits the last syllable of a word."""
    last = word.rstrip(NAME_ENDS)[-1]
    final = (ord(last) - 0xAC00) % 28 if "가" <= last <= "힣" else 0
    closed, opened = _PARTICLES[wanted]
    return closed if final and not (wanted == "으로" and final == _RIEUL) else opened


class Korean:
    """A generator of Korean sentences."""

    def __init__(self, sources: Path) -> None:
        def lines(name: str) -> list[str]:
            return [line.strip() for line in (sources / "okt" / name).read_text(encoding="utf-8").splitlines() if line]

        known = {*_NAMES["figure"], *_NAMES["given"], *_NAMES["foreign1"]}
        self._nouns = [w for w in lines("noun/nouns.txt") if _is_hangul(w) and len(w) > 1 and w not in known]
        self._chunks = list(dict.fromkeys(form for stem in STEMS for form in forms(stem) if len(form) > 1))
        rare = [*lines("verb/verb.txt"), *lines("adjective/adjective.txt")]
        self._stems = [stem for stem in rare if _is_hangul(stem) and stem[-1] not in "거대" and stem[-2:] != "거리"]
        self._adverbs = [word for word in lines("adverb/adverb.txt") if len(word) < _LONGEST]
        self._places = lines("noun/geolocations.txt")
        self._firms = lines("noun/company_names.txt")
        law = (sources / "law" / "constitution.txt").read_text(encoding="utf-8")
        self._laws = [line.strip() for line in law.splitlines() if line.strip()]
        fillers: dict[str, Callable[[Sequence], str]] = {}
        for slot, fill in (
            ("P", self._person), ("n", self._noun), ("w", self._chunk), ("adv", self._adverb), ("place", self._place),
            ("org", self._organisation), ("madeorg", _made_organisation), ("num", _number), ("year", _year),
            ("phone", _phone), ("en", _english), ("email", _email), ("address", self._address), ("title", self._title),
            ("tweet", self._remark), ("C", self._native), ("F", _foreigner), ("geo", self._look_alike), ("firm", self._firm), ("G", _given_name), ("S", _surname), ("X", _withheld), ("king", _king), ("cn", self._compound), ("brand", self._brand), ("nobody", self._nobody), ("sex", _sex), ("hanja", _hanja), ("foreignword", _foreign_word),
        ):  # fmt: skip
            fillers[slot] = lambda sequence, fill=fill: fill(sequence)
        self._grammar = Grammar(_LISTS, fillers, particle)

    def sentences(self, count: int, seed: int) -> Iterator[str]:
        """Yield sentences with marked names, about three in five with a name."""
        sequence = Sequence(seed)
        for _ in range(count):
            wide = sequence.chance(50)
            section = ("natural" if wide else "sentence") if sequence.chance(62) else ("plain" if wide else "neg")
            template = sequence.one(_LISTS[section])
            if sequence.chance(25):
                template = without_names(template)
            sentence = sequence.one(self._laws) if sequence.chance(1) else self._grammar.expand(template, sequence)
            if sequence.chance(25):
                sentence = sentence.rstrip(".")
            yield sentence

    def _person(self, sequence: Sequence) -> str:
        draw = sequence.below(100)
        if draw < 60:
            return named(self._korean(sequence))
        if draw < 83:
            return named(_foreign(sequence))
        if draw < 91:
            return named(sequence.one(_NAMES["given"]) if sequence.chance(60) else _given(sequence))
        if draw < 95:
            return named(sequence.one(_NAMES["figure"]))
        return named(sequence.one(_JAPANESE) if draw < 98 else _latin_name(sequence))

    def _korean(self, sequence: Sequence) -> str:
        surname = sequence.one(_NAMES["surname2"] if sequence.chance(1) else _SURNAMES)
        return surname + (sequence.one(_SECOND) if sequence.chance(6) else _given(sequence))

    def _noun(self, sequence: Sequence) -> str:
        return sequence.one(self._nouns)

    def _native(self, sequence: Sequence) -> str:
        return named(self._korean(sequence))

    def _look_alike(self, sequence: Sequence) -> str:
        """Return a place or department that starts like a name."""
        core = sequence.one(_SURNAMES) + sequence.one([_given(sequence), sequence.one(_SECOND), sequence.one(_FIRST)])
        if sequence.chance(30):
            core = self._noun(sequence)[:3]
        tails = (
            "구 동 읍 면 리 시 군 강 산 역 천 호 로 길 봉 도 섬 포 항 교 궁 사 마을 사거리 대교 터널 해수욕장 시장 고개 공원 신도시 "
            "초등학교 중학교 고등학교 대학교 병원 외과 내과 치과 의원 약국 교회 성당 은행 차 국 탕 면 밥 떡 주 족 어 인 식 제 법 학 론"
        )
        tail = sequence.one(tails.split())
        return core + ("마을" if len(core) < 3 and tail in _SECOND else tail)  # 김영호 is a name, 김영구 a district

    def _firm(self, sequence: Sequence) -> str:
        """Return a firm or medium of any name."""
        core = sequence.one(
            [self._noun(sequence)[:2], sequence.one(_SURNAMES) + sequence.one(_SECOND), _transliterated(sequence)]
        )
        tails = "전자 뉴스 일보 방송 존슨 코리아 그룹 물산 상사 건설 제약 식품 화학 증권 은행 바이오 테크 소프트 게임즈 엔터테인먼트 미디어 홀딩스 생명 병원 재단 협회"
        prefix = sequence.one(["", "", "", "한국", "대한", "동아", "새"])
        return prefix + core + sequence.one(tails.split())

    def _chunk(self, sequence: Sequence) -> str:
        """Return a word as it stands in text: a form of a verb or adjective, or a noun with a particle."""
        draw = sequence.below(100)
        if draw < 52:
            return sequence.one(self._chunks)
        if draw < 62:
            return sequence.one(list(forms(sequence.one(self._stems))))
        noun = self._noun(sequence)
        if draw < 76:
            return noun + sequence.one(self._chunks[:90])
        if draw < 80:
            return noun + sequence.one(
                [
                    "에서",
                    "에",
                    "의",
                    "도",
                    "만",
                    "까지",
                    "부터",
                    "에게",
                    "처럼",
                    "보다",
                    "마다",
                    "에는",
                    "에도",
                    "적인",
                    "적으로",
                    "들",
                    "들이",
                ]
            )
        return noun + particle(noun, sequence.one(["은", "이", "을", "과", "으로", "이나", "이다", "입니다", "이라고"]))

    def _adverb(self, sequence: Sequence) -> str:
        often = [
            "정말",
            "진짜",
            "너무",
            "매우",
            "아주",
            "이미",
            "다시",
            "함께",
            "오늘",
            "어제",
            "이번",
            "최근",
            "현재",
            "결국",
        ]
        return sequence.one(often if sequence.chance(60) else self._adverbs)

    def _remark(self, sequence: Sequence) -> str:
        """Return what people write without a full sentence."""
        tail = sequence.one(["", "", "ㅋㅋ", "ㅋㅋㅋㅋ", "ㅠㅠ", "ㅎㅎ", "...", "!!", "~", "?", "^^", ";;"])
        return " ".join(self._chunk(sequence) for _ in range(2 + sequence.below(8))) + tail

    def _place(self, sequence: Sequence) -> str:
        place = sequence.one(_LISTS["place"] if sequence.chance(75) else self._places)
        return place + (sequence.one(["시", "도", "군", "구", "동", "읍", "역", "면"]) if sequence.chance(12) else "")

    def _organisation(self, sequence: Sequence) -> str:
        draw = sequence.below(100)
        if draw < 60:
            return sequence.one(_LISTS["org"])
        return sequence.one(self._firms) if draw < 70 else _made_organisation(sequence)

    def _nobody(self, sequence: Sequence) -> str:
        slots = "n n n n n n n n n n place org foreignword cn cn role w w"
        return self._grammar.expand(f"{{{sequence.one(slots.split())}}}", sequence)

    def _compound(self, sequence: Sequence) -> str:
        """Return a noun with a suffix: three syllables that are no name."""
        short = self._noun(sequence)
        suffixes = "안법비금권론성률화적형식장실관원품제력량도감기계선소점회부단국청과학자인사가"
        return short[:3] + sequence.one(list(suffixes))

    def _brand(self, sequence: Sequence) -> str:
        """Return a product that sounds foreign."""
        tails = "세럼 크림 폰 카페 호텔 시리즈 에디션 백화점 그룹 대학교 은행 리조트 타워 정 캡슐 라면 커피 티 스튜디오 엔진 서버 버전 축제 증후군"
        brand = _transliterated(sequence) + sequence.one(["", "", " " + _transliterated(sequence)])
        return brand + sequence.one([" ", " ", ""]) + sequence.one(tails.split())

    def _address(self, sequence: Sequence) -> str:
        core = sequence.one(self._nouns)[:2]
        tail = sequence.one(["로", "길", "대로", "동"])
        home = sequence.one(["", f" {_number(sequence)}동 {_number(sequence)}호", f", {_number(sequence)}층"])
        return f"{sequence.one(_LISTS['place'])}시 {core}구 {core}{tail} {_number(sequence)}{home}"

    def _title(self, sequence: Sequence) -> str:
        if sequence.chance(50):
            return sequence.one(_LISTS["title"])
        return sequence.one([self._noun(sequence), f"{self._chunk(sequence)} {self._noun(sequence)}"])

    def lexicon_words(self) -> Iterator[tuple[str, int]]:
        """Yield words with their bits."""
        yield from ((word, bits.COMMON) for word in self._nouns if len(word) <= _LONGEST)
        yield from ((word, bits.ENDING) for word in self._chunks if 2 <= len(word) <= _LONGEST)  # noqa: PLR2004
        yield from ((word, bits.COMMON) for word in self._adverbs if len(word) > 1)
        for words, bit in (
            (_LISTS["place"], bits.PLACE), (self._places, bits.PLACE), (_LISTS["org"], bits.ORGANISATION),
            (self._firms, bits.ORGANISATION), (_LISTS["orgtail"], bits.ORGANISATION), (_LISTS["hon"], bits.TITLE),
            (_LISTS["role"], bits.TITLE), (_LISTS["say"], bits.CUE),
            (_NAMES["figure"], bits.PERSON), (_NAMES["foreign1"], bits.PERSON), (_NAMES["given"], bits.GIVEN),
            (_NAMES["foreign_given"], bits.GIVEN), (_NAMES["foreign_surname"], bits.SURNAME),
            (_NAMES["surname2"], bits.SURNAME), ([part for name in _JAPANESE for part in name.split()], bits.GIVEN),
        ):  # fmt: skip
            yield from ((word, bit) for word in words if _is_hangul(word) and len(word) <= _LONGEST)
        singles: defaultdict[str, int] = defaultdict(int)
        for signs, bit in (
            (_SURNAMES, bits.SURNAME), (_FIRST, bits.GIVEN), (_SECOND, bits.KIN), (_TRANSLIT, bits.FOREIGN),
            (_TRANSLIT_END, bits.FOREIGN), (_ENDINGS, bits.FREQUENT),
        ):  # fmt: skip
            for sign in signs:
                singles[sign] |= bit
        yield from singles.items()


def _is_hangul(word: str) -> bool:
    return all("가" <= sign <= "힣" for sign in word)


def held_back() -> set[str]:
    """Return names that the tagger does not know while it learns, so that it learns to do without."""
    lists = ("given", "figure", "foreign1", "foreign_given", "foreign_surname")
    return {name for key in lists for name in _NAMES[key][3::4] if len(name) > 1}


def _given(sequence: Sequence) -> str:
    return sequence.one(_FIRST) + sequence.one(_SECOND)


def _foreign(sequence: Sequence) -> str:
    draw = sequence.below(100)
    if draw < 20:
        return sequence.one(_NAMES["foreign1"])
    made = _transliterated(sequence)
    surname = sequence.one(_NAMES["foreign_surname"]) if sequence.chance(50) else made
    if draw < 42:
        return surname
    given = sequence.one(_NAMES["foreign_given"]) if sequence.chance(60) else _transliterated(sequence)
    if draw < 50:
        return given
    if draw < 54:
        return f"{given} {1 + sequence.below(6)}세"
    if draw < 58:
        surname = sequence.one(
            [
                "왕",
                "전",
                "리",
                "킴",
                "쿡",
                "황",
                "장",
                "첸",
                "류",
                "응우옌",
                "쩐",
                "팜",
                "레",
                "싱",
                "칸",
                "옹",
                "김",
                "박",
                "최",
            ]
        )
    if draw < 61:
        return f"{sequence.one(['응우옌', '쩐', '팜', '레'])} {sequence.one(['티', '반', '득'])} {sequence.one(['흐엉', '란', '투', '흥', '민', '안', '훙', '짱', '마이', '즈엉', '롱', '꽝'])}"
    middle = f" {sequence.one(_NAMES['foreign_given'])}" if sequence.chance(8) else ""
    return f"{given}{middle} {surname}"


def _foreigner(sequence: Sequence) -> str:
    return named(sequence.one(_JAPANESE) if sequence.chance(10) else _foreign(sequence))


def _given_name(sequence: Sequence) -> str:
    return named(sequence.one(_NAMES["given"]) if sequence.chance(40) else _given(sequence))


def _surname(sequence: Sequence) -> str:
    return named(sequence.one(_SURNAMES))


def _withheld(sequence: Sequence) -> str:
    return named(sequence.one(_SURNAMES) + sequence.one(["모", "모", "○○", "아무개", "씨"][:2]))


def _king(sequence: Sequence) -> str:
    return named(sequence.one(_LISTS["king"]))


def _transliterated(sequence: Sequence) -> str:
    length = int(sequence.one(list("1122223334")))
    return "".join(sequence.one(_TRANSLIT) for _ in range(length)) + sequence.one(_TRANSLIT_END)


def _foreign_word(sequence: Sequence) -> str:
    words = "컴퓨터 인터넷 스마트폰 아이스크림 초콜릿 커피 텔레비전 프로그램 서비스 콘텐츠 플랫폼 데이터 시스템 디자인 브랜드 마케팅 "
    words += "아파트 엘리베이터 에어컨 냉장고 카메라 버스 택시 트럭 오토바이 헬리콥터 바이러스 백신 알레르기 비타민 칼슘 스트레스 "
    words += "다이어트 헬스 요가 테니스 골프 배드민턴 스케이트 올림픽 월드컵 리그 챔피언스리그 프리미어리그 메이저리그 스릴러 "
    words += "코미디 로맨스 판타지 다큐멘터리 애니메이션 시나리오 캐릭터 스토리 액션 블록버스터 시리즈 에피소드 드라마 뮤지컬 "
    words += "콘서트 앨범 싱글 차트 멜로디 오케스트라 교향곡 피아노 기타 드럼 레스토랑 호텔 카페 파스타 피자 햄버거 샌드위치 "
    words += "안드로이드 윈도우 아이폰 갤럭시 소나타 그랜저 카니발 스타리아 토르소 레이더 로켓 인공위성 알고리즘 블록체인 비트코인"
    return sequence.one(words.split())


def _made_organisation(sequence: Sequence) -> str:
    return sequence.one(_LISTS["orgcore"]) + sequence.one(_LISTS["orgtail"])


def _latin_name(sequence: Sequence) -> str:
    return sequence.one(["Tom", "John", "David", "Anna", "Kim", "Lisa"]) + sequence.one(
        ["", " Smith", " Lee", " Kim", " Brown"]
    )


def _number(sequence: Sequence) -> str:
    return str(1 + sequence.below(int(sequence.one(["9", "30", "70", "100", "1000"]))))


def _year(sequence: Sequence) -> str:
    return str(1850 + sequence.below(180))


def _phone(sequence: Sequence) -> str:
    return f"010-{sequence.below(10_000):04}-{sequence.below(10_000):04}"


def _english(sequence: Sequence) -> str:
    letters = "".join(sequence.one(list("abcdefghiklmnoprstuvw")) for _ in range(3 + sequence.below(6)))
    return sequence.one([letters, letters.title(), letters.upper(), "iPhone", "Windows", "NBA", "GDP", "App"])


def _email(sequence: Sequence) -> str:
    return f"{_english(sequence)}{sequence.below(1000)}@{sequence.one(['naver', 'example'])}.com"


def _hanja(sequence: Sequence) -> str:
    signs = "金李朴崔鄭姜趙尹張林韓申權黃安宋柳洪全高文孫梁裴白許南沈盧河郭成車朱禹具閔陳池嚴蔡元千方孔玄咸廉都卞世宗仁義禮智信孝忠起呂珥滉舜臣龜東西山川法律道德社會國家學文化史"
    return "".join(sequence.one(list(signs)) for _ in range(2 + sequence.below(2)))


def _sex(sequence: Sequence) -> str:
    return sequence.one(["남", "여", "남성", "여성"])
