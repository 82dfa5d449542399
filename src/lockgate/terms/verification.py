"""What independent measures say of a protected copy."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """One figure with its requirement.

    Attributes:
        name: Such as `k`, `residual-identifiers`.
        measured: What was found.
        required: The bound, or None where the figure informs only.
        ok: Whether the bound holds; True where there is none.
        meaning: One sentence for people.
    """

    name: str
    measured: float
    required: float | None
    ok: bool
    meaning: str


@dataclass(frozen=True, slots=True)
class VerificationReport:
    """What independent measures say of one copy.

    Attributes:
        checks: Figures, those with a requirement first.
        quasi_identifiers: Columns over which persons were told apart.
        persons_by: Column that told persons apart, or `row`.
    """

    checks: tuple[Check, ...]
    quasi_identifiers: tuple[str, ...]
    persons_by: str

    @property
    def ok(self) -> bool:
        """Whether every required figure holds."""
        return all(check.ok for check in self.checks)


@dataclass(frozen=True, slots=True)
class Attack:
    """How far one attack on a copy came.

    Attributes:
        name: Such as `linkage`.
        success: Share of persons for whom it succeeded, 0 to 1.
        baseline: Share that guessing would reach, 0 to 1.
        interval: Bounds of the success share at 95 % confidence; equal where it was counted, not sampled.
        means: One sentence for people.
    """

    name: str
    success: float
    baseline: float
    interval: tuple[float, float]
    means: str
