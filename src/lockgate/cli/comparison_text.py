"""What is different between the law of two days, in words for people."""

from rich.console import Console
from rich.markup import escape

from lockgate.cli.decision_text import print_line
from lockgate.cli.language import Language
from lockgate.decide.comparison import ArticleChange, Comparison
from lockgate.terms.finding import Effect


def show_comparison(comparison: Comparison, console: Console, words: Language) -> None:
    """Print what is different: outcome, articles, duties, questions."""
    one, other = comparison.days
    console.print(f"\n[bold]{words.say('compared', one=one, other=other)}[/]")
    before, after = (words.outcome(outcome) for outcome in comparison.outcomes)
    print_line(console, "→", f"{one}: [bold]{before}[/]  {other}: [bold]{after}[/]")
    if comparison.is_empty:
        console.print(f"  {words.say('same')}")
        return
    for change in comparison.articles:
        print_line(console, "§", _article_text(change, words))
    _list(console, words, "duties-added", [words.duty(duty) for duty in comparison.duties_added])
    _list(console, words, "duties-gone", [words.duty(duty) for duty in comparison.duties_gone])
    _list(console, words, "questions-added", [words.fact(fact) for fact in comparison.questions_added])
    _list(console, words, "questions-gone", [words.fact(fact) for fact in comparison.questions_gone])


def _article_text(change: ArticleChange, words: Language) -> str:
    citation = escape(words.citation(f"{change.instrument} {change.article}"))
    before, after = (_effect(effect, words) for effect in (change.before, change.after))
    return f"[bold]{citation}[/] {before} → {after}: {escape(change.reason)}"


def _effect(effect: Effect | None, words: Language) -> str:
    return words.effect(effect or Effect.DOES_NOT_APPLY)


def _list(console: Console, words: Language, heading: str, lines: list[str]) -> None:
    for line in lines:
        print_line(console, "+" if heading.endswith("added") else "-", f"{words.say(heading)}: {escape(line)}")
