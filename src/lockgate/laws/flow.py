"""The facts of one flow as an article reads them.

An article asks in plain yes-or-no questions. Where the facts do not answer, the question is put to both cases in turn:
`Fork` interrupts the article, and `decide` reads it again once for each answer. So no article can take an unknown for
a permission, and none has to speak of unknowns at all.
"""

from collections.abc import Collection, Mapping
from datetime import date

from lockgate.laws.possible import EITHER, Possible, Test, split
from lockgate.laws.threshold import Threshold
from lockgate.terms.category import Category
from lockgate.terms.fact import FACTS, FactType
from lockgate.terms.facts import ColumnFacts, Facts, FactValue
from lockgate.terms.interval import Interval, exactly
from lockgate.terms.lists import PLACES

EXPORTED_ORDINARY = "holder.exported_this_year.ordinary"
EXPORTED_SENSITIVE = "holder.exported_this_year.sensitive"


class Fork(Exception):  # noqa: N818 - not an error: an article asked for an unknown fact
    """An article asked for an unknown fact.

    Args:
        key: What is unknown: a fact's name; the name and the role asked about, joined by a colon; or the names of
            the facts whose sum is asked about, joined by a plus.
        yes: What it can be if the answer is yes.
        no: What it can be if the answer is no.
    """

    def __init__(self, key: str, yes: Possible, no: Possible) -> None:
        super().__init__(key)
        self.key, self.yes, self.no = key, yes, no


class Flow:
    """One flow under assumptions about what is unknown.

    Args:
        facts: What is known.
        assumed: What unknown facts are taken to be, by key.

    Attributes:
        helpful: Unknown facts that could only free the flow of duties; they count as no.
    """

    def __init__(self, facts: Facts, assumed: Mapping[str, Possible]) -> None:
        self.facts = facts
        self.as_of: date = facts.as_of
        self.helpful: set[str] = set()
        self._assumed = assumed

    # What is asked of single facts

    def is_any(self, fact: str, wanted: Collection[FactValue]) -> bool:
        """Whether a choice, a place or a flag is one of some values."""
        value = self.facts.values.get(fact)
        if value is not None:
            return value in wanted
        term = FACTS[fact]
        if term.only_lifts or term.presumed_absent:
            self.helpful.add(fact)
            return False
        return self._ask(fact, _every_value(fact), frozenset(wanted))

    def says(self, fact: str) -> bool:
        """Whether a flag is set."""
        return self.is_any(fact, (True,))

    def known(self, fact: str) -> FactValue | None:
        """Return a fact that can only free the flow of duties; None, and a hint that it would help, if unknown.

        So are facts read that speak only when said, such as an objection of the persons: the hint asks for them.
        """
        value = self.facts.values.get(fact)
        if value is None:
            self.helpful.add(fact)
        return value

    def is_known_to_be(self, fact: str, value: FactValue) -> bool:
        """Whether a proof of performance, such as a quality of consent, is known to have a value.

        Left out, it does not decide here: the duty that it proves then stays open (flow-file contract, section 3.1).
        """
        return self.facts.values.get(fact) == value

    def has_text(self, fact: str) -> bool:
        """Whether a text is given and not empty; a text left out is unknown."""
        value = self.facts.values.get(fact)
        return bool(value) if value is not None else self._ask(fact, EITHER, frozenset({True}))

    def has_role(self, party: str, role: str) -> bool:
        """Whether `holder` or `recipient` has a role."""
        roles = self.facts.values.get(f"{party}.roles")
        if isinstance(roles, tuple):
            if role in roles:
                return True
            if role not in self.facts.roles_unknown.get(party, ()):
                return False
        return self._ask(f"{party}.roles:{role}", EITHER, frozenset({True}))

    def reaches(self, count: str, threshold: Threshold) -> bool:
        """Whether a count reaches a number of the law; its boundary word says whether the number itself counts."""
        key, known = self._count(count)
        return self._ask(key, known, threshold.least)

    def surely_reaches(self, count: str, threshold: Threshold) -> bool:
        """Whether a count is known to reach a number of the law; left open, it does not decide.

        For duties that hold nothing up, so that nobody is asked for a count that gates nothing.
        """
        return self._count(count)[1].low >= threshold.least

    def is_done(self, safeguard: str) -> bool:
        """Whether a safeguard is said to be done by the day; for articles that free a flow on its proof."""
        said = self.facts.safeguards.get(safeguard)
        return said is not None and not said.denied and any(day <= self.as_of for day in said.done.values())

    # What articles ask in common

    def is_about(self, jurisdiction: str) -> bool:
        """Whether what moves is personal information in a jurisdiction."""
        if not self.facts.holds_personal_columns:
            return False
        anonymous_for = self.known("safeguards.anonymous_for")
        return not (isinstance(anonymous_for, tuple) and jurisdiction in anonymous_for)

    def is_connected_to(self, places: Collection[str]) -> bool:
        """Whether the holder or a data subject is in one of some places, or the data was collected there."""
        return self.subjects_in(places) or self.known("data.collected_in") in places or self.is_any("holder.in", places)

    def subjects_in(self, places: Collection[str]) -> bool:
        """Whether any data subject is in one of some places."""
        known = self.facts.values.get("data.subjects_in")
        if isinstance(known, tuple):
            return not frozenset(places).isdisjoint(known)
        return self._ask("data.subjects_in", frozenset(PLACES), frozenset(places))

    def leaves(self, places: Collection[str]) -> bool:
        """Whether the recipient is outside some places, by whatever means it gets at the data."""
        return not self.is_any("recipient.in", places)

    def ground_is(self, *grounds: str) -> bool:
        """Whether the use rests on one of some legal grounds."""
        return self.is_any("basis.ground", grounds)

    def recipient_is(self, *kinds: str) -> bool:
        """Whether the recipient stands to the holder in one of some ways."""
        return self.is_any("recipient.as", kinds)

    def use_is(self, *purposes: str) -> bool:
        """Whether the data will be used for one of some purposes."""
        return self.is_any("purpose.use", purposes)

    def use_changes(self) -> bool:
        """Whether the data will be used for another purpose than they were collected for."""
        use, earlier = self.facts.values.get("purpose.use"), self.facts.values.get("purpose.collected_for")
        if use is None:
            return self._ask("purpose.use+purpose.collected_for", EITHER, frozenset({True}))
        return not self._ask_purpose(earlier, use)

    def means_are(self, *means: str) -> bool:
        """Whether the data moves by one of some means."""
        return self.is_any("means.by", means)

    def holds(self, categories: Collection[Category]) -> bool:
        """Whether a column of single persons that moves is of one of some categories."""
        return any(column.category in categories for column in self.personal_columns)

    @property
    def personal_columns(self) -> tuple[ColumnFacts, ...]:
        """The columns of single persons that move."""
        return self.facts.personal_columns

    # How a question is answered

    def _ask_purpose(self, earlier: FactValue | None, use: FactValue) -> bool:
        return earlier == use if earlier is not None else self.is_any("purpose.collected_for", (use,))

    def _count(self, name: str) -> tuple[str, Interval]:
        """Return what is unknown about a count, and its bounds; exports are counted with this flow's persons."""
        persons = self._bounds("data.persons")
        if name == EXPORTED_ORDINARY:
            return f"{name}+data.persons", self._bounds(name) + persons
        if name == EXPORTED_SENSITIVE:
            return f"{name}+data.sensitive_persons", self._bounds(name) + self._bounds("data.sensitive_persons")
        bounds = self._bounds(name)
        if name == "holder.persons_held" and not bounds.is_exact:
            return name, Interval(persons.low, None)
        return name, bounds

    def _bounds(self, fact: str) -> Interval:
        value = self.facts.values.get(fact)
        if isinstance(value, int):
            return exactly(value)
        return Interval(0, self._bounds("data.persons").high if fact == "data.sensitive_persons" else None)

    def _ask(self, key: str, possible: Possible, test: Test) -> bool:
        yes, no = split(self._assumed.get(key, possible), test)
        if yes is None or no is None:
            return yes is not None
        raise Fork(key, yes, no)


def _every_value(fact: str) -> Possible:
    term = FACTS[fact]
    if term.type in (FactType.FLAG, FactType.TRISTATE):
        return EITHER
    if term.type is FactType.PLACE:
        return frozenset(PLACES)
    return frozenset(term.options)
