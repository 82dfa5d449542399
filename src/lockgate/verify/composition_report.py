"""What a report says of a copy laid beside earlier releases: the figures, the releases, the way out where one fails."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from lockgate.terms.verification import Check
from lockgate.verify.composition import Composed, ComposedSecret


@dataclass(frozen=True, slots=True)
class Told:
    """What a report says beside the figures.

    Attributes:
        compared: Earlier releases to the same recipients that were looked at.
        elsewhere: Earlier releases of the same data set to recipients of no common group.
        unknown: Earlier releases of the home of which no partition is kept.
        withheld: Rows left out so that enough candidates remain.
    """

    compared: int = 0
    elsewhere: int = 0
    unknown: int = 0
    withheld: int = 0


def composed_checks(found: Sequence[Composed], unlinked: Sequence[str], told: Told) -> list[Check]:
    """Return the checks of the candidates that remain beside earlier releases; the worst group of recipients counts.

    Args:
        found: One for each group of recipients that can put releases together, and each way of following rows.
        unlinked: Earlier releases of the same data set whose persons cannot be told to be these or others.
        told: What else was compared.
    """
    checks = []
    if unlinked:
        meaning = (
            f"earlier {_named(unlinked)} to these recipients told persons apart in another way, so nobody can say how "
            "many candidates remain: name the same `data.subject_key` as then, or send to others"
        )
        checks.append(Check("k-composed", 0, 1, ok=False, meaning=meaning))
    elif found:
        checks.append(_composed_check(min(found, key=lambda item: (item.ok, item.least - item.required)), told))
    elif told.compared:
        meaning = f"no earlier release to these recipients shows a person of this copy ({told.compared} compared"
        meaning += " by keyed hashes)"
        checks.append(Check("k-composed", 0, None, ok=True, meaning=meaning))
    if told.elsewhere:
        meaning = (
            f"{told.elsewhere} earlier releases of this data set went to other recipients and were not laid beside it"
        )
        checks.append(Check("not-composed", told.elsewhere, None, ok=True, meaning=meaning))
    if told.unknown:
        meaning = (
            f"{told.unknown} earlier releases of this home left no record of their classes and were not laid beside it"
        )
        checks.append(Check("not-recorded", told.unknown, None, ok=True, meaning=meaning))
    return checks


def explain_withheld(checks: Sequence[Check], withheld: int, releases: Sequence[str]) -> list[Check]:
    """Return the checks; one of too many rows left out says how many of them earlier releases are the reason for.

    Args:
        checks: Of a report.
        withheld: Rows left out so that enough candidates remain.
        releases: The earlier releases.
    """
    because = (
        f"; {withheld} of them because of earlier {_named(releases)}: raise protect.suppression_limit, wait until more "
        "persons have come, or send to others"
    )
    return [
        replace(check, meaning=check.meaning + because)
        if check.name == "suppressed-share" and not check.ok and withheld
        else check
        for check in checks
    ]


def secret_check(column: str, found: ComposedSecret) -> Check:
    """Return what the releases together give away of one sensitive column; nothing is required of it."""
    meaning = (
        f"among persons who stay candidates for each other beside earlier releases, `{column}` has "
        f"{found.least_values} different values at least; guessing the commonest is right in {found.success:.1%} of "
        f"the cases, without any class in {found.baseline:.1%}"
    )
    return Check(f"l-composed:{column}", found.least_values, None, ok=True, meaning=meaning)


def profile_check(measured: int, required: int) -> Check:
    """Return the check of k over all rows of a person in all releases together."""
    meaning = f"laid beside earlier releases, the rows of one person together are like those of {measured} persons"
    if not required or not measured:
        return Check("k-linked-composed", measured, None, ok=True, meaning=meaning)
    is_kept = measured >= required
    hint = "" if is_kept else ": leave the pseudonym out of both, or send to others"
    return Check("k-linked-composed", measured, required, is_kept, f"{meaning}; {required} are required{hint}")


def _composed_check(worst: Composed, told: Told) -> Check:
    beside = f"laid beside earlier {_named(worst.releases)}"
    if not worst.persons + worst.came + worst.left:
        meaning = f"{beside}, the copy shows no person who could be followed"
        return Check("k-composed", 0, None, ok=True, meaning=meaning)
    meaning = f"{beside}, which shows {worst.persons} of its persons, {worst.least} candidates remain for each"
    if told.withheld:
        meaning += f" ({told.withheld} rows are left out for that)"
    if not worst.required:
        return Check("k-composed", worst.least, None, ok=True, meaning=f"{meaning}; no release promised any")
    meaning += f"; {worst.required} are required"
    return Check(
        "k-composed", worst.least, worst.required, worst.ok, meaning if worst.ok else meaning + _way_out(worst)
    )


def _named(releases: Sequence[str]) -> str:
    shown = 3
    more = f" and {len(releases) - shown} more" if len(releases) > shown else ""
    return ("release " if len(releases) == 1 else "releases ") + ", ".join(releases[-shown:]) + more


def _way_out(composed: Composed) -> str:
    found = f", and {composed.below} persons have fewer"
    if not composed.promised:
        return f"{found}: set protect.k to {composed.required} or more, or send to others"
    if composed.doubtful:
        return (
            f"{found}: {composed.doubtful} rows are in no earlier release as they stand and may be changed ones; name "
            "`data.subject_key`, or let them be left out by protect.suppression_limit"
        )
    if composed.came or composed.left:
        return (
            f"{found}: {composed.came} persons came and {composed.left} are not shown any more; let those who stand "
            "alone be left out by a larger protect.suppression_limit, or wait until more have come"
        )
    return f"{found}: take the classes of the earlier release, with fewer quasi-identifiers or a larger protect.k"
