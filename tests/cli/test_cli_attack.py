"""`lockgate attack` says in words who could be found and what could be learnt, beside guessing."""

import csv


def split(place, names):
    """Write the first passengers as known and the last ones as a control."""
    with (place / "passengers.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for name, part in zip(names, (rows[:80], rows[80:]), strict=True):
        with (place / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(part)


def test_the_copy_alone_is_attacked(lockgate, place):
    assert lockgate("release", "flow.toml", "--out", "out").code == 0
    said = lockgate("attack", "out")
    assert said.code == 0
    assert "Who could be found?" in said.out
    assert "--knowing FILE" in said.out
    assert lockgate("attack", "out", "--sensitive", "Survived", "--json").document["attacks"][-1]["name"] == (
        "attribute:Survived"
    )


def test_a_control_tells_members_from_others(lockgate, place):
    assert lockgate("release", "flow.toml", "--out", "out").code == 0
    split(place, ("known.csv", "control.csv"))
    found = lockgate("attack", "out", "--knowing", "known.csv", "--control", "control.csv", "--json")
    assert found.code == 0, found.err
    names = [attack["name"] for attack in found.document["attacks"]]
    assert {"linkage", "nearest-record", "membership", "singling-out:some-columns"} <= set(names)
    assert all(0 <= attack["interval"][0] <= attack["interval"][1] <= 1 for attack in found.document["attacks"])
    said = lockgate("attack", "out", "--knowing", "known.csv", "--control", "control.csv")
    assert "Could one tell who is in it at all?" in said.out
    assert "guessing" in said.out


def test_what_makes_no_sense_exits_2(lockgate, place):
    assert lockgate("release", "flow.toml", "--out", "out").code == 0
    (place / "strangers.csv").write_text("Sex\nmale\n", encoding="utf-8")
    split(place, ("known.csv", "control.csv"))
    for arguments, says in (
        (["--control", "control.csv"], "--knowing"),
        (["--sensitive", "Sax"], "no column `Sax`"),
        (["--knowing", "known.csv", "--control", "strangers.csv"], "the control lacks the column"),
    ):
        found = lockgate("attack", "out", *arguments)
        assert found.code == 2, found.out
        assert says in found.err
