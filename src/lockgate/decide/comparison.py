"""Two decisions on one flow under the law of two days: what is different, article by article and duty by duty."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from lockgate.terms.decision import Decision, Outcome
from lockgate.terms.finding import CitedFinding, Effect


@dataclass(frozen=True, slots=True)
class ArticleChange:
    """An article that says something else on the other day.

    Attributes:
        instrument: Such as `cn/pipl`.
        article: Such as `39`.
        before: What it did to the flow on the earlier day; None if it was not coded for any flow.
        after: Likewise on the later day.
        reason: What it says on the later day, or said on the earlier if it no longer applies.
        in_force: First and last day of the version that speaks.
    """

    instrument: str
    article: str
    before: Effect | None
    after: Effect | None
    reason: str
    in_force: tuple[date, date | None]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is different between the law of two days.

    Attributes:
        days: The earlier and the later day.
        outcomes: On each.
        articles: Those that say something else, in the order of the later decision, then those gone.
        duties_added: Names of duties that only the later law lays on the flow.
        duties_gone: Names of duties that only the earlier law laid on it.
        questions_added: Facts that only the later law needs to decide.
        questions_gone: Facts that only the earlier law needed.
    """

    days: tuple[date, date]
    outcomes: tuple[Outcome, Outcome]
    articles: tuple[ArticleChange, ...]
    duties_added: tuple[str, ...]
    duties_gone: tuple[str, ...]
    questions_added: tuple[str, ...]
    questions_gone: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        """Whether the law of both days says the same of the flow."""
        return self.outcomes[0] is self.outcomes[1] and not (
            self.articles or self.duties_added or self.duties_gone or self.questions_added or self.questions_gone
        )


def compare_decisions(one: Decision, other: Decision) -> Comparison:
    """Return what is different between two decisions on the same flow.

    Args:
        one: Under the law of one day.
        other: Under the law of another day; which is the earlier does not matter.
    """
    earlier, later = sorted((one, other), key=lambda decision: decision.as_of)
    before, after = _by_citation(earlier), _by_citation(later)
    changes = [_change(before.get(citation), after.get(citation)) for citation in {**after, **before}]
    old_duties, new_duties = (_names(item.id for item in decision.duties) for decision in (earlier, later))
    old_facts, new_facts = (
        _names(item.fact for item in decision.missing if item.decides and _is_question(item.fact))
        for decision in (earlier, later)
    )
    return Comparison(
        days=(earlier.as_of, later.as_of),
        outcomes=(earlier.outcome, later.outcome),
        articles=tuple(change for change in changes if change is not None),
        duties_added=_without(new_duties, old_duties),
        duties_gone=_without(old_duties, new_duties),
        questions_added=_without(new_facts, old_facts),
        questions_gone=_without(old_facts, new_facts),
    )


def _is_question(fact: str) -> bool:
    """Whether a missing fact is more than the open side of a duty."""
    return bool(fact) and not fact.startswith("safeguards.") and fact != "data.columns"


def _by_citation(decision: Decision) -> Mapping[str, CitedFinding]:
    return {finding.citation: finding for finding in decision.findings}


def _change(before: CitedFinding | None, after: CitedFinding | None) -> ArticleChange | None:
    """Return what one article does differently; None if it does the same."""
    if _what(before) == _what(after):
        return None
    speaks = after if after is not None and after.effect is not Effect.DOES_NOT_APPLY else before or after
    assert speaks is not None, "one of the decisions lists it"
    return ArticleChange(
        instrument=speaks.instrument,
        article=speaks.article,
        before=before.effect if before else None,
        after=after.effect if after else None,
        reason=speaks.reason,
        in_force=speaks.in_force,
    )


def _what(finding: CitedFinding | None) -> tuple[object, ...]:
    """Return what counts of a finding: an article that does not apply says the same as one that is not there."""
    if finding is None or finding.effect is Effect.DOES_NOT_APPLY:
        return (Effect.DOES_NOT_APPLY,)
    return finding.effect, finding.duties, finding.missing, finding.lifts, bool(finding.lifted_by)


def _names(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def _without(names: tuple[str, ...], others: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in names if name not in others)
