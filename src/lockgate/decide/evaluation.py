"""One article read over facts that may be unknown: what it says for each answer."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from lockgate.laws.flow import Flow, Fork
from lockgate.laws.instrument import Article, Instrument, Version
from lockgate.laws.possible import Possible
from lockgate.terms.facts import Facts
from lockgate.terms.finding import DoesNotApply, Finding


@dataclass(frozen=True, slots=True)
class Branch:
    """What an article says under assumptions about unknown facts.

    Attributes:
        assumed: What each unknown fact it asked for is taken to be, by key.
        finding: What it then says.
    """

    assumed: Mapping[str, Possible]
    finding: Finding


@dataclass(frozen=True, slots=True)
class ArticleReading:
    """What one article says of a flow, whatever the unknown facts may be.

    Attributes:
        instrument: Such as `cn/pipl`.
        article: Such as `39`.
        version: The version read; the one in force on the day, else the nearest.
        branches: One if every answer leads to the same finding.
        helpful: Unknown facts that it took for no because they could only free the flow.
    """

    instrument: str
    article: str
    version: Version
    branches: tuple[Branch, ...]
    helpful: frozenset[str]

    @property
    def citation(self) -> str:
        """Return instrument and article as other findings cite them."""
        return f"{self.instrument} {self.article}"


def read_article(instrument: Instrument, article: Article, facts: Facts) -> ArticleReading | None:
    """Return what a coded article says of a flow for every answer to the questions it asks; None if it is not coded."""
    if article.reading is None:
        return None
    version = article.version_on(facts.as_of)
    if version is None:
        nearest = article.versions[0] if facts.as_of < article.versions[0].in_force else article.versions[-1]
        silent = Branch({}, DoesNotApply(f"not in force on {facts.as_of.isoformat()}"))
        return ArticleReading(instrument.id, article.number, nearest, (silent,), frozenset())
    here = instrument.here(article, version, facts.as_of)
    branches, helpful, open_assumptions = [], set[str](), [dict[str, Possible]()]
    while open_assumptions:
        assumed = open_assumptions.pop()
        flow = Flow(facts, assumed)
        try:
            if instrument.reaches(flow, here):
                finding = article.reading(flow, here)
            else:
                finding = here.does_not_apply("outside the scope of the instrument")
        except Fork as fork:
            open_assumptions += [{**assumed, fork.key: fork.no}, {**assumed, fork.key: fork.yes}]
            continue
        branches.append(Branch(assumed, finding))
        helpful |= flow.helpful
    return ArticleReading(instrument.id, article.number, version, _merged(branches), frozenset(helpful))


def _merged(branches: list[Branch]) -> tuple[Branch, ...]:
    """Where every answer leads to the same consequence, the questions did not matter; the first reason is given."""
    if len({replace(branch.finding, reason="") for branch in branches}) == 1:
        return (Branch({}, branches[0].finding),)
    return tuple(branches)
