"""Rules of the house about names, exceptions from the linters, and who may make what."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

import lockgate

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "lockgate"
CODE = sorted(PACKAGE.rglob("*.py"))
CHECKED = [*CODE, *sorted((ROOT / "tests").rglob("*.py")), *sorted((ROOT / "benchmarks").rglob("*.py"))]

PUBLIC = {"__version__"}
"""The public Python API: what `lockgate/__init__.py` defines or re-exports. Changed on purpose, with the changelog."""

BANNED = {"handler", "subject", "policy", "consent", "mask", "agent", "processor"}

EXCEPTION = re.compile(r"#\s*(noqa|type:\s*ignore|pragma)\b(.*)")
REASON = re.compile(r"(?::\s*[A-Z]+[0-9]+(?:,\s*[A-Z]+[0-9]+)*\s+-\s|\[[a-z-]+(?:,\s*[a-z-]+)*\]\s+#\s)(?P<reason>.+)")


def name_of(path):
    """Return a path as messages show it."""
    return path.relative_to(ROOT).as_posix()


def tree_of(path):
    """Return the syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def parts():
    """Return every class, function and call of the package with its file."""
    kinds = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef | ast.Call
    return [(path, node) for path in CODE for node in ast.walk(tree_of(path)) if isinstance(node, kinds)]


def definitions():
    """Return every class and function of the package with its file."""
    return [(path, node) for path, node in parts() if not isinstance(node, ast.Call)]


def calls(name):
    """Return the files in which something of a name is called."""
    return {
        name_of(path)
        for path, node in parts()
        if isinstance(node, ast.Call) and f".{ast.unparse(node.func)}".endswith(f".{name}")
    }


def test_the_public_api_is_what_the_list_says():
    names = set()
    for node in tree_of(PACKAGE / "__init__.py").body:
        match node:
            case ast.Assign(targets=targets):
                names |= {target.id for target in targets if isinstance(target, ast.Name)}
            case ast.AnnAssign(target=ast.Name(id=name)):
                names.add(name)
            case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
                names |= {alias.asname or alias.name for alias in aliases}
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                names.add(name)
    assert names - {"__all__"} == PUBLIC
    assert set(getattr(lockgate, "__all__", PUBLIC)) == PUBLIC


def test_no_public_class_function_or_module_has_a_banned_bare_name():
    bare = {f"{name_of(path)} {node.name}" for path, node in definitions() if node.name.lower() in BANNED}
    bare |= {name_of(path) for path in CODE if path.stem in BANNED}
    assert bare == set()


def test_nothing_is_called_anonymous_that_is_done_rather_than_found():
    folder = PACKAGE / "protect"
    done = {node.name for path, node in definitions() if path.is_relative_to(folder) and "anonymous" in node.name}
    assert done == set()


def test_only_release_makes_permits():
    assert {Path(path).parts[2] for path in calls("ReleasePermit")} == {"release"}


def test_errors_of_the_tree_stand_in_one_file():
    tree = {node.name for path, node in definitions() if name_of(path) == "src/lockgate/terms/errors.py"}
    strays = {
        f"{name_of(path)} {node.name}"
        for path, node in definitions()
        if isinstance(node, ast.ClassDef)
        and path.name != "errors.py"
        and {ast.unparse(parent).rpartition(".")[2] for parent in node.bases} & tree
    }
    assert strays == set()


def test_no_module_hides_an_import_from_the_contracts():
    assert [name_of(path) for path in CODE if "TYPE_CHECKING" in path.read_text(encoding="utf-8")] == []


def test_no_import_stands_inside_a_function():
    inside = {
        f"{name_of(path)} {node.name}"
        for path, node in definitions()
        if not isinstance(node, ast.ClassDef)
        and any(isinstance(part, ast.Import | ast.ImportFrom) for part in ast.walk(node))
    }
    assert inside == set()


def test_evidence_bytes_are_never_made_by_a_bare_json_dump():
    made = calls("json.dumps") | calls("json.dump")
    assert {path for path in made if path.startswith("src/lockgate/evidence/")} == set()


@pytest.mark.parametrize("path", CHECKED, ids=name_of)
def test_an_exception_from_a_linter_says_which_rule_and_why(path):
    if path == Path(__file__):
        return
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        found = EXCEPTION.search(line)
        if found:
            assert REASON.match(found.group(2)) is not None, f"line {number} gives no rule or no reason"


@pytest.mark.parametrize(
    ("line", "holds"),
    [
        ("x = 1  # noqa: PLR2004 - December", True),
        ("x = 1  # noqa: PLR2004, S101 - two rules", True),
        ("x = 1  # type: ignore[arg-type] # a reader", True),
        ("x = 1  # noqa", False),
        ("x = 1  # noqa: PLR2004", False),
        ("x = 1  # type: ignore", False),
        ("x = 1  # type: ignore[arg-type]", False),
    ],
)
def test_the_form_of_an_exception_is_told_from_its_near_misses(line, holds):
    assert (REASON.match(EXCEPTION.search(line).group(2)) is not None) == holds
