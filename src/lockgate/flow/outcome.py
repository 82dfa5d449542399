"""From a decision to an error at the door: which exit code a flow that may not be released has."""

from lockgate.terms.decision import Decision
from lockgate.terms.errors import LockgateError, ReleaseRefused, Undecided, VerificationFailed
from lockgate.terms.permit import Refusal

_HINTS = {
    "refused": "take one of the routes with --route ID, or change the flow",
    "conditional": "meet the open duties and note them under [safeguards], or take a route with --route ID",
    "undecided": "answer the questions in the flow file, or run `lockgate decide --ask`",
    "verification-failed": "choose another route, a smaller k, or more suppression",
    "empty": "choose a smaller k or looser models; leave columns out that are not needed",
}

_BESIDE_OTHERS = "keep to the classes of the earlier release, as the reason says, or send to others"

_WORDS = {
    "refused": "the law of the day refuses this flow",
    "conditional": "the law of the day allows this flow once open duties are met",
    "undecided": "the outcome hangs on facts that nobody has said",
    "verification-failed": "the protected copy misses a required figure",
}


def refusal_error(refusal: Refusal, decision: Decision) -> LockgateError:
    """Return the error that tells a person why nothing was released.

    Args:
        refusal: Why.
        decision: Of the flow; shown to the person, with its routes.
    """
    kinds: dict[str, type[LockgateError]] = {"undecided": Undecided, "verification-failed": VerificationFailed}
    kind = kinds.get(refusal.outcome, ReleaseRefused)
    message = f"{_WORDS[refusal.outcome]}: {'; '.join(refusal.reasons)}"
    empty = any(reason.startswith("rows:") for reason in refusal.reasons)
    beside = any(reason.startswith("k-composed") for reason in refusal.reasons)
    error = kind(message, _BESIDE_OTHERS if beside else _HINTS["empty" if empty else refusal.outcome])
    error.details = {"outcome": refusal.outcome, "reasons": refusal.reasons, "decision": decision}
    return error
