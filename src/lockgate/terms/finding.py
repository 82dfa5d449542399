"""What one article says of one flow."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Effect(StrEnum):
    """What a finding does to the flow."""

    REQUIRES = "requires"
    FORBIDS = "forbids"
    LIFTS = "lifts"
    CANNOT_TELL = "cannot-tell"
    DOES_NOT_APPLY = "does-not-apply"


@dataclass(frozen=True, slots=True)
class DoesNotApply:
    """The article does not reach this flow."""

    reason: str


@dataclass(frozen=True, slots=True)
class Requires:
    """The article lays duties on the flow.

    Attributes:
        duties: Names from the closed list; may be empty where another article says which.
        reason: Why, one sentence.
        met: Those of the duties that the facts of the flow themselves show to be met, such as a legal ground.
    """

    duties: tuple[str, ...]
    reason: str
    met: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Forbids:
    """The article stands against the flow and no paper cures it."""

    reason: str


@dataclass(frozen=True, slots=True)
class Lifts:
    """The article frees the flow of what other articles ask or forbid.

    Attributes:
        articles: Citations of the lifted articles, such as `cn/pipl 38`.
        reason: Why, one sentence.
    """

    articles: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class CannotTell:
    """The article needs a fact that nobody has said, or a judgement that the program does not make.

    Attributes:
        missing: Names of the unknown facts; empty where only a person can judge.
        reason: What hangs on it, one sentence.
    """

    missing: tuple[str, ...]
    reason: str


Finding = DoesNotApply | Requires | Forbids | Lifts | CannotTell


@dataclass(frozen=True, slots=True)
class CitedFinding:
    """A finding with the article that made it, as a decision lists it.

    Attributes:
        instrument: Such as `cn/pipl`.
        article: Such as `39`.
        effect: What it does to the flow.
        duties: Names of the duties it lays on the flow, or might lay on it where it cannot tell.
        missing: Names of the unknown facts it asked for that change what it says.
        lifts: Citations of the articles it lifts.
        lifted_by: Citations of the articles that lifted it; empty while it stands.
        reason: Why, one sentence.
        in_force: First and last day of the version read; the last is None while it is in force.
        confidence: Of our reading: `high`, `medium`, `low`.
    """

    instrument: str
    article: str
    effect: Effect
    duties: tuple[str, ...]
    missing: tuple[str, ...]
    lifts: tuple[str, ...]
    lifted_by: tuple[str, ...]
    reason: str
    in_force: tuple[date, date | None]
    confidence: str

    @property
    def citation(self) -> str:
        """Return instrument and article as other findings cite them."""
        return f"{self.instrument} {self.article}"
