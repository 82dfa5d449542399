"""Sentences in Latin letters with names of persons, and the words that the tagger's lexicon knows of them."""
# ruff: noqa: INP001, PLR2004, T201, RUF001, E501, PLR0911, C901, RUF100 - a script of percentages and tables, run by hand

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from expansion import NAME_BEGINS, NAME_ENDS, Grammar, Sequence, named, sections, without_names
from surnames import made_given, made_surname

from lockgate.classify.tagger import lexicon as bits

WORDS = Path(__file__).parent / "words"
_NAMES = sections(WORDS / "en_names.txt")
_LISTS = sections(WORDS / "en_lists.txt") | sections(WORDS / "en_templates.txt") | sections(WORDS / "en_natural.txt")
_GIVEN, _SURNAMES = _NAMES["common"] + _NAMES["given"], _NAMES["surname"]
_KNOWN = {*_GIVEN, *_SURNAMES}
_INITIALS = list("ABCDEFGHJKLMNPRSTW")
_FUNCTION = (
    "the a an of in on at to for from by with and or but if as is was are were be been has have had do does did not no "
    "this that these those it its he she they we i you his her their our my your him them us me who which what when "
    "where why how there here then than so very more most can could will would shall should may might must about into "
    "over after before between during under out up down off again all any each few other some such only own same too"
)
_STREETS = (
    "Street", "St", "Road", "Rd", "Avenue", "Ave", "Lane", "Drive", "Close", "Court", "Square", "Way", "Boulevard", "Blvd",
    "Highway", "Place", "Terrace", "Crescent", "Hill",
)  # fmt: skip
_PRONOUN = re.compile(r"\b([Hh]e|[Ss]he|him)\b(?!')")
_HIS = re.compile(r"\b([Hh]is)\b")
_CAPITAL = re.compile(r"(?<=[a-z,;] )[A-Z]\w+")


class English:
    """A generator of English sentences."""

    def __init__(self, sources: Path) -> None:
        raw = (sources / "dict" / "american-english-small").read_text(encoding="utf-8").splitlines()
        self._words = [word for word in raw if word.isalpha() and word.islower()]
        common = set(self._words)
        nouns, verbs, adjectives = (
            [w for w in _lemmas(sources, kind) if w in common] for kind in ("noun", "verb", "adj")
        )
        self._places, persons = _instances(sources)
        self._code = _code(sources, set(_GIVEN))
        known = {word for name in persons for word in name.split()} | set(_GIVEN)
        examples = [example for kind in ("noun", "verb", "adj", "adv") for example in _examples(sources, kind)]
        self._examples = [item for item in examples if not any(word in known for word in _CAPITAL.findall(item))]
        self._with_pronoun = [item for item in self._examples if _PRONOUN.search(item) or _HIS.search(item)]
        self._word_lists = {"nn": nouns, "v": verbs, "adj": adjectives}
        fillers: dict[str, Callable[[Sequence], str]] = {}
        for slot, fill in (
            ("P", self._person), ("G", self._given_name), ("L", self._surname), ("I", _initial), ("nn", self._noun),
            ("Nn", self._noun_capital), ("v", self._verb), ("V", self._verb_capital), ("verb", self._past),
            ("adj", self._adjective), ("Adj", self._adjective_capital), ("example", self._example), ("place", self._place),
            ("pron", self._pronoun), ("num", _number), ("year", _year), ("phone", _phone), ("email", _email), ("ip", _ip),
            ("placestreet", self._street), ("madeorg", self._organisation), ("TITLECASE", self._headline),
            ("CAPS", self._capitals), ("Tc", self._noun_capital), ("day", _day), ("org", self._any_organisation), ("nobody", self._nobody), ("made", self._unknown), ("King", self._regnal),
        ):  # fmt: skip
            fillers[slot] = lambda sequence, fill=fill: fill(sequence)
        self._grammar = Grammar(_LISTS, fillers)

    def sentences(self, count: int, seed: int) -> Iterator[str]:
        """Yield sentences with marked names, some all in lower case or in capitals."""
        sequence = Sequence(seed)
        for _ in range(count):
            wide = sequence.chance(50)
            section = ("natural" if wide else "sentence") if sequence.chance(62) else ("plain" if wide else "neg")
            template = sequence.one(_LISTS[section])
            if sequence.chance(25):
                template = without_names(template)
            sentence = _joined(self._grammar.expand(template, sequence))
            draw = sequence.below(100)
            if sequence.chance(5):
                sentence = sequence.one(self._code)
            elif draw < 8 and _is_known(sentence):
                sentence = sentence.lower()
            elif draw < 11:
                sentence = sentence.upper()
            if sequence.chance(20):
                sentence = sentence.rstrip(".")
            yield sentence

    def _person(self, sequence: Sequence) -> str:
        draw = sequence.below(100)
        given, surname = self._one_given(sequence), self._one_surname(sequence)
        if draw < 58:
            return named(f"{given} {surname}")
        if draw < 64:
            return named(f"{given} {sequence.one(_INITIALS)}{sequence.one(['.', '.', ''])} {surname}")
        if draw < 68:
            return named(f"{given} {self._one_given(sequence)} {surname}")
        if draw < 71:
            return named(f"{given} {surname}{sequence.one(['-', '-', ' '])}{self._one_surname(sequence)}")
        if draw < 75:
            between = sequence.one(
                [
                    "van",
                    "de",
                    "van der",
                    "von",
                    "bin",
                    "al",
                    "da",
                    "di",
                    "Van",
                    "De",
                    "del",
                    "El",
                    "Mac",
                    "dos",
                    "la",
                    "le",
                    "ibn",
                    "ter",
                ]
            )
            middle = f" {self._one_given(sequence)}" if sequence.chance(20) else ""
            return named(f"{given}{middle} {between} {surname}")
        if draw < 79:
            first, second = sequence.one(_INITIALS), sequence.one(_INITIALS)
            form = sequence.one(["{0}.", "{0}.", "{0}.{1}.", "{0}. {1}.", "{0}{1}", "{0}"])
            return named(f"{form.format(first, second)} {surname}")
        if draw < 81:
            return named(f"{given} {surname} {sequence.one(['Jr.', 'Jr', 'Sr.', 'III', 'II'])}")
        if draw < 86:
            return named(sequence.one(_NAMES["figure"]) if sequence.chance(50) else _eastern(sequence))
        return named(given) if draw < 91 else named(surname)

    def _one_given(self, sequence: Sequence) -> str:
        if sequence.chance(5):
            return made_given(sequence)
        name = sequence.one(_NAMES["common"] if sequence.chance(35) else _GIVEN)
        return f"{name}-{sequence.one(_GIVEN)}" if sequence.chance(1) else name

    def _one_surname(self, sequence: Sequence) -> str:
        draw = sequence.below(100)
        if draw < 22:
            return made_surname(sequence)
        if draw < 26:
            return self._noun_capital(sequence)
        return sequence.one(_SURNAMES[:500] if draw < 46 else _SURNAMES)

    def _given_name(self, sequence: Sequence) -> str:
        return named(self._one_given(sequence))

    def _surname(self, sequence: Sequence) -> str:
        return named(self._one_surname(sequence))

    def _pronoun(self, sequence: Sequence) -> str:
        """Return a sentence of WordNet with a name in place of a pronoun."""
        sentence = sequence.one(self._with_pronoun)
        name = sequence.one([self._person(sequence), self._given_name(sequence), self._surname(sequence)])
        if _PRONOUN.search(sentence):
            return _PRONOUN.sub(lambda _: name, sentence, count=1)
        return _HIS.sub(lambda _: f"{name}'s", sentence, count=1)

    def _example(self, sequence: Sequence) -> str:
        example = sequence.one(self._examples)
        return example[0].upper() + example[1:] if sequence.chance(45) else example

    def _noun(self, sequence: Sequence) -> str:
        return sequence.one(self._word_lists["nn"])

    def _noun_capital(self, sequence: Sequence) -> str:
        return sequence.one(self._words if sequence.chance(30) else self._word_lists["nn"]).capitalize()

    def _verb(self, sequence: Sequence) -> str:
        return sequence.one(self._word_lists["v"])

    def _verb_capital(self, sequence: Sequence) -> str:
        return self._verb(sequence).capitalize()

    def _past(self, sequence: Sequence) -> str:
        verb = self._verb(sequence)
        return verb + ("d" if verb.endswith("e") else "ed")

    def _adjective(self, sequence: Sequence) -> str:
        return sequence.one(self._word_lists["adj"])

    def _adjective_capital(self, sequence: Sequence) -> str:
        return self._adjective(sequence).capitalize()

    def _place(self, sequence: Sequence) -> str:
        if sequence.chance(10):
            return self._unknown(sequence)
        return sequence.one(_LISTS["place"] if sequence.chance(70) else self._places)

    def _street(self, sequence: Sequence) -> str:
        core = self._one_surname(sequence) if sequence.chance(55) else self._noun_capital(sequence)
        return f"{core} {sequence.one(list(_STREETS))}"

    def _any_organisation(self, sequence: Sequence) -> str:
        return sequence.one(_LISTS["org"] + _LISTS["team"]) if sequence.chance(70) else self._organisation(sequence)

    def _organisation(self, sequence: Sequence) -> str:
        """Return an organisation, place or thing that bears a name or a word."""
        draw = sequence.below(100)
        core = self._one_surname(sequence) if draw < 50 else self._noun_capital(sequence)
        if draw < 15:
            core = f"{core} & {self._one_surname(sequence)}"
        elif draw < 22:
            core = f"{self._one_given(sequence)} {core}"
        elif draw > 80:
            core = sequence.one(_LISTS["place"])
        return f"{core} {sequence.one(_LISTS['orgtail'])}"

    def _unknown(self, sequence: Sequence) -> str:
        """Return a place, firm or thing that nobody knows and that looks like a name."""
        draw = sequence.below(100)
        if draw < 15:
            return sequence.one(self._places)
        if draw < 25:
            return self._noun_capital(sequence)
        word = made_surname(sequence) if draw < 80 else made_given(sequence)
        if draw < 35:
            return f"{sequence.one(['New', 'Port', 'Al', 'San', 'St.', 'Lake', 'Fort', 'Tora', 'El', 'Upper'])} {word}"
        return f"{word} {made_given(sequence)}" if draw < 40 else word

    def _regnal(self, sequence: Sequence) -> str:
        """Return a ruler with a number or a byname."""
        number = sequence.one(["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIV", "XVI"])
        byname = sequence.one(
            ["Great", "Confessor", "Conqueror", "Terrible", "Bold", "Younger", "Elder", "Pious", "Lame", "Wise"]
        )
        return named(f"{self._one_given(sequence)} {number if sequence.chance(70) else f'the {byname}'}")

    def _nobody(self, sequence: Sequence) -> str:
        slots = "nn nn nn adj v Tc Tc Tc place place org madeorg role demonym day CAPS"
        return self._grammar.expand(f"{{{sequence.one(slots.split())}}}", sequence)

    def _headline(self, sequence: Sequence) -> str:
        words = [self._noun_capital(sequence) for _ in range(3 + sequence.below(6))]
        for place in range(1, len(words)):
            if sequence.chance(20):
                words[place] = sequence.one(["of", "the", "to", "in", "and", "for", "with", "on", "at", "a"])
        return " ".join(words)

    def _capitals(self, sequence: Sequence) -> str:
        return " ".join(self._noun(sequence).upper() for _ in range(1 + sequence.below(4)))

    def lexicon_words(self) -> Iterator[tuple[str, int]]:
        """Yield words with their bits."""
        yield from ((word, bits.COMMON) for word in self._words)
        yield from ((name, bits.PERSON) for name in _NAMES["common"])
        yield from ((name, bits.KIN) for name in _SURNAMES[:300])
        for words, bit in (
            (_GIVEN, bits.GIVEN), (_SURNAMES, bits.SURNAME), (_LISTS["title"], bits.TITLE),
            (_LISTS["role"], bits.TITLE), (_LISTS["place"], bits.PLACE), (self._places, bits.PLACE),
            (_LISTS["org"], bits.ORGANISATION), (_LISTS["team"], bits.ORGANISATION), (_LISTS["orgtail"], bits.ORGANISATION),
            (list(_STREETS), bits.PLACE), (_LISTS["say"], bits.CUE), (_LISTS["day"], bits.TIME),
            (_FUNCTION.split(), bits.FREQUENT), (_LISTS["demonym"], bits.ENDING),
        ):  # fmt: skip
            yield from (
                (word.strip(".,"), bit) for phrase in words for word in re.split(r"[ -]", phrase) if len(word) > 1
            )


def _is_known(sentence: str) -> bool:
    """Return whether all names of a sentence are in the lists: no other word in lower case is taken for a name."""
    names = re.findall(f"{NAME_BEGINS}([^{NAME_ENDS}]*)", sentence)
    return all(word in _KNOWN for name in names for word in name.split())


def held_back() -> set[str]:
    """Return names that the tagger does not know while it learns, so that it learns to do without."""
    return {*_NAMES["given"][3::4], *_SURNAMES[3::4]} - {*_NAMES["common"], *_SURNAMES[:100]}


def _eastern(sequence: Sequence) -> str:
    """Return a name in the order of East Asia."""
    surnames = "Zhang Wang Li Liu Chen Yang Zhao Huang Zhou Wu Xu Sun Ma Zhu Hu Guo He Lin Gao Luo Kim Lee Park Choi Jung Kang Nguyen Tran Le Pham"
    syllables = "Wei Min Jun Hui Ying Xin Yan Lei Hao Jie Ming Jin Yu Mei Qing Bo Chao Feng Tao Hong Soo Hyun Woo Ji Eun Young Seung Kyung Van Thi Duc Anh"
    first, second = sequence.one(syllables.split()), sequence.one(syllables.split())
    form = sequence.one(["{0}", "{0}{1}", "{0}-{1}", "{0}-{1}", "{0} {1}"])
    return f"{sequence.one(surnames.split())} {form.format(first, second.lower() if form != '{0} {1}' else second)}"


def _code(sources: Path, given: set[str]) -> list[str]:
    """Return lines of programs and their comments in which nobody is named."""
    speaks = re.compile(
        r"[Cc]opyright|[Aa]uthor|[Ww]ritten|[Cc]ontribut|@|[Tt]hanks|\bby [A-Z]|Guido|Tim |'[A-Z][a-z]+'"
    )
    lines = []
    for path in sorted((sources / "python").glob("*.py")):
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            words = re.findall(r"\b[A-Z][a-z]+\b", line)
            if 8 < len(line.strip()) < 200 and not speaks.search(line) and not given & set(words):
                lines.append(line.strip())
    return lines


def _lemmas(sources: Path, kind: str) -> list[str]:
    lines = (sources / "wordnet" / f"index.{kind}").read_text(encoding="utf-8").splitlines()
    return [line.split(" ")[0] for line in lines if not line.startswith(" ") and "_" not in line.split(" ")[0]]


def _examples(sources: Path, kind: str) -> Iterator[str]:
    for line in (sources / "wordnet" / f"data.{kind}").read_text(encoding="utf-8").splitlines():
        for example in re.findall(r'"([^"]{8,160})"', line.partition("|")[2]):
            yield example.strip(" ;")


def _instances(sources: Path) -> tuple[list[str], list[str]]:
    """Return the places and the persons of WordNet that bear a name."""
    found: dict[str, list[str]] = {"15": [], "18": []}
    for line in (sources / "wordnet" / "data.noun").read_text(encoding="utf-8").splitlines():
        fields = line.partition(" | ")[0].split(" ")
        if len(fields) > 4 and fields[1] in found and "@i" in fields:
            words = [fields[4 + 2 * number].replace("_", " ") for number in range(int(fields[3], 16))]
            found[fields[1]] += [word for word in words if word[:1].isupper() and len(word) > 2]
    titled = r"Saint|the |St\.|of |[0-9]| I+$|^(?:Sir|Lord|Lady|King|Queen|Duke|Baron|Dr|President|Captain|Prince|Mr|Mrs|Count)\b"
    persons = [name for name in found["18"] if not re.search(titled, name)]
    return found["15"], persons


def _joined(sentence: str) -> str:
    """Return a sentence in which initials, surname and given name side by side are one name."""
    gap = f"{NAME_ENDS}( ?){NAME_BEGINS}"
    initial = f"{NAME_BEGINS}([A-Z]\\.?){gap}"
    sentence = re.sub(initial, f"{NAME_BEGINS}\\1\\2", sentence)
    sentence = re.sub(f"([^{NAME_ENDS}]){gap}([A-Z]\\.?{NAME_ENDS})", r"\1\2\3", sentence)
    return re.sub(f'{NAME_ENDS}, {NAME_BEGINS}(?=[^{NAME_ENDS} ]+{NAME_ENDS}(?:$|"))', ", ", sentence)


def _initial(sequence: Sequence) -> str:
    return named(sequence.one(list("ABCDEFGHJKLMNPRSTW")) + ".")


def _day(sequence: Sequence) -> str:
    return sequence.one(_LISTS["day"])


def _number(sequence: Sequence) -> str:
    return str(1 + sequence.below(int(sequence.one(["9", "30", "70", "100", "1000"]))))


def _year(sequence: Sequence) -> str:
    return str(1850 + sequence.below(180))


def _phone(sequence: Sequence) -> str:
    return f"{sequence.below(1000):03}-{sequence.below(1000):03}-{sequence.below(10_000):04}"


def _email(sequence: Sequence) -> str:
    letters = "".join(sequence.one(list("abcdefghiklmnoprstuvw")) for _ in range(3 + sequence.below(6)))
    return f"{letters}{sequence.one(['', '.smith', '.jones', '12'])}@{sequence.one(['example', 'mail', 'corp'])}.com"


def _ip(sequence: Sequence) -> str:
    return ".".join(str(sequence.below(256)) for _ in range(4))
