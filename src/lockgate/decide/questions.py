"""Questions: what nobody has said, who asks, and whether an answer can still change the outcome."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from lockgate.decide.evaluation import ArticleReading
from lockgate.decide.worlds import OpenQuestions
from lockgate.terms.decision import MissingFact, Outcome
from lockgate.terms.duty import DUTIES, Duty
from lockgate.terms.fact import FACTS
from lockgate.terms.facts import Facts
from lockgate.terms.finding import CannotTell
from lockgate.terms.truth import Truth


@dataclass(frozen=True, slots=True)
class Standing:
    """How a flow stands in one world.

    Attributes:
        is_refused: Whether an article stands against it.
        open_duties: Names of the duties that hold it up.
        needs_judgement: Whether an article needs a person's judgement.
    """

    is_refused: bool
    open_duties: frozenset[str]
    needs_judgement: bool

    def what_counts(self, always_open: frozenset[str]) -> tuple[object, ...]:
        """Return what an answer may change beside the duties that are open anyway."""
        open_ = frozenset[str]() if self.is_refused else self.open_duties - always_open
        return self.is_refused, self.needs_judgement, open_


@dataclass(frozen=True, slots=True)
class Asked:
    """Dependent articles with the questions they leave open.

    Attributes:
        readings: What each article says.
        questions: What they leave open together.
        standings: How the flow stands for each combination of answers, by their numbers; empty if there are too many.
    """

    readings: tuple[ArticleReading, ...]
    questions: OpenQuestions
    standings: Mapping[tuple[int, ...], Standing]


@dataclass(frozen=True, slots=True)
class Result:
    """What was decided.

    Attributes:
        outcome: Of the flow.
        duties: What it is bound to.
        uncovered: Places whose law is not coded.
    """

    outcome: Outcome
    duties: tuple[Duty, ...]
    uncovered: tuple[str, ...]


def list_questions(
    facts: Facts, groups: Sequence[Asked], always_open: frozenset[str], result: Result
) -> tuple[MissingFact, ...]:
    """Return the questions, those whose answer decides most first.

    Args:
        facts: The facts of the flow.
        groups: Groups of dependent articles.
        always_open: Duties that hold the flow up whatever the answers.
        result: What was decided.
    """
    readings = [reading for group in groups for reading in group.readings]
    is_settled = result.outcome is Outcome.REFUSED
    asked = []
    for group in groups:
        for key, weight in _weights(group, always_open).items():
            for fact in key.split("+"):
                if facts.values.get(fact) is None:
                    askers = _askers(group.readings, key)
                    missing = _missing(fact, askers, decides=weight > 0 and not is_settled)
                    asked.append(((-weight, -len(askers)), missing))
    coverage = [_uncovered(place, decides=not is_settled) for place in result.uncovered]
    judgements = [
        judgement
        for reading in readings
        if _needs_judgement(reading)
        for judgement in _judgements(reading, decides=not is_settled)
    ]
    is_conditional = result.outcome is Outcome.CONDITIONAL
    proofs = [_proof(duty, decides=is_conditional) for duty in result.duties if _is_unproven(duty)]
    helpful = sorted({fact for reading in readings for fact in reading.helpful})
    hints = [_missing(fact, _helped(readings, fact), decides=False) for fact in helpful]
    ordered = [missing for _, missing in sorted(asked, key=lambda item: item[0])]
    return _once([*coverage, *sorted(judgements, key=lambda item: item.asked_by), *ordered, *proofs, *hints])


def _weights(group: Asked, always_open: frozenset[str]) -> dict[str, float]:
    """Return for each question the share of answers, all else alike, between which what counts changes; else 1."""
    keys = tuple(group.questions.atoms)
    if not group.standings:
        return dict.fromkeys(keys, 1.0)
    counts = {id(standing): standing.what_counts(always_open) for standing in group.standings.values()}
    numbered = {what: number for number, what in enumerate(dict.fromkeys(counts.values()))}
    by_answers = {answers: numbered[counts[id(standing)]] for answers, standing in group.standings.items()}
    weights = {}
    for position, key in enumerate(keys):
        alike: dict[tuple[int, ...], list[int]] = {}
        for answers, what in by_answers.items():
            alike.setdefault(answers[:position] + answers[position + 1 :], []).append(what)
        changed = sum(one != other for among in alike.values() for one, other in combinations(among, 2))
        size = len(group.questions.atoms[key])
        pairs = len(alike) * size * (size - 1) // 2
        weights[key] = changed / pairs if pairs else 0.0
    return weights


def _missing(fact: str, asked_by: tuple[str, ...], *, decides: bool) -> MissingFact:
    name, _, role = fact.partition(":")
    term = FACTS[name]
    party = name.partition(".")[0]
    article = "an" if role[:1] in ("a", "e", "i", "o") else "a"
    question = f"Is the {party} {article} {role.replace('-', ' ')}?" if role else term.question
    return MissingFact(name, role, question, asked_by, decides)


def _askers(readings: Sequence[ArticleReading], key: str) -> tuple[str, ...]:
    return tuple(
        sorted(reading.citation for reading in readings if any(key in branch.assumed for branch in reading.branches))
    )


def _helped(readings: Sequence[ArticleReading], fact: str) -> tuple[str, ...]:
    return tuple(sorted(reading.citation for reading in readings if fact in reading.helpful))


def _uncovered(place: str, *, decides: bool) -> MissingFact:
    if place.partition(":")[0] in FACTS:
        return _missing(place, (), decides=decides)
    question = f"The law of {place} is not coded for that day: what does it say of this flow?"
    return MissingFact("", "", question, (), decides)


def _needs_judgement(reading: ArticleReading) -> bool:
    return any(isinstance(branch.finding, CannotTell) for branch in reading.branches)


def _judgements(reading: ArticleReading, *, decides: bool) -> list[MissingFact]:
    """Return what an article leaves to a person: the facts that would settle it, else the judgement in words."""
    finding = next(branch.finding for branch in reading.branches if isinstance(branch.finding, CannotTell))
    facts = finding.missing or ("",)
    return [MissingFact(fact, "", finding.reason, (reading.citation,), decides) for fact in facts]


def _is_unproven(duty: Duty) -> bool:
    return duty.holds_up and duty.met is Truth.UNKNOWN


def _proof(duty: Duty, *, decides: bool) -> MissingFact:
    if duty.id == "minimum-scope":
        return MissingFact("data.columns", "", "Which columns does the purpose need?", duty.because, decides)
    question = f"Has this been done, and when: {DUTIES[duty.id].title}?"
    return MissingFact(f"safeguards.{duty.id}", "", question, duty.because, decides)


def _once(questions: Sequence[MissingFact]) -> tuple[MissingFact, ...]:
    """Keep each question once, joined with all who ask it."""
    kept: dict[tuple[str, str, str], MissingFact] = {}
    for question in questions:
        name = (question.fact, question.role, question.question if not question.fact else "")
        earlier = kept.get(name)
        if earlier is None:
            kept[name] = question
        else:
            asked_by = tuple(sorted({*earlier.asked_by, *question.asked_by}))
            kept[name] = MissingFact(
                earlier.fact, earlier.role, earlier.question, asked_by, earlier.decides or question.decides
            )
    return tuple(kept.values())
