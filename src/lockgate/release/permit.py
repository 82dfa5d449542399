"""Leave to release, or the reason why there is none. Nothing else makes a permit."""

from collections.abc import Callable
from datetime import date

from lockgate.terms.decision import Decision, Outcome
from lockgate.terms.duty import Duty
from lockgate.terms.finding import Effect
from lockgate.terms.permit import Refusal, ReleasePermit
from lockgate.terms.truth import Truth
from lockgate.terms.verification import Check, VerificationReport


def may_proceed(decision: Decision) -> Refusal | None:
    """Return why the law does not let a flow proceed to protection; None if it does.

    Args:
        decision: Of the flow as changed by the route that is taken.
    """
    match decision.outcome:
        case Outcome.PERMITTED:
            return None
        case Outcome.REFUSED:
            standing = (item for item in decision.findings if item.effect is Effect.FORBIDS and not item.lifted_by)
            return Refusal("refused", tuple(f"{item.citation}: {item.reason}" for item in standing))
        case Outcome.UNDECIDED:
            asked = (item for item in decision.missing if item.decides)
            return Refusal("undecided", tuple(f"{item.fact or 'to be judged'}: {item.question}" for item in asked))
        case Outcome.CONDITIONAL:
            open_ = (duty for duty in decision.duties if duty.holds_up)
            return Refusal("conditional", tuple(_open_duty(duty) for duty in open_))


def grant(
    decision: Decision,
    route: str,
    verification: VerificationReport,
    runs_out: Callable[[Duty], date | None],
    until: date | None = None,
) -> ReleasePermit | Refusal:
    """Return a permit for one verified copy, or why there is none.

    Args:
        decision: Of the flow as changed by the route.
        route: Id of the route.
        verification: Independent figures of the copy.
        runs_out: Last day on which what met a duty is valid, or None.
        until: Last day that the holder sets, on or after the day of the decision; None for none.
    """
    refusal = may_proceed(decision)
    if refusal is not None:
        return refusal
    failed = [check for check in verification.checks if not check.ok]
    if failed:
        # where nothing is left, the other figures only say so again
        failed = [check for check in failed if check.name == _EMPTY] or failed
        return Refusal(
            "verification-failed",
            tuple(_missed(check) for check in failed),
        )
    gating = [duty for duty in decision.duties if duty.gates]
    ends = [end for end in (until, *map(runs_out, gating)) if end is not None]
    return ReleasePermit(
        route=route,
        granted=decision.as_of,
        until=min(ends) if ends else None,
        duties_met=tuple(duty.id for duty in gating),
        standing=tuple(duty.id for duty in decision.duties if not duty.gates and duty.met is not Truth.YES),
    )


def _missed(check: Check) -> str:
    """Return what is missed; how to mend it where figures alone do not say it."""
    if check.name == _EMPTY:
        return f"{check.name}: {check.meaning}"
    figures = f"{check.name}: measured {check.measured:g}, required {check.required}"
    return f"{figures} ({check.meaning})" if check.name in _EXPLAINED else figures


_EMPTY = "rows"
_EXPLAINED = frozenset({"k-composed", "k-linked", "suppressed-share", "population", "crowd", "delta-presence:high"})


def _open_duty(duty: Duty) -> str:
    return f"{duty.id}: asked for by {', '.join(duty.because)}"
