"""Cases from the field: real events as flow files, each with a page of plain words and the decision that is expected.

They lie in `cases/` of the checkout, and beside this module where lockgate is installed.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from lockgate.terms.errors import InputError

_HERE = Path(__file__)


@dataclass(frozen=True, slots=True)
class Case:
    """One case.

    Attributes:
        id: Name of its folder.
        title: First line of its page.
        page: In Markdown.
        flows: Its flow files, sorted by name.
    """

    id: str
    title: str
    page: str
    flows: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Expected:
    """What is expected of one flow of a case.

    Attributes:
        outcome: Of the flow.
        forbidden_by: Citations of the articles that stand against it, sorted.
        open: Duties that hold it up, sorted.
        asks: Facts whose answer can change the outcome, sorted; what proves a duty left out.
    """

    outcome: str
    forbidden_by: tuple[str, ...]
    open: tuple[str, ...]
    asks: tuple[str, ...]


def list_cases() -> tuple[Case, ...]:
    """Return the cases, sorted by name.

    Raises:
        InputError: If the cases are not there.
    """
    folder = next((place for place in (_HERE.parents[3] / "cases", _HERE.parent / "cases") if place.is_dir()), None)
    if folder is None:
        raise InputError("the cases are not installed", "install lockgate anew")
    return tuple(_read(case) for case in sorted(folder.iterdir()) if (case / "README.md").is_file())


def expectations(case: Case) -> dict[str, Expected]:
    """Return what is expected of each flow of a case, by the name of its file."""
    text = (case.flows[0].parent / "expected.toml").read_text(encoding="utf-8")
    return {
        f"{name}.toml": Expected(
            outcome=item["outcome"],
            forbidden_by=tuple(item.get("forbidden_by", ())),
            open=tuple(item.get("open", ())),
            asks=tuple(item.get("asks", ())),
        )
        for name, item in tomllib.loads(text).items()
    }


def _read(folder: Path) -> Case:
    page = (folder / "README.md").read_text(encoding="utf-8")
    flows = tuple(path for path in sorted(folder.glob("*.toml")) if path.name != "expected.toml")
    return Case(folder.name, page.partition("\n")[0].removeprefix("# "), page, flows)
