"""A decision made again: the same under the same law data; under others, what differs is said, and what counts."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from lockgate.flow.checking import CheckMeans, check_release
from lockgate.flow.replaying import replay
from lockgate.laws.body import Laws
from lockgate.laws.catalogue import load_laws
from lockgate.laws.instrument import Article, Here, Version
from lockgate.laws.state import describe_laws, differing_laws
from small_flows import DAY, do_not_wait_for_the_disk, release_at

Statement = dict[str, Any]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("replayed")
    with pytest.MonkeyPatch.context() as patch:
        do_not_wait_for_the_disk(patch)
        release_at(folder)
    return folder


@pytest.fixture
def statement(place: Path) -> Statement:
    found: Statement = json.loads((place / "out" / "statement.json").read_bytes())
    return found


def changed(change: Callable[[Article], Article], article: str = "cn/pipl 39") -> Laws:
    """Return the law with one article changed, as a later edition of the law data might hold it."""
    laws = load_laws()
    id_, _, number = article.partition(" ")
    instruments = tuple(
        replace(item, articles=tuple(change(part) if part.number == number else part for part in item.articles))
        if item.id == id_
        else item
        for item in laws.instruments
    )
    return Laws(instruments, "another-edition", {**laws.digests, id_: "another"})


def forbidding(article: Article) -> Article:
    return replace(article, reading=lambda flow, here: here.forbids("nothing goes abroad"))


def silent(article: Article) -> Article:
    def reading(flow: object, here: Here) -> Any:
        return here.does_not_apply("repealed in this edition")

    return replace(article, reading=reading)


def with_versions(article: Article, change: Callable[[Version], Version]) -> Article:
    return replace(article, versions=tuple(change(version) for version in article.versions))


def test_under_the_same_law_data_the_decision_is_the_same(statement: Statement):
    found = replay(statement, load_laws())
    assert found.against == found.notes == ()
    assert "the same" in found.said


def test_a_decision_that_was_altered_is_found_under_the_same_law_data(statement: Statement):
    statement["decision"]["outcome"] = "conditional"
    assert replay(statement, load_laws()).against == ("`outcome` differs",)


def test_another_edition_that_decides_otherwise_stands_against_it_and_names_the_articles(statement: Statement):
    found = replay(statement, changed(forbidding))
    assert "outcome was permitted, is refused" in found.against
    assert "cn/pipl 39: was requires, is forbids" in found.notes
    assert found.against[0].endswith(", another-edition here)")
    assert any(note.startswith("text or reading changed: ") and "cn/pipl" in note for note in found.notes)


def test_another_edition_that_decides_the_same_is_no_fault_but_what_differs_is_said(statement: Statement):
    found = replay(statement, changed(silent, "cn/pipl 73"))
    assert found.against == ()
    assert "cn/pipl 73: was requires, is does-not-apply" in found.notes
    assert "the same outcome and duties" in found.said


def test_a_number_of_law_that_changed_is_shown_with_both_values(statement: Statement):
    citation = next(name for name in statement["law"]["numbers"] if name.startswith("cn/cross-border-provisions"))
    name, before = next(iter(statement["law"]["numbers"][citation].items()))
    statement["law"]["numbers"][citation][name] = ">= 7 persons"
    found = replay(statement, changed(lambda article: article))
    assert f"{citation}: {name} was `>= 7 persons`, is `{before}`" in found.notes


def test_lists_that_changed_are_named(statement: Statement):
    citation = next(iter(statement["law"]["lists"]))
    statement["law"]["lists"][citation] = "0" * 16
    assert f"{citation}: its lists are others" in replay(statement, changed(lambda article: article)).notes


def test_a_later_law_does_not_touch_the_decision_of_its_day_but_today_it_is_told(statement: Statement):
    later = DAY + timedelta(days=30)

    def ends(article: Article) -> Article:
        return with_versions(
            article, lambda version: replace(version, until=later) if version.until is None else version
        )

    laws = changed(ends, "cn/pipl 13")
    assert replay(statement, laws, DAY).against == ()
    found = replay(statement, laws, later + timedelta(days=1))
    assert found.against == ()
    assert any(note.startswith(f"by the law of {later + timedelta(days=1)}: ") for note in found.notes)


def test_the_law_data_of_a_statement_are_those_of_its_day(statement: Statement):
    laws = load_laws()
    assert statement["law"] == describe_laws(laws, DAY)
    assert differing_laws(statement["law"], laws, DAY) == ()
    assert set(statement["law"]["instruments"]) >= {"cn/pipl", "eu/gdpr", "shared"}
    assert differing_laws(statement["law"], laws, date(2019, 1, 1))


def test_the_check_names_what_differs_and_does_not_call_the_dossier_broken(place: Path):
    steps = {step.step: step for step in check_release(place / "out", CheckMeans(changed(forbidding), None, None))}
    assert [name for name, step in steps.items() if not step.ok] == ["decision"]
    assert steps["decision"].detail.startswith("the installed law decides otherwise (law data ")
    assert "cn/pipl 39: was requires, is forbids" in steps["decision"].differences
