"""The verification report of a copy: every figure with its requirement and a sentence for people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from lockgate.terms.verification import Check, VerificationReport
from lockgate.verify.figures import Figures, Secret


@dataclass(frozen=True, slots=True)
class Requirement:
    """What the plan promises of the copy.

    Attributes:
        k: The least number of persons of a class; 0 if the plan promises none.
        suppression_limit: Share of rows that may be suppressed, 0 to 1; binding only where a k is promised.
        rows: Rows that the copy would have if none were suppressed.
        persons_by: Column that told persons apart, or `row`.
        shows_persons: Whether the copy shows which rows are of one person, as by a pseudonym.
    """

    k: int
    suppression_limit: float
    rows: int
    persons_by: str
    shows_persons: bool = False


def solve(
    figures: Figures, residual: Mapping[str, int], requirement: Requirement, further: Sequence[Check] = ()
) -> VerificationReport:
    """Return the report of a copy.

    Args:
        figures: What was measured (`lockgate.verify.figures.measure`).
        residual: Cells by column that still hold a direct identifier.
        requirement: What the plan promises.
        further: Checks of models that the plan promises, and of utility.
    """
    checks = [
        k_check(figures.k, requirement.k, has_classes=figures.classes > 0),
        *_profile_checks(figures, requirement),
        residual_check(residual),
        _truth_check(figures),
        suppression_check(requirement.rows - figures.rows + figures.rows_suppressed, requirement),
        _informs("classes", figures.classes, f"{figures.classes} groups of people who look alike"),
        *map(_secret_check, figures.secrets),
        *_uniqueness_checks(figures),
        *_linkage_checks(figures),
        *_class_checks(figures),
        _loss_check(figures, requirement.rows),
        *further,
    ]
    return in_order(checks, figures.quasi_identifiers, requirement.persons_by)


def in_order(checks: list[Check], quasi_identifiers: tuple[str, ...], persons_by: str) -> VerificationReport:
    """Return the report with the required figures first."""
    ordered = sorted(checks, key=lambda check: check.required is None)
    return VerificationReport(tuple(ordered), quasi_identifiers, persons_by)


def check_not_empty(report: VerificationReport, rows: int, source: tuple[int, int, int]) -> VerificationReport:
    """Return the report of a copy, with a check that fails, and why, where the copy holds nothing.

    A copy of a source without rows holds all of it; then the check does not fail, but says that nothing was measured.

    Args:
        report: Of the copy.
        rows: Of the copy.
        source: Rows of the source, the promise of k, 0 for none, and the persons of the source.
    """
    if rows:
        return report
    if not source[0]:
        meaning = "the source has no rows, so the copy has none, and no figure says anything of persons"
        return replace(report, checks=(_informs("rows", 0, meaning), *report.checks))
    check = Check("rows", 0, 1, ok=False, meaning=f"the copy holds nothing: {_why_empty(*source[1:])}")
    return replace(report, checks=(check, *report.checks))


def _why_empty(k: int, persons: int) -> str:
    if k > persons:
        return f"k is {k}, and the source has {persons} persons"
    if k:
        return f"no groups were found in which {k} persons look alike and every model holds"
    return "nothing of the source is left to show"


def k_check(measured: int, required: int, *, has_classes: bool) -> Check:
    """Return the check of k; a copy without a class has nobody in it who could be told apart.

    Args:
        measured: The least number of persons of a class.
        required: The promise, 0 for none.
        has_classes: Whether there is any class.
    """
    meaning = f"the smallest group of people who look alike in the copy has {measured} persons"
    if not has_classes:
        meaning = "no row of the copy says anything by which people are told apart"
    if not required:
        return _informs("k", measured, meaning)
    return Check(
        "k", measured, required, measured >= required or not has_classes, f"{meaning}; {required} are required"
    )


def _profile_checks(figures: Figures, requirement: Requirement) -> list[Check]:
    """The check of k over all rows of a person together, where persons repeat and the copy shows which are theirs."""
    repeats = figures.persons < figures.rows
    if not (repeats and requirement.shows_persons and requirement.k and figures.classes):
        return []
    measured, required = figures.profile_k, requirement.k
    meaning = f"the rows of one person, taken together, are like those of {measured} persons; {required} are required"
    hint = (
        "" if measured >= required else "; leave the pseudonym out, so that rows of one person cannot be put together"
    )
    return [Check("k-linked", measured, required, measured >= required, meaning + hint)]


def residual_check(residual: Mapping[str, int]) -> Check:
    """Return the check that no direct identifier is left."""
    count = sum(residual.values())
    named = ", ".join(f"`{name}`" for name, cells in sorted(residual.items()) if cells)
    found = f"{count} cells still hold a direct identifier, in {named}"
    meaning = found if count else "no cell holds a direct identifier that the recognisers know"
    return Check("residual-identifiers", count, 0, count == 0, meaning)


def suppression_check(rows_suppressed: int, requirement: Requirement) -> Check:
    """Return the check of the share of rows that are left out or say nothing."""
    share = rows_suppressed / requirement.rows if requirement.rows else 0.0
    meaning = f"{rows_suppressed} of {requirement.rows} rows are left out or say nothing, because too few are like them"
    if not requirement.k:
        return _informs("suppressed-share", share, meaning)
    limit = requirement.suppression_limit
    return Check("suppressed-share", share, limit, share <= limit, f"{meaning}; at most {limit:.1%} may be")


def _truth_check(figures: Figures) -> Check:
    count = figures.rows_untrue
    meaning = (
        f"{count} rows say something that does not hold of the original" if count else "every released label is true"
    )
    return Check("untrue-rows", count, 0, count == 0, meaning)


def _secret_check(secret: Secret) -> Check:
    return _informs(
        f"l:{secret.column}",
        secret.least_values,
        f"in a group of people who look alike, `{secret.column}` has {secret.least_values} different values at least",
    )


def _uniqueness_checks(figures: Figures) -> list[Check]:
    before, after = figures.uniqueness_before, figures.uniqueness_after
    return [
        _informs("unique-before", before, f"{before:.1%} of the rows belonged to somebody who was like nobody else"),
        _informs("unique-after", after, f"{after:.1%} of the released rows do"),
    ]


def _linkage_checks(figures: Figures) -> list[Check]:
    linkage, baseline = figures.linkage, figures.baseline
    return [
        _informs("linkage", linkage, f"who knows all true values finds the right row in {linkage:.2%} of the cases"),
        _informs("linkage-baseline", baseline, f"who knows nothing finds it in 1 of {figures.persons} cases"),
    ]


def _class_checks(figures: Figures) -> list[Check]:
    """The risk and the utility that the sizes of the classes tell."""
    average, at_risk = figures.average_risk, figures.rows_at_risk
    size, per_row = figures.average_size, figures.discernibility
    return [
        _informs("average-risk", average, f"who knows a person's group finds the row in {average:.2%} of the cases"),
        _informs("rows-at-risk", at_risk, f"{at_risk:.2%} of the released rows are in groups of fewer than five"),
        _informs("average-class", size, f"a group of people who look alike has {size:.1f} rows on average"),
        _informs("discernibility", per_row, f"a row is like {per_row:.1f} rows on average, suppressed ones like all"),
    ]


def _loss_check(figures: Figures, rows: int) -> Check:
    """Rows that were left out count as lost wholly."""
    left_out = max(rows - figures.rows, 0)
    loss = (figures.loss * figures.rows + left_out) / rows if rows else 0.0
    return _informs("loss", loss, f"{loss:.1%} of what the columns say is lost (normalised certainty penalty)")


def _informs(name: str, measured: float, meaning: str) -> Check:
    return Check(name, measured, None, ok=True, meaning=meaning)
