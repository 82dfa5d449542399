"""Numbers of law: a value with the boundary word that says whether the value itself counts."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Threshold:
    """A number that a count reaches or does not.

    Attributes:
        value: The number as the law states it.
        boundary: `>=` where the number itself counts (以上, 达到, 이상), `>` where it does not (超过, 초과).
        unit: What is counted, such as `persons`, `years`, `working-days`.
    """

    value: int
    boundary: str
    unit: str

    @property
    def least(self) -> int:
        """The least count that reaches the number.

        >>> Threshold(100_000, ">", "persons").least
        100001
        """
        return self.value + 1 if self.boundary == ">" else self.value
