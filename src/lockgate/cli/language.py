"""The words of a language in which decisions are printed.

What rules say as their reason is English in every language; so is a word that a language lacks.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from lockgate.terms.decision import MissingFact, Outcome
from lockgate.terms.duty import DUTIES
from lockgate.terms.fact import FACTS
from lockgate.terms.finding import Effect
from lockgate.terms.measure import Measure

LANGUAGES = ("en", "zh", "ko")

_ARTICLE = re.compile(r"(\d+)(?:-(\d+))?(.*)")


@dataclass(frozen=True, slots=True)
class Language:
    """The words of one language.

    Attributes:
        code: `en`, `zh` or `ko`.
        words: By kind, then by name.
        titles: Of the instruments in the language of their law, by id; empty for English.
    """

    code: str
    words: Mapping[str, Mapping[str, str]]
    titles: Mapping[str, str]

    def say(self, phrase: str, **blanks: object) -> str:
        """Return a phrase with its blanks filled."""
        return self._word("phrases", phrase).format(**blanks)

    def outcome(self, outcome: Outcome) -> str:
        """Return the name of an outcome."""
        return self._word("outcomes", outcome.value)

    def meaning(self, outcome: Outcome) -> str:
        """Return what an outcome means."""
        return self._word("meanings", outcome.value)

    def effect(self, effect: Effect) -> str:
        """Return what a finding does."""
        return self._word("effects", effect.value)

    def duty(self, duty: str) -> str:
        """Return what a duty asks for."""
        return self.words.get("duties", {}).get(duty) or DUTIES[duty].title

    def question(self, item: MissingFact) -> str:
        """Return the question of a missing fact."""
        if self.code == "en":
            return item.question
        if item.role:
            return self.say("role", party=item.fact.partition(".")[0], role=item.role)
        return self.words.get("facts", {}).get(item.fact) or self._proof(item) or item.question

    def fact(self, name: str) -> str:
        """Return the question by which a fact is known."""
        asked = self.words.get("facts", {}).get(name)
        return asked or (FACTS[name].question if name in FACTS else name)

    def step(self, step: Measure) -> str:
        """Return a measure as a person would say it."""
        return self._word("measures", step.kind.value).format(
            columns=", ".join(step.columns), amount=f"{step.amount:,}"
        )

    def citation(self, citation: str) -> str:
        """Return a citation as a lawyer of the law writes it; in English the identifier that the log has.

        >>> language("zh", {"cn/pipl": "个人信息保护法"}).citation("cn/pipl 39")
        '《个人信息保护法》第39条'
        """
        instrument, _, article = citation.partition(" ")
        title = self.titles.get(instrument)
        if not title:
            return citation
        number = _ARTICLE.fullmatch(article)
        if number is None or not instrument.startswith(("cn/", "kr/")):
            return f"{title} {article}"
        main, inserted, rest = number.groups()
        if instrument.startswith("cn/"):
            return f"《{title}》第{main}条{f'之{inserted}' if inserted else ''}{rest}"
        return f"{title} 제{main}조{f'의{inserted}' if inserted else ''}{rest}"

    def _proof(self, item: MissingFact) -> str:
        duty = item.fact.removeprefix("safeguards.")
        return f"{self.duty(duty)}: ?" if duty in DUTIES else ""

    def _word(self, kind: str, name: str) -> str:
        return self.words[kind][name]


def language(code: str, titles: Mapping[str, str]) -> Language:
    """Return the words of a language.

    Args:
        code: One of `LANGUAGES`.
        titles: Of the instruments in the language of their law, by id.
    """
    return Language(code, _read(code), titles if code != "en" else {})


@cache
def _read(code: str) -> Mapping[str, Mapping[str, str]]:
    text = (files("lockgate.cli") / "words" / f"{code}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


ENGLISH = language("en", {})
"""The words of lockgate itself."""
