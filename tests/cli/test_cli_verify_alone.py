"""`lockgate-verify`: the verifier alone, without any reader of tables, offline."""

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from lockgate.cli import verify_alone
from small_flows import do_not_wait_for_the_disk, release_at

PACKAGING = Path(__file__).parents[2] / "packaging" / "lockgate-verify"

ALONE = """
import json, sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("numpy", "pyarrow", "numba"):
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Missing())
from lockgate.cli.verify_alone import main
code = main(sys.argv[1:])
loaded = sorted(name for name in sys.modules if name.partition(".")[0] == "lockgate")
print(json.dumps({"code": code, "loaded": loaded}), file=sys.stderr)
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("alone")
    with pytest.MonkeyPatch.context() as patch:
        do_not_wait_for_the_disk(patch)
        release_at(folder)
    return folder


def steps_of(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, dict[str, object]]]:
    code = verify_alone.main(["--json", *arguments])
    document = json.loads(capsys.readouterr().out)
    return code, {step["step"]: step for step in document["steps"]}


def test_it_runs_where_no_reader_of_tables_is_installed_and_ships_all_that_it_loads(place: Path):
    done = subprocess.run([sys.executable, "-c", ALONE, str(place / "out")], capture_output=True, text=True, check=True)
    told = json.loads(done.stderr.splitlines()[-1])
    assert told["code"] == 0
    assert "Consistent, signer unknown" in done.stdout
    shipped = tomllib.loads((PACKAGING / "pyproject.toml").read_text(encoding="utf-8"))
    paths = shipped["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    modules = {path.removeprefix("../../src/").removesuffix(".py").replace("/", ".") for path in paths}
    modules = {name.removesuffix(".__init__") for name in modules}
    rooms = tuple(f"{name}." for name in modules if Path(PACKAGING / "../../src" / name.replace(".", "/")).is_dir())
    assert [name for name in told["loaded"] if name not in modules and not name.startswith(rooms)] == []


def test_what_rests_on_the_rows_is_left_open_and_names_the_full_program(place: Path, capsys):
    code, steps = steps_of(capsys, str(place / "out"))
    assert code == 0
    open_ = [name for name, step in steps.items() if not step["settled"]]
    assert open_ == ["data", "trust", "log", "verification", "state"]
    assert all("full program, lockgate" in str(steps[name]["detail"]) for name in ("data", "verification"))
    assert steps_of(capsys, str(place / "out"), "--strict")[0] == 6


def test_a_copy_of_the_log_tells_whether_the_release_still_stands(place: Path, capsys):
    _, steps = steps_of(capsys, str(place / "out"), "--log", str(place / ".lockgate" / "log"))
    assert steps["log"]["detail"] == "the log of 2 leaves holds the tree of the dossier"
    assert steps["state"]["detail"] == "released, not revoked"


@pytest.mark.parametrize(
    ("name", "step"), [("statement.json", "inclusion"), ("report.html", "report"), ("data/passengers.csv", "files")]
)
def test_a_tampered_release_is_refused_and_the_step_is_named(name: str, step: str, place: Path, tmp_path: Path, capsys):
    for path in (place / "out").rglob("*"):
        if path.is_file():
            target = tmp_path / path.relative_to(place / "out")
            target.parent.mkdir(exist_ok=True)
            target.write_bytes(path.read_bytes())
    (tmp_path / name).write_bytes(
        (tmp_path / name).read_bytes().replace(b"Acme Korea", b"Acme Busan").replace(b"male", b"mole")
    )
    code, steps = steps_of(capsys, str(tmp_path))
    assert code == 6
    assert step in [found for found, item in steps.items() if not item["ok"]]


@pytest.mark.parametrize("arguments", [[], ["nowhere"], ["--log", "nowhere", "."], ["--colour", "."]])
def test_wrong_input_ends_with_2_and_a_hint(arguments: list[str], capsys):
    assert verify_alone.main(arguments) == 2
    assert len(capsys.readouterr().err.splitlines()) == 2
