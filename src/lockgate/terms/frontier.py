"""Ways to carry a plan out, each with the risk it leaves and the loss it costs, for a person to choose from."""

from dataclasses import dataclass

from lockgate.terms.measure import Measure
from lockgate.terms.privacy_model import PrivacyModel


@dataclass(frozen=True, slots=True)
class Needs:
    """What the duties of a decision ask of a copy.

    Attributes:
        k: The least number of persons of a class; 1 where no duty asks for classes.
        because: The technical duties that ask, in the order of the decision.
        treats_identifiers: Whether no direct identifier may be left, in a column or inside text.
        forbids_links: Whether rows of one person may not be put together either, so that identifiers go altogether.
    """

    k: int
    because: tuple[str, ...]
    treats_identifiers: bool
    forbids_links: bool


@dataclass(frozen=True, slots=True)
class Setting:
    """One way to make the classes of a plan.

    Attributes:
        k: The least number of persons of a class.
        search: How classes are found: `local`, `strict` or `global`.
        labels: How they are named: `interval`, `hierarchy` or `set`.
        left_out: Quasi-identifiers that are left out of the copy instead.
        models: What classes have to satisfy beside k.
    """

    k: int
    search: str = "local"
    labels: str = "interval"
    left_out: tuple[str, ...] = ()
    models: tuple[PrivacyModel, ...] = ()


@dataclass(frozen=True, slots=True)
class Point:
    """What a setting brings about on the data, before `verify` has measured a copy.

    Attributes:
        setting: The setting.
        classes: Number of classes.
        k: Persons of the smallest class; 0 without a class.
        highest_risk: Chance to find the row of the person who is easiest to find, given all quasi-identifiers: one over
            k; 1 where there is a class of one person.
        average_risk: The same chance, averaged over the persons of the copy.
        guessed: Greatest share over the sensitive columns of rows whose value the commonest one of their class gives
            right; 0 without a sensitive column.
        loss: Share of what the quasi-identifiers say that is lost, 0 to 1; a row or column that is left out counts 1.
        suppressed: Share of rows that are left out.
        is_enough: Whether it meets the needs and the limit of suppression.
        is_unbeaten: Whether no other point has at most its highest risk, its loss and (within a hundredth) its guesses,
            and less of one.
        is_chosen: Whether it is the one of least loss among those that are enough; at most one is.
    """

    setting: Setting
    classes: int
    k: int
    highest_risk: float
    average_risk: float
    guessed: float
    loss: float
    suppressed: float
    is_enough: bool
    is_unbeaten: bool = False
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class Frontier:
    """Risk against loss for one flow.

    Attributes:
        needs: What the duties ask for.
        cells: Measures for the columns that are no quasi-identifiers.
        quasi_identifiers: Columns that tell persons apart.
        sensitive: Columns whose values are guessed.
        guessed_before: `Point.guessed` where the commonest value of the whole table is guessed for everybody.
        persons: Distinct persons.
        points: By rising k, then in the order in which they were tried.
    """

    needs: Needs
    cells: tuple[Measure, ...]
    quasi_identifiers: tuple[str, ...]
    sensitive: tuple[str, ...]
    guessed_before: float
    persons: int
    points: tuple[Point, ...]

    @property
    def chosen(self) -> Point | None:
        """Return the point of least loss that is enough; None where none is."""
        return next((point for point in self.points if point.is_chosen), None)
