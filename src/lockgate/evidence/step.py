"""What one step of a check found."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the check.

    Attributes:
        step: Its name.
        ok: Whether nothing was found against the dossier.
        detail: What was found, one sentence for people.
        settled: Whether the question was answered; a strict verifier does not accept a dossier with open ones.
        differences: What is not as it was, in full, where something was done again.
    """

    step: str
    ok: bool
    detail: str
    settled: bool = True
    differences: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Repetition:
    """What doing something again gave: a decision, or figures.

    Attributes:
        said: What it means if nothing stands against it, one sentence.
        against: What differs although it may not.
        notes: What else differs.
    """

    said: str
    against: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


_NAMED_AT_MOST = 5


def some(items: list[str]) -> str:
    """Return the first few of what was found, and how many more there are."""
    more = len(items) - _NAMED_AT_MOST
    return "; ".join(items[:_NAMED_AT_MOST]) + (f"; and {more} more" if more > 0 else "")


def skipped(name: str, failed: str) -> Step:
    """Return a step that could not be made because one that it rests on failed."""
    return Step(name, ok=False, detail=f"not checked: it rests on `{failed}`, which failed")
