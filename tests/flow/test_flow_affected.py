"""Which releases a withdrawn consent, a change of law or a recipient reaches; what nobody can tell is said."""

from datetime import date
from pathlib import Path
from shutil import copytree, rmtree

import pytest

from lockgate.flow.affected import Reach, find_by_law, find_by_recipient, find_by_withdrawal
from lockgate.flow.revealing import Demand
from lockgate.flow.revoking import revoke
from lockgate.laws.catalogue import load_laws
from lockgate.store.home import Home
from lockgate.terms.errors import InputError
from small_flows import DAY, NOW, do_not_wait_for_the_disk, fixed_bytes, release_at

HEAD = "subject,purpose,recipient,category,state,since,until\n"


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("released")
    with pytest.MonkeyPatch.context() as patch:
        do_not_wait_for_the_disk(patch)
        release_at(folder, {"data.subject_key": "PassengerId", "until": date(2026, 12, 31)})
    return folder


@pytest.fixture
def place(released: Path, tmp_path: Path) -> Path:
    return copytree(released, tmp_path / "place")


def _home(place: Path) -> Home:
    return Home.open(place / ".lockgate")


def _withdrawn(place: Path, *entries: str, today: date = DAY) -> tuple[Reach, int | None]:
    register = place / "consents.csv"
    register.write_text(HEAD + "".join(f"{entry}\n" for entry in entries), encoding="utf-8")
    (found,) = find_by_withdrawal(_home(place), str(register), today)
    return found.reach, found.persons


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        (("3,research,Acme Korea,,withdrawn,2026-11-01,",), (Reach.AFFECTED, 1)),
        (
            ("3,research,Acme Korea,,withdrawn,2026-11-01,", "4,research,Acme Korea,,withdrawn,2026-11-02,"),
            (Reach.AFFECTED, 2),
        ),
        (
            ("3,research,Acme Korea,,withdrawn,2026-11-01,", "3,research,Acme Korea,,given,2026-11-05,"),
            (Reach.UNAFFECTED, None),
        ),
        (("3,research,Acme Korea,,withdrawn,2026-11-22,",), (Reach.UNAFFECTED, None)),
        (("3,marketing,Acme Korea,,withdrawn,2026-11-01,",), (Reach.UNAFFECTED, None)),
        (("3,research,Somebody,,withdrawn,2026-11-01,",), (Reach.UNAFFECTED, None)),
        (("99999,research,Acme Korea,,withdrawn,2026-11-01,",), (Reach.UNAFFECTED, 0)),
    ],
)
def test_a_withdrawn_consent_reaches_the_releases_that_hold_the_person(entries, expected, place: Path):
    assert _withdrawn(place, *entries) == expected


def test_a_register_of_unknown_states_is_refused(place: Path):
    with pytest.raises(InputError, match="row 1: expected one of given, paused, withdrawn"):
        _withdrawn(place, "3,research,Acme Korea,,perhaps,2026-11-01,")


def test_the_law_of_the_day_of_the_decision_reaches_nothing_and_an_earlier_law_does(place: Path):
    (same,) = find_by_law(_home(place), load_laws(), DAY, DAY)
    assert same.reach is Reach.UNAFFECTED
    (other,) = find_by_law(_home(place), load_laws(), date(2015, 1, 1), DAY)
    assert other.reach is Reach.AFFECTED
    assert "outcome was permitted" in other.why or "duties differ" in other.why


def test_a_release_whose_statement_is_gone_cannot_be_decided_again_and_is_listed(place: Path):
    (before,) = find_by_recipient(_home(place), "Acme Korea", DAY)
    rmtree(place / "out")
    journal = next((place / ".lockgate" / "releases").glob("*.json"))
    journal.write_bytes(journal.read_bytes().replace(before.target.encode(), str(place / "out").encode()))
    (found,) = find_by_law(_home(place), load_laws(), DAY, DAY)
    assert found.reach is Reach.CANNOT_TELL
    assert "statement" in found.why
    assert _withdrawn(place, "3,research,Acme Korea,,withdrawn,2026-11-01,") == (Reach.AFFECTED, 1)


def test_a_recipient_is_found_by_name_and_states_are_told(released: Path):
    home = _home(released)
    (mine,) = find_by_recipient(home, "Acme Korea", DAY)
    assert (mine.reach, mine.state) == (Reach.AFFECTED, "released")
    assert find_by_recipient(home, "Acme Korea", date(2027, 1, 1))[0].state == "expired"
    assert find_by_recipient(home, "Nobody", DAY)[0].reach is Reach.UNAFFECTED
    revoke(home, mine.release, Demand("R. Fischer", "asked", 1, NOW), fixed_bytes("revocation"))
    assert find_by_recipient(home, "Acme Korea", DAY)[0].state == "revoked"
