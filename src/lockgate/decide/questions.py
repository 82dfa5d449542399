"""Questions: what nobody has said, who asks, and whether an answer can still change the outcome."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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
        answers: Number of the answer to each open question.
        is_refused: Whether an article stands against it.
        open_duties: Names of the duties that hold it up.
        needs_judgement: Whether an article needs a person's judgement.
    """

    answers: tuple[int, ...]
    is_refused: bool
    open_duties: frozenset[str]
    needs_judgement: bool

    @property
    def what_counts(self) -> tuple[object, ...]:
        """Return what an answer may change."""
        return self.is_refused, self.needs_judgement, () if self.is_refused else self.open_duties


Result = tuple[Outcome, Sequence[Duty], Sequence[str]]
"""Outcome, duties, and places whose law is not coded."""


def list_questions(
    facts: Facts,
    readings: Sequence[ArticleReading],
    questions: OpenQuestions,
    standings: Sequence[Standing],
    result: Result,
) -> tuple[MissingFact, ...]:
    """Return the questions, those whose answer decides most first.

    Args:
        facts: The facts of the flow.
        readings: What each article says.
        questions: Open questions of the readings.
        standings: How the flow stands in each world; empty if there are too many.
        result: Outcome, duties and places not covered.
    """
    outcome, duties, uncovered = result
    weights = _weights(questions, standings)
    settled = outcome is Outcome.REFUSED
    asked = [
        (-weights[key], _missing(fact, _askers(readings, key), decides=bool(weights[key]) and not settled))
        for key in questions.atoms
        for fact in key.split("+")
        if facts.values.get(fact) is None
    ]
    coverage = [_uncovered(place) for place in uncovered]
    judgements = [_judgement(reading) for reading in readings if _needs_judgement(reading)]
    proofs = [_proof(duty, decides=outcome is Outcome.CONDITIONAL) for duty in duties if _is_unproven(duty)]
    helpful = sorted({fact for reading in readings for fact in reading.helpful})
    hints = [_missing(fact, _helped(readings, fact), decides=False) for fact in helpful]
    ordered = [missing for _, missing in sorted(asked, key=lambda item: item[0])]
    return _once([*coverage, *judgements, *ordered, *proofs, *hints])


def _weights(questions: OpenQuestions, standings: Sequence[Standing]) -> dict[str, int]:
    """Count for each question the pairs of worlds that differ in its answer alone and in what counts."""
    by_answers: Mapping[tuple[int, ...], Standing] = {standing.answers: standing for standing in standings}
    weights = {}
    for position, key in enumerate(questions.atoms):
        changed = 0
        for answers, standing in by_answers.items():
            for other in range(answers[position]):
                neighbour = by_answers[(*answers[:position], other, *answers[position + 1 :])]
                changed += neighbour.what_counts != standing.what_counts
        weights[key] = changed if standings else 1
    return weights


def _missing(fact: str, asked_by: tuple[str, ...], *, decides: bool) -> MissingFact:
    name, _, role = fact.partition(":")
    term = FACTS[name]
    party = name.partition(".")[0]
    question = f"Is the {party} a {role.replace('-', ' ')}?" if role else term.question
    return MissingFact(name, role, question, asked_by, decides)


def _askers(readings: Sequence[ArticleReading], key: str) -> tuple[str, ...]:
    return tuple(
        sorted(reading.citation for reading in readings if any(key in branch.assumed for branch in reading.branches))
    )


def _helped(readings: Sequence[ArticleReading], fact: str) -> tuple[str, ...]:
    return tuple(sorted(reading.citation for reading in readings if fact in reading.helpful))


def _uncovered(place: str) -> MissingFact:
    if place == "?":
        question = "In which countries are the data subjects and the holder?"
        return MissingFact("data.subjects_in", "", question, (), decides=True)
    question = f"The law of {place} is not coded for that day: what does it say of this flow?"
    return MissingFact("", "", question, (), decides=True)


def _needs_judgement(reading: ArticleReading) -> bool:
    return any(isinstance(branch.finding, CannotTell) for branch in reading.branches)


def _judgement(reading: ArticleReading) -> MissingFact:
    reason = next(branch.finding.reason for branch in reading.branches if isinstance(branch.finding, CannotTell))
    return MissingFact("", "", reason, (reading.citation,), decides=True)


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
