"""A decision: what the law of one day says of one flow, and the lawful ways through."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from lockgate.terms.duty import Duty
from lockgate.terms.finding import CitedFinding
from lockgate.terms.measure import Measure


class Outcome(StrEnum):
    """What the law says of the flow as a whole, strictest first."""

    REFUSED = "refused"
    UNDECIDED = "undecided"
    CONDITIONAL = "conditional"
    PERMITTED = "permitted"


@dataclass(frozen=True, slots=True)
class MissingFact:
    """A fact that nobody has said.

    Attributes:
        fact: Its name, a path in the flow file.
        role: The role asked about, where the fact is a list of roles; else empty.
        question: What to ask a business user.
        asked_by: Citations of the articles that asked, sorted.
        decides: Whether an answer can still change the outcome or the gating duties.
    """

    fact: str
    role: str
    question: str
    asked_by: tuple[str, ...]
    decides: bool


@dataclass(frozen=True, slots=True)
class Route:
    """A lawful way through: the flow after some measures, decided again under the same law.

    Attributes:
        id: Short hash of the decision's facts and the steps; stable.
        steps: Measures in the order they are carried out; empty for the way of papers alone.
        outcome: Of the changed flow: permitted or conditional.
        duties: Names of the unmet duties that still hold it up.
        paperwork: Their number.
        days: Working days that they usually take, the longest of them.
        loses: Share of the information that the measures take away, estimated, 0 to 1.
    """

    id: str
    steps: tuple[Measure, ...]
    outcome: Outcome
    duties: tuple[str, ...]
    paperwork: int
    days: int
    loses: float


@dataclass(frozen=True, slots=True)
class Decision:
    """What the law says of one flow.

    Attributes:
        outcome: Of the flow as it stands.
        as_of: The day whose law decides.
        laws: Stamp of the law data and readings used.
        findings: What every coded article said, those that apply first, then in the order of the instruments.
        duties: What the flow is bound to, met or not.
        missing: Questions, the most decisive first.
        routes: Ways through that no other beats in paperwork, days and loss at once.
    """

    outcome: Outcome
    as_of: date
    laws: str
    findings: tuple[CitedFinding, ...]
    duties: tuple[Duty, ...]
    missing: tuple[MissingFact, ...]
    routes: tuple[Route, ...] = ()
