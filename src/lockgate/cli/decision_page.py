"""Pages of a decision that stand alone: the decision itself, and the papers that its duties ask for."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from jinja2 import Environment, StrictUndefined, Template

from lockgate.cli.decision_text import deciding_questions, notes_of, paperwork, summary_of, what_decides
from lockgate.cli.language import Language
from lockgate.cli.plain_text import neutralise
from lockgate.flow.deciding import Decided
from lockgate.flow.papers.paper import Paper


def render_decision(decided: Decided, words: Language) -> str:
    """Return the page of a decision: outcome, what decides, questions, duties, routes, and the whole trace."""
    decision = decided.decision
    page = _template("decision_page.html.jinja").render(
        w=words,
        d=decision,
        style=_style(),
        title=decided.request.title or words.say("a-flow"),
        summary=summary_of(decided.planned, words),
        differences=decided.differences,
        deciding=what_decides(decision),
        questions=deciding_questions(decision),
        duties=sorted(decision.duties, key=lambda item: (not item.holds_up, not item.gates)),
        notes_of=notes_of,
        paperwork=paperwork,
    )
    return neutralise(page)  # a title could turn the words behind it round


def render_paper(paper: Paper, words: Language) -> str:
    """Return the page of a paper, in the language if the form has it, else in English."""

    def pick(texts: Mapping[str, str]) -> str:
        return texts.get(words.code, texts["en"])

    gaps = sum(not field.lines for section in paper.sections for field in section.fields)
    code = words.code if words.code in paper.titles else "en"
    page = _template("paper_page.html.jinja").render(
        w=words, code=code, style=_style(), paper=paper, pick=pick, gaps=gaps
    )
    return neutralise(page)


@cache
def _template(name: str) -> Template:
    text = files("lockgate.cli").joinpath(name).read_text(encoding="utf-8")
    return Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True).from_string(
        text
    )


@cache
def _style() -> str:
    return files("lockgate.cli").joinpath("page.css").read_text(encoding="utf-8")
