"""Candidates that remain when releases are laid side by side, against counting by hand."""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from lockgate.verify.composition import (
    ABSENT,
    Classes,
    Membership,
    candidates,
    compatible_candidates,
    compose,
    compose_secret,
    join,
)
from lockgate.verify.composition_profiles import compose_profiles
from lockgate.verify.composition_report import Told, composed_checks
from lockgate.verify.figures import Reading
from lockgate.verify.fold import fold, merge


def release_of(classes: Mapping[int, int], k: int = 2, name: str = "r") -> Membership:
    """A release of persons by number; class -1 for one that it knows and does not show."""
    links = np.array(list(classes), dtype=np.uint64)
    return Membership(name, k, links, np.array(list(classes.values()), dtype=np.int64), np.ones(len(links), np.int64))


def counted(releases: Sequence[Mapping[int, int]], person: int) -> int:
    """Persons of the same signature, by definition."""

    def signature(who: int) -> tuple[int, ...]:
        return tuple(release.get(who, ABSENT) for release in releases)

    everybody = set().union(*releases)
    return sum(signature(who) == signature(person) for who in everybody)


one_release = st.dictionaries(st.integers(0, 12), st.integers(-1, 2), max_size=12)


@given(st.lists(one_release, min_size=1, max_size=4))
def test_candidates_are_the_persons_of_the_same_signature(releases: list[dict[int, int]]):
    links, found = candidates([release_of(item) for item in releases])
    for link, count in zip(links.tolist(), found.tolist(), strict=True):
        shown = any(item.get(link, ABSENT) >= 0 for item in releases)
        assert count == (counted(releases, link) if shown else 0)


@given(st.lists(one_release, min_size=1, max_size=3), one_release)
def test_the_worst_figure_is_that_of_persons_whom_the_new_release_narrows_down(
    earlier: list[dict[int, int]], new: dict[int, int]
):
    composed = compose(join([release_of(item) for item in earlier]), release_of(new), by_content=False)
    everything = [*earlier, new]
    shown = {who for who, number in new.items() if number >= 0}

    def unit(who: int) -> tuple[int, ...]:
        return tuple(item.get(who, ABSENT) for item in earlier)

    before = {who for item in earlier for who, number in item.items() if number >= 0}
    touched = {unit(who) for who in shown & before}
    counts = shown | {who for who in before if unit(who) in touched}
    assert composed.least == min((counted(everything, who) for who in counts), default=0)
    assert composed.below == sum(counted(everything, who) < 2 for who in counts)
    assert composed.persons == len(shown & before)
    assert composed.came == len(shown - before)
    assert composed.left == len(counts - shown)


def test_two_different_releases_of_two_persons_a_class_single_everybody_out():
    first, second = release_of({1: 0, 2: 0, 3: 1, 4: 1}), release_of({1: 0, 2: 1, 3: 0, 4: 1})
    composed = compose(join([first]), second, by_content=False)
    assert (composed.least, composed.below, composed.ok) == (1, 4, False)


def test_who_left_alone_is_narrowed_down_and_who_left_with_others_is_not():
    first = release_of({1: 0, 2: 0, 3: 0, 4: 0})
    assert compose(join([first]), release_of({1: 0, 2: 0, 3: 0}), by_content=False).least == 1
    assert compose(join([first]), release_of({1: 0, 2: 0}), by_content=False).ok


def test_a_class_that_the_new_release_does_not_show_at_all_does_not_count_against_it():
    first = release_of({1: 0, 2: 1, 3: 2, 4: 2})
    assert compose(join([first]), release_of({3: 0, 4: 0}), by_content=False).ok


def test_the_smallest_promise_counts_and_a_release_without_one_promises_nothing():
    first, second = release_of({1: 0, 2: 0, 3: 0}, k=3), release_of({1: 0, 2: 0, 3: 0}, k=2)
    assert compose(join([first]), second, by_content=False).required == 2
    assert compose(join([release_of({1: 0}, k=0)]), release_of({1: 0}, k=0), by_content=False).ok
    assert not compose(join([release_of({1: 0, 2: 1}, k=0)]), second, by_content=False).ok


def test_a_changed_row_may_be_anybody_so_one_candidate_is_assumed():
    first, changed = release_of({1: 0, 2: 0, 3: 0, 4: 0}), release_of({1: 0, 2: 0, 13: 0, 14: 0})
    composed = compose(join([first]), changed, by_content=True)
    assert (composed.least, composed.doubtful) == (1, 2)
    check = composed_checks([composed], (), Told())[0]
    assert not check.ok
    assert "subject_key" in check.meaning


def test_a_row_that_an_earlier_release_knew_and_did_not_show_is_not_doubtful():
    first = release_of({1: 0, 2: 0, 3: ABSENT, 4: ABSENT, 5: 1, 6: 1})
    assert compose(join([first]), release_of({1: 0, 2: 0, 3: 0, 4: 0}), by_content=True).doubtful == 0
    with_new_row = release_of({1: 0, 2: 0, 3: 0, 14: 0})
    assert compose(join([first]), with_new_row, by_content=True).doubtful == 1
    nobody_left = release_of({1: 0, 2: 0, 3: 0, 4: 0, 5: ABSENT, 6: ABSENT, 14: 0})
    assert compose(join([first]), nobody_left, by_content=True).doubtful == 0


def test_persons_of_several_rows_are_counted_once():
    def rows(classes: Sequence[int]) -> Membership:
        numbers = np.array(classes, dtype=np.int64)
        people = np.array([1, 1, 1, 2], dtype=np.uint64)
        return Membership("r", 2, np.arange(4, dtype=np.uint64), numbers, np.ones(4, np.int64), people)

    composed = compose(join([rows([0, 0, 0, 0])]), rows([0, 0, 1, 0]), by_content=False)
    assert composed.least == 1, "three rows of person 1 are one person"


def test_a_record_in_several_classes_has_the_set_of_them_as_its_class():
    links = np.array([1, 1, 2, 2, 3], dtype=np.uint64)
    several = Membership("r", 2, links, np.array([0, 1, 1, 0, 1], dtype=np.int64), np.ones(5, np.int64))
    assert candidates([several])[1].tolist() == [2, 2, 1]


def test_who_does_not_know_the_classes_has_no_fewer_candidates():
    original = pa.RecordBatch.from_pydict({"a": ["1", "2", "3", "4"], "b": ["1", "2", "3", "4"]})
    released = pa.RecordBatch.from_pydict({"a": ["[1,3]", "[1,3]", "[1,3]", "[3,4]"], "b": ["[1,4]"] * 4})
    pairs = merge([fold(released, original, None, ["a", "b"])])
    found = compatible_candidates(pairs, Reading({}, frozenset({"a", "b"})))
    by_value = dict(zip(pairs["o:a"].to_pylist(), found.tolist(), strict=True))
    assert by_value == {"1": 3, "2": 3, "3": 4, "4": 1}


def test_two_releases_can_give_away_a_value_that_neither_gives_away_alone():
    first, second = release_of({1: 0, 2: 0, 3: 1, 4: 1}), np.array([0, 1, 0, 1])
    links, values = np.arange(1, 5, dtype=np.uint64), np.array([0, 1, 1, 0])
    alone = compose_secret(join([release_of(dict.fromkeys(range(1, 5), 0))]), links, second, values)
    assert (alone.least_values, alone.success, alone.baseline) == (2, 0.5, 0.5)
    together = compose_secret(join([first]), links, second, values)
    assert (together.least_values, together.success) == (1, 1.0)
    nobody = compose_secret(join([first]), links, np.full(4, ABSENT), values)
    assert nobody.least_values == 0


def test_classes_are_numbered_alike_in_every_batch():
    classes = Classes(["a", "gone"])
    first = classes.numbers(pa.RecordBatch.from_pydict({"a": ["x", "y", None], "c": [1, 2, 3]}))
    second = classes.numbers(pa.RecordBatch.from_pydict({"a": [None, "y", "z"], "c": [1, 2, 3]}))
    assert second.tolist()[:2] == first.tolist()[:0:-1]
    assert classes.labels()["a"].to_pylist()[first[2]] is None
    assert len(classes.labels()) == 4


def test_without_a_quasi_identifier_everybody_is_in_one_class():
    classes = Classes(["gone"])
    assert set(classes.numbers(pa.RecordBatch.from_pydict({"c": [1, 2]})).tolist()) == {0}


def test_a_check_names_the_release_and_the_way_out():
    first, second = release_of({1: 0, 2: 0, 3: 1, 4: 1}, name="abc"), release_of({1: 0, 2: 1, 3: 0, 4: 1})
    check = composed_checks([compose(join([first]), second, by_content=False)], (), Told(elsewhere=2))[0]
    assert (check.name, check.measured, check.required, check.ok) == ("k-composed", 1, 2, False)
    assert "abc" in check.meaning
    assert "larger protect.k" in check.meaning


record = st.tuples(st.integers(0, 5), st.integers(-1, 2), st.integers(-1, 2))


@given(st.lists(record, min_size=1, max_size=14))
def test_persons_who_share_all_their_records_are_those_counted_by_hand(records: list[tuple[int, int, int]]):
    people = np.array([person for person, _, _ in records], dtype=np.uint64)
    links, ones = np.arange(len(records), dtype=np.uint64), np.ones(len(records), np.int64)
    first, second = (
        Membership("r", 2, links, np.array([item[at] for item in records], np.int64), ones, people) for at in (1, 2)
    )
    profiles: dict[int, Counter[tuple[int, int]]] = {}
    for person, *classes in records:
        if classes != [-1, -1]:
            profiles.setdefault(person, Counter())[classes[0], classes[1]] += 1
    shared = Counter(tuple(sorted(profile.items())) for profile in profiles.values())
    shown = {person for person, _, number in records if number >= 0}
    expected = min((shared[tuple(sorted(profiles[person].items()))] for person in shown), default=0)
    assert compose_profiles(join([first]), second) == expected


def test_where_each_person_has_one_record_there_is_no_profile():
    assert compose_profiles(join([release_of({1: 0, 2: 0})]), release_of({1: 0, 2: 0})) is None
