"""The decision on one flow: outcome, findings, duties, questions.

Numbered steps, tagged in `decide_as_it_stands`:

 1. Read every coded article over the facts, for every answer to what is unknown (`evaluation`).
 2. Join dependent articles in every world that the unknown facts leave open (`worlds`).
 3. Ask which duties the facts show met (`duties`).
 4. Outcome: refused if some group of articles refuses in every world; undecided if worlds differ in what holds the
    flow up, if a person has to judge, or if a law that governs the flow is not coded; conditional if a duty is open;
    else permitted.
 5. List the findings, the duties that every world asks for, and the questions.

Routes are found by deciding again (`routes`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from lockgate.decide.duties import assess_duty
from lockgate.decide.evaluation import ArticleReading, read_laws, read_laws_unless_barred
from lockgate.decide.questions import Asked, Result, Standing, list_questions
from lockgate.decide.worlds import (
    WORLDS_AT_MOST,
    OpenQuestions,
    World,
    independent_groups,
    join,
    open_questions,
    worlds,
)
from lockgate.laws.body import Laws
from lockgate.laws.flow import Flow, Fork
from lockgate.terms.decision import Decision, Outcome
from lockgate.terms.duty import DUTIES, Duty
from lockgate.terms.facts import Facts
from lockgate.terms.finding import (
    CannotTell,
    CitedFinding,
    DoesNotApply,
    Effect,
    Finding,
    Forbids,
    Lifts,
    Requires,
)

_EFFECTS: dict[type, Effect] = {
    DoesNotApply: Effect.DOES_NOT_APPLY,
    Requires: Effect.REQUIRES,
    Forbids: Effect.FORBIDS,
    Lifts: Effect.LIFTS,
    CannotTell: Effect.CANNOT_TELL,
}


_HoldsUp = Callable[[str, bool], bool]
"""Whether a duty holds the flow up, by its name and by whether the articles find it met."""


@dataclass(frozen=True, slots=True)
class _Group:
    """Dependent articles in all their worlds.

    Attributes:
        readings: What each article says.
        questions: What they leave open together.
        every: All worlds that differ; empty if there are too many.
        standings: How the flow stands in each, as far as these articles go.
        by_answers: Which of these every combination of answers leads to.
    """

    readings: tuple[ArticleReading, ...]
    questions: OpenQuestions
    every: tuple[World, ...]
    standings: tuple[Standing, ...]
    by_answers: Mapping[tuple[int, ...], Standing]

    @property
    def always_open(self) -> frozenset[str]:
        """Return the duties that hold the flow up in every world of the group."""
        return frozenset.intersection(*(item.open_duties for item in self.standings)) if self.standings else frozenset()


@dataclass(frozen=True, slots=True)
class _Weighed:
    """What the articles say together.

    Attributes:
        readings: What each says.
        groups: Of dependent articles, in all their worlds.
        always_open: Duties that hold the flow up in every world.
        common: What holds in every world.
        uncovered: Places whose law is not coded.
        outcome: Of the flow.
    """

    readings: tuple[ArticleReading, ...]
    groups: tuple[_Group, ...]
    always_open: frozenset[str]
    common: World
    uncovered: tuple[str, ...]
    outcome: Outcome


def decide_as_it_stands(facts: Facts, laws: Laws) -> Decision:
    """Return the decision on a flow without a search for routes.

    Args:
        facts: The facts of the flow, reconciled.
        laws: The coded instruments.
    """
    weighed = _weigh(facts, laws, read_laws(facts, laws))  # 1
    duties = _duties(weighed.common, facts, laws)  # 5
    asked = [Asked(group.readings, group.questions, group.by_answers) for group in weighed.groups]
    result = Result(weighed.outcome, duties, weighed.uncovered)
    return Decision(
        outcome=weighed.outcome,
        as_of=facts.as_of,
        laws=laws.stamp,
        findings=_cite(weighed.readings, weighed.common),
        duties=duties,
        missing=list_questions(facts, asked, weighed.always_open, result),
    )


def weigh_only(facts: Facts, laws: Laws) -> tuple[Outcome, tuple[str, ...]]:
    """Return the outcome of a flow and the names of the duties that hold it up, without findings and questions.

    Args:
        facts: The facts of the flow, reconciled.
        laws: The coded instruments.
    """
    weighed = _weigh(facts, laws, read_laws(facts, laws))
    return weighed.outcome, open_duties(_duties(weighed.common, facts, laws))


def weigh_lawful(facts: Facts, laws: Laws) -> tuple[Outcome, tuple[str, ...]] | None:
    """Return what `weigh_only` returns for a flow that is permitted or conditional, else None, known sooner.

    Args:
        facts: The facts of the flow, reconciled.
        laws: The coded instruments.
    """
    readings = None if uncovered_places(facts, laws) else read_laws_unless_barred(facts, laws)
    if readings is None:
        return None
    weighed = _weigh(facts, laws, readings)
    if weighed.outcome not in (Outcome.PERMITTED, Outcome.CONDITIONAL):
        return None
    return weighed.outcome, open_duties(_duties(weighed.common, facts, laws))


def _weigh(facts: Facts, laws: Laws, readings: tuple[ArticleReading, ...]) -> _Weighed:
    holds_up = _asking(facts, laws)
    groups = tuple(_enumerate(group, holds_up) for group in independent_groups(readings))  # 2, 3
    uncovered = uncovered_places(facts, laws)
    always_open = frozenset[str]().union(*(group.always_open for group in groups))
    outcome = _outcome(groups, always_open, covered=not uncovered)  # 4
    return _Weighed(readings, groups, always_open, _joined([_common(group) for group in groups]), uncovered, outcome)


def _duties(common: World, facts: Facts, laws: Laws) -> tuple[Duty, ...]:
    return tuple(
        assess_duty(duty, common.requires[duty], facts, laws, shown_met=duty in common.met)
        for duty in DUTIES
        if duty in common.requires
    )


def uncovered_places(facts: Facts, laws: Laws) -> tuple[str, ...]:
    """Return the places whose law governs the flow and is not coded for the day, sorted.

    A place that is not said stands as the name of the fact that would say it; so does a place whose coded law covers
    some flows only, where a fact that is not said tells whether this is one of them.
    """
    covered = laws.covered_on(facts.as_of)
    subjects = facts.values.get("data.subjects_in")
    collected = facts.values.get("data.collected_in")
    places = {str(facts.values.get("holder.in", "holder.in"))}
    if isinstance(subjects, tuple):
        places |= set(subjects)
    elif facts.holds_personal_columns:
        places.add("data.subjects_in")
    if collected is not None:
        places.add(str(collected))
    uncovered = {place for place in places if place not in covered}
    return tuple(sorted({_law_of(place, facts, laws) for place in uncovered} - {_COVERED}))


_COVERED = ""


def _law_of(place: str, facts: Facts, laws: Laws) -> str:
    """Return nothing if a law covers this flow in a place, else the place, or the unknown fact that would tell."""
    for instrument in laws.instruments:
        if instrument.governs is None or place not in instrument.territory_on(facts.as_of):
            continue
        try:
            if instrument.covers_flow(Flow(facts, {})):
                return _COVERED
        except Fork as fork:
            return fork.key
    return place


def _enumerate(readings: tuple[ArticleReading, ...], holds_up: _HoldsUp) -> _Group:
    questions = open_questions(readings)
    if questions.number_of_worlds > WORLDS_AT_MOST:
        return _Group(readings, questions, (), (), {})
    every, by_answers = worlds(readings, questions)
    standings = {id(world): _standing(world, holds_up) for world in every}
    return _Group(
        readings,
        questions,
        every,
        tuple(standings.values()),
        {answers: standings[id(world)] for answers, world in by_answers.items()},
    )


def _standing(world: World, holds_up: _HoldsUp) -> Standing:
    return Standing(
        is_refused=bool(world.forbids),
        open_duties=frozenset(duty for duty in world.requires if holds_up(duty, duty in world.met)),
        needs_judgement=bool(world.judgements),
    )


def _asking(facts: Facts, laws: Laws) -> _HoldsUp:
    """Return the question whether a duty holds the flow up, put once for each duty."""
    known: dict[tuple[str, bool], bool] = {}

    def holds_up(duty: str, shown_met: bool) -> bool:  # noqa: FBT001 - half of the key under which it is kept
        key = duty, shown_met
        if key not in known:
            known[key] = assess_duty(duty, (), facts, laws, shown_met=shown_met).holds_up
        return known[key]

    return holds_up


def _outcome(groups: Sequence[_Group], always_open: frozenset[str], *, covered: bool) -> Outcome:
    if any(group.standings and all(item.is_refused for item in group.standings) for group in groups):
        return Outcome.REFUSED
    standings = [item for group in groups for item in group.standings]
    if not covered or not all(group.standings for group in groups):
        return Outcome.UNDECIDED
    if any(item.is_refused or item.needs_judgement for item in standings):
        return Outcome.UNDECIDED
    if any(item.open_duties - always_open for item in standings):
        return Outcome.UNDECIDED
    return Outcome.CONDITIONAL if always_open else Outcome.PERMITTED


def _common(group: _Group) -> World:
    """Return what holds in every world of a group."""
    if len(group.every) <= 1:
        return group.every[0] if group.every else join(())
    first, *rest = group.every
    requires = {
        duty: tuple(sorted(set[str].union(*(set(world.requires[duty]) for world in group.every))))
        for duty in first.requires
        if all(duty in world.requires for world in rest)
    }
    return World(
        forbids=tuple(citation for citation in first.forbids if all(citation in world.forbids for world in rest)),
        requires=requires,
        met=frozenset.intersection(*(world.met for world in group.every)) & frozenset(requires),
        lifted={target: by for target, by in first.lifted.items() if all(target in world.lifted for world in rest)},
        judgements=first.judgements,
    )


def _joined(commons: Sequence[World]) -> World:
    """Return what holds in every world of all groups; a duty is met if all who ask for it find it met."""
    requires: dict[str, tuple[str, ...]] = {}
    for common in commons:
        for duty, citations in common.requires.items():
            requires[duty] = tuple(sorted({*requires.get(duty, ()), *citations}))
    not_met = {duty for common in commons for duty in common.requires if duty not in common.met}
    return World(
        forbids=tuple(citation for common in commons for citation in common.forbids),
        requires=requires,
        met=frozenset(requires) - not_met,
        lifted={target: by for common in commons for target, by in common.lifted.items()},
        judgements=tuple(citation for common in commons for citation in common.judgements),
    )


def _cite(readings: Sequence[ArticleReading], common: World) -> tuple[CitedFinding, ...]:
    cited = [_cited(reading, common.lifted.get(reading.citation, ())) for reading in readings]
    return tuple(sorted(cited, key=lambda finding: finding.effect is Effect.DOES_NOT_APPLY))


def _cited(reading: ArticleReading, lifted_by: tuple[str, ...]) -> CitedFinding:
    if reading.is_silent and not lifted_by:
        version, reason = reading.version, reading.branches[0].finding.reason
        return _silent(
            reading.instrument, reading.article, reason, (version.in_force, version.until), version.confidence
        )
    findings = [branch.finding for branch in reading.branches]
    effect = _EFFECTS[type(findings[0])] if reading.is_certain else Effect.CANNOT_TELL
    duties = dict.fromkeys(duty for finding in findings if isinstance(finding, Requires) for duty in finding.duties)
    lifts = dict.fromkeys(target for finding in findings if isinstance(finding, Lifts) for target in finding.articles)
    return CitedFinding(
        instrument=reading.instrument,
        article=reading.article,
        effect=effect,
        duties=tuple(duties),
        missing=_asked_facts(reading),
        lifts=tuple(lifts),
        lifted_by=lifted_by,
        reason=_reason(findings),
        in_force=(reading.version.in_force, reading.version.until),
        confidence=reading.version.confidence,
    )


@lru_cache(maxsize=4096)
def _silent(
    instrument: str, article: str, reason: str, in_force: tuple[date, date | None], confidence: str
) -> CitedFinding:
    """Return that an article does not apply: most do not, and for the same reasons from flow to flow."""
    return CitedFinding(
        instrument=instrument,
        article=article,
        effect=Effect.DOES_NOT_APPLY,
        duties=(),
        missing=(),
        lifts=(),
        lifted_by=(),
        reason=reason,
        in_force=in_force,
        confidence=confidence,
    )


def _asked_facts(reading: ArticleReading) -> tuple[str, ...]:
    settling = [
        fact for branch in reading.branches if isinstance(branch.finding, CannotTell) for fact in branch.finding.missing
    ]
    if reading.is_certain:
        return tuple(dict.fromkeys(settling))
    assumed = {fact for branch in reading.branches for key in branch.assumed for fact in key.split("+")}
    missing = sorted({*assumed, *settling})
    return tuple(dict.fromkeys(fact.partition(":")[0] for fact in missing))


def _reason(findings: Sequence[Finding]) -> str:
    if len(findings) == 1:
        return findings[0].reason
    return "depends on what is not known: " + "; or ".join(dict.fromkeys(finding.reason for finding in findings))


def open_duties(duties: Sequence[Duty]) -> tuple[str, ...]:
    """Return the names of the duties that hold a flow up."""
    return tuple(duty.id for duty in duties if duty.holds_up)
