"""Privacy budgets: whose loss is counted together."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BudgetAccount:
    """What one budget is kept for: all releases about the same persons to the same recipient for one purpose.

    Attributes:
        dataset: Declared identity of the data set, across its versions.
        recipient: The recipient, or the group of recipients that count as colluding.
        purpose: One word of the closed list of purposes.
        persons: The group of persons that the data are about, where one data set is about several; else `all`.
    """

    dataset: str
    recipient: str
    purpose: str
    persons: str = "all"

    def as_json(self) -> dict[str, str]:
        """Return the account as a JSON object."""
        return {
            "dataset": self.dataset,
            "persons": self.persons,
            "purpose": self.purpose,
            "recipient": self.recipient,
        }
