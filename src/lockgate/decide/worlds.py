"""The worlds that the unknown facts leave open, each with what the articles say in it together.

A world fixes an answer for every question that an article asked and that changes what it says. Answers are atoms:
the largest sets of values that no article tells apart, so that counts and lists stay finite. Joining happens inside a
world, so two articles that hang on the same unknown never contradict each other.

Articles that share no unknown and do not lift each other are independent: their worlds are enumerated apart, which
keeps their number small however much is unknown.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from math import prod

from lockgate.decide.evaluation import ArticleReading
from lockgate.laws.possible import Possible, meet
from lockgate.terms.finding import CannotTell, Finding, Forbids, Lifts, Requires
from lockgate.terms.interval import Interval

WORLDS_AT_MOST = 4096
"""Beyond this many worlds of dependent articles the flow is left undecided without looking at each."""


@dataclass(frozen=True, slots=True)
class World:
    """What the articles say together under one answer to every open question.

    Attributes:
        forbids: Citations of the articles that stand against the flow.
        requires: Citations by duty.
        met: Duties that every article that asks for them finds met by the facts.
        lifted: For each lifted article, the citations that lift it.
        judgements: Citations of the articles that need a person's judgement.
    """

    forbids: tuple[str, ...]
    requires: Mapping[str, tuple[str, ...]]
    met: frozenset[str]
    lifted: Mapping[str, tuple[str, ...]]
    judgements: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OpenQuestions:
    """The questions whose answer changes what an article says.

    Attributes:
        atoms: For each question the answers that matter, by key.
    """

    atoms: Mapping[str, tuple[Possible, ...]]

    @property
    def number_of_worlds(self) -> int:
        """How many combinations of answers there are."""
        return prod(len(atoms) for atoms in self.atoms.values())


def independent_groups(readings: Sequence[ArticleReading]) -> tuple[tuple[ArticleReading, ...], ...]:
    """Return the readings in groups that share no unknown and do not lift each other.

    First the group of all that no unknown touches, then the others, each in the order of the readings.
    """
    links: dict[str, str] = {}

    def root(node: str) -> str:
        while (parent := links.get(node, node)) != node:
            links[node] = node = links.get(parent, parent)
        return node

    for reading in readings:
        if reading.is_silent:
            continue
        for node in _neighbours(reading):
            links[root(node)] = root(reading.citation)
    if not links:
        return (tuple(readings),)
    uncertain = {root(reading.citation) for reading in readings if not reading.is_certain}
    groups: dict[str, list[ArticleReading]] = {"": []}
    for reading in readings:
        name = root(reading.citation)
        groups.setdefault(name if name in uncertain else "", []).append(reading)
    return tuple(tuple(group) for group in groups.values() if group)


def _neighbours(reading: ArticleReading) -> Iterator[str]:
    """Yield what a reading hangs together with: the unknown facts it asks for, and the articles it may lift."""
    for branch in reading.branches:
        yield from (f"question {key}" for key in branch.assumed)
        if isinstance(branch.finding, Lifts):
            yield from branch.finding.articles


def open_questions(readings: Sequence[ArticleReading]) -> OpenQuestions:
    """Return the questions that the readings leave open, with the answers that they tell apart."""
    asked: dict[str, list[Possible]] = {}
    for reading in readings:
        for branch in reading.branches:
            for key, possible in branch.assumed.items():
                asked.setdefault(key, []).append(possible)
    return OpenQuestions({key: _atoms(possibles) for key, possibles in sorted(asked.items())})


def worlds(
    readings: Sequence[ArticleReading], questions: OpenQuestions
) -> tuple[tuple[World, ...], Mapping[tuple[int, ...], World]]:
    """Return the worlds that differ, and which of them every combination of answers leads to.

    Args:
        readings: What each article says, article by article.
        questions: Made from the same readings; must have at most `WORLDS_AT_MOST` worlds.
    """
    speaking = [reading for reading in readings if not reading.is_silent]
    if not questions.atoms:
        only = join([(reading.citation, reading.branches[0].finding) for reading in speaking])
        return (only,), {(): only}
    keys = list(questions.atoms)
    uncertain = sorted(
        (_table(reading, questions, keys) for reading in speaking if not reading.is_certain),
        key=lambda table: table.positions[-1],
    )
    joined: dict[tuple[int, ...], World] = {}
    by_answers = {}
    for answers, said in _combinations(uncertain, [len(atoms) for atoms in questions.atoms.values()]):
        world = joined.get(said)
        if world is None:
            says = {table.reading: branch for table, branch in zip(uncertain, said, strict=True)}
            world = joined[said] = join(
                [(reading.citation, reading.branches[says.get(reading, 0)].finding) for reading in speaking]
            )
        by_answers[answers] = world
    return tuple(joined.values()), by_answers


def join(findings: Sequence[tuple[str, Finding]]) -> World:
    """Return what findings say together: lifts take away what the lifted articles ask or forbid.

    Args:
        findings: Each with its citation.
    """
    lifted: dict[str, list[str]] = {}
    for citation, finding in findings:
        if isinstance(finding, Lifts):
            for target in finding.articles:
                lifted.setdefault(target, []).append(citation)
    standing = [(citation, finding) for citation, finding in findings if citation not in lifted]
    requires: dict[str, list[str]] = {}
    not_met: set[str] = set()
    for citation, finding in standing:
        if isinstance(finding, Requires):
            for duty in finding.duties:
                requires.setdefault(duty, []).append(citation)
            not_met |= set(finding.duties) - set(finding.met)
    return World(
        forbids=tuple(citation for citation, finding in standing if isinstance(finding, Forbids)),
        requires={duty: tuple(sorted(citations)) for duty, citations in requires.items()},
        met=frozenset(requires) - not_met,
        lifted={target: tuple(sorted(by)) for target, by in lifted.items()},
        judgements=tuple(citation for citation, finding in standing if isinstance(finding, CannotTell)),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Table:
    """What a reading that is not certain says.

    Attributes:
        reading: Which.
        positions: Of the questions that it hangs on, ascending.
        branch_of: Number of the first branch with the same consequence, for every combination of their answers.
    """

    reading: ArticleReading
    positions: tuple[int, ...]
    branch_of: Mapping[tuple[int, ...], int]


def _combinations(tables: Sequence[_Table], sizes: Sequence[int]) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Return every combination of answers, each with the branch that every table then has.

    Answers are given question by question, so that a reading is looked up once for those that it does not hang on.

    Args:
        tables: In the order of the last question that each hangs on.
        sizes: How many answers each question has.
    """
    found: list[tuple[tuple[int, ...], tuple[int, ...]]] = [((), ())]
    for question, size in enumerate(sizes):
        ready = [(table.positions, table.branch_of) for table in tables if table.positions[-1] == question]
        longer = [((*answers, answer), said) for answers, said in found for answer in range(size)]
        found = [
            (answers, (*said, *[branch_of[tuple([answers[place] for place in places])] for places, branch_of in ready]))
            for answers, said in longer
        ]
    return found


def _table(reading: ArticleReading, questions: OpenQuestions, keys: list[str]) -> _Table:
    own = sorted({key for branch in reading.branches for key in branch.assumed}, key=keys.index)
    consequences = [replace(branch.finding, reason="") for branch in reading.branches]
    first = [consequences.index(consequence) for consequence in consequences]
    branch_of = {}
    for answers in product(*(range(len(questions.atoms[key])) for key in own)):
        chosen = {key: questions.atoms[key][answer] for key, answer in zip(own, answers, strict=True)}
        branch_of[answers] = next(
            first[number]
            for number, branch in enumerate(reading.branches)
            if all(meet(possible, chosen[key]) is not None for key, possible in branch.assumed.items())
        )
    return _Table(reading, tuple(keys.index(key) for key in own), branch_of)


def _atoms(possibles: list[Possible]) -> tuple[Possible, ...]:
    """Return the finest answers that the given sets of values tell apart."""
    counts = [possible for possible in possibles if isinstance(possible, Interval)]
    if counts:
        starts = sorted(
            {count.low for count in counts} | {count.high + 1 for count in counts if count.high is not None}
        )
        ends: list[int | None] = [start - 1 for start in starts[1:]]
        top = None if any(count.high is None for count in counts) else max(count.high or 0 for count in counts)
        atoms = [Interval(low, high) for low, high in zip(starts, [*ends, top], strict=True)]
        return tuple(atom for atom in atoms if atom.high is None or atom.high >= atom.low)
    sets = dict.fromkeys(possible for possible in possibles if not isinstance(possible, Interval))
    by_signature: dict[tuple[bool, ...], set[object]] = {}
    for value in frozenset().union(*sets):
        by_signature.setdefault(tuple(value in one for one in sets), set()).add(value)
    return tuple(frozenset(values) for _, values in sorted(by_signature.items(), reverse=True))  # type: ignore[arg-type] # values come from sets of values
