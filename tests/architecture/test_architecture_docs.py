"""The documents say what the code says: every term, every key, every word of a closed list, every exit code."""

import ast
import json
import re
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

from lockgate.cli.evidence_show import WORDS
from lockgate.flow import schema
from lockgate.flow.file import parse_flow
from lockgate.flow.log_entries import ALL_KINDS
from lockgate.terms import errors
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole
from lockgate.terms.decision import Decision, MissingFact, Outcome, Route
from lockgate.terms.duty import DUTIES, Duty
from lockgate.terms.fact import FACTS
from lockgate.terms.finding import CitedFinding, Effect
from lockgate.terms.measure import MeasureKind
from lockgate.terms.privacy_model import MODELS
from lockgate.terms.technique import PARAMETERS
from lockgate.terms.verification import Attack, Check

ROOT = Path(__file__).parents[2]
TERMS = (ROOT / "docs" / "terms.md").read_text(encoding="utf-8")
FLOW_FILE = (ROOT / "docs" / "flow-file.md").read_text(encoding="utf-8")
EVIDENCE = (ROOT / "docs" / "evidence.md").read_text(encoding="utf-8")
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def name_of(path):
    """Return a path as messages show it."""
    return path.relative_to(ROOT).as_posix()


def public_classes():
    """Return the public classes of `terms`."""
    return {
        node.name
        for path in (ROOT / "src" / "lockgate" / "terms").glob("*.py")
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    }


def documented_classes():
    """Return the classes that the glossary explains."""
    return set(re.findall(r"^\| `([A-Z]\w+)` \| \S", TERMS, re.MULTILINE))


def documented_keys():
    """Return the keys that have a row in a table of the flow-file document."""
    return set(re.findall(r"^\| `([a-z_]+(?:\.[\w-]+)*)` \|", FLOW_FILE.partition("## Closed lists")[0], re.MULTILINE))


def known_keys():
    """Return every key of a flow file as the document writes it."""
    paths = {
        *schema.FACT_PATHS,
        *schema.TEXT_KEYS,
        *schema.COLUMN_LIST_KEYS,
        *schema.COUNT_KEYS,
        *schema.SHARE_KEYS,
        *schema.ROLE_KEYS,
        *schema.CHOICE_KEYS,
        ("as_of",),
        ("until",),
        ("protect", "models"),
        ("protect", "statistics"),
        ("protect", "synthesise"),
        ("protect", "population"),
        *(("protect", "columns", "NAME", key) for key in ("measure", "hierarchy")),
        *(("data", "columns", "NAME", key) for key in schema.COLUMN_KEYS),
        *(("safeguards", paper) for paper in schema.PAPERS - (set(DUTIES) - {"security-assessment"})),
        ("safeguards", "DUTY"),
    }
    return {".".join(path) for path in paths}


def words_of(text):
    """Return what a text sets in code."""
    return set(re.findall(r"`([^`\n]+)`", text))


def blocks(language):
    """Return the code blocks of the flow-file document in one language."""
    return re.findall(rf"```{language}\n(.*?)```", FLOW_FILE, re.DOTALL)


# The glossary


def test_every_public_class_of_terms_is_in_the_glossary_and_no_other():
    assert documented_classes() == public_classes()


@pytest.mark.parametrize(
    "term",
    [
        "个人信息处理者",
        "受托人",
        "敏感个人信息",
        "重要数据",
        "核心数据",
        "单独同意",
        "书面同意",
        "去标识化",
        "匿名化",
        "数据出境安全评估",
        "个人信息出境标准合同",
        "关键信息基础设施运营者",
    ],
)
def test_the_words_of_chinese_law_are_in_the_glossary(term):
    assert term in TERMS


# The flow file


def test_every_key_of_a_flow_file_is_documented_and_no_other():
    assert documented_keys() == known_keys()


def test_every_fact_is_documented_with_a_meaning():
    for name in FACTS:
        row = re.search(rf"^\| `{re.escape(name)}` \| \S[^|]*\| (?P<meaning>[^|]+)\|", FLOW_FILE, re.MULTILINE)
        assert row is not None, name
        assert len(row.group("meaning").split()) > 2, name


@pytest.mark.parametrize("name", [name for name, term in FACTS.items() if term.only_lifts])
def test_a_fact_that_can_only_free_a_flow_says_so(name):
    row = next(line for line in FLOW_FILE.splitlines() if line.startswith(f"| `{name}` |"))
    assert "Can only free a flow." in row


def test_every_word_of_every_closed_list_is_documented():
    documented = words_of(FLOW_FILE.partition("## Closed lists")[2].partition("## What a decision means")[0])
    words = {option for term in FACTS.values() for option in term.options} | set(DUTIES) | set(Category)
    assert words - documented == set()
    assert set(ColumnRole) <= words_of(FLOW_FILE)
    assert set(schema.PAPER_DATES) <= words_of(FLOW_FILE)


def test_every_duty_is_documented_with_its_kind_and_whether_it_gates():
    rows = set(re.findall(r"^\| `([a-z-]+)` \| ([a-z]+) \| (yes|no) \|", FLOW_FILE, re.MULTILINE))
    assert rows == {(duty.id, duty.kind.value, "yes" if duty.gates else "no") for duty in DUTIES.values()}


def test_every_outcome_effect_and_measure_is_documented():
    assert {*Outcome, *Effect, *MeasureKind} <= words_of(FLOW_FILE)


def test_every_kind_of_leaf_is_documented_and_has_words_and_no_other():
    table = EVIDENCE.partition("| kind | means |")[2].partition("\n\n")[0]
    assert sorted(re.findall(r"`([\w-]+)`", "".join(re.findall(r"^\| (`.*?) \| ", table, re.MULTILINE)))) == sorted(
        ALL_KINDS
    )
    assert sorted(WORDS) == sorted(ALL_KINDS)


def test_the_exit_codes_are_those_of_the_errors():
    table = FLOW_FILE.partition("| exit | meaning |")[2]
    documented = {int(code) for code in re.findall(r"^\| (\d+) \|", table, re.MULTILINE)}
    raised = {found.exit_code for found in vars(errors).values() if hasattr(found, "exit_code")}
    assert documented == raised | {0, 130}


def test_the_example_is_a_flow_file():
    for text in blocks("toml"):
        request = parse_flow(text, "docs/flow-file.md", ROOT)
        assert request.wish.k == 21
        assert tomllib.loads(text)["recipient"]["as"] == request.values["recipient.as"]


PROTECT = (ROOT / "docs" / "protect.md").read_text(encoding="utf-8")


def test_every_model_and_every_measure_of_a_column_is_documented_with_its_parameters():
    for name, model in MODELS.items():
        row = next(line for line in PROTECT.splitlines() if line.startswith(f"| `{name}` |"))
        assert {item.name for item in fields(model)} <= words_of(row)
    for kind, parameters in PARAMETERS.items():
        row = next(line for line in PROTECT.splitlines() if line.startswith("| ") and f"`{kind.value}`" in line)
        assert set(parameters) <= words_of(row)


def members(kind):
    """Return the members of a frozen type."""
    return {item.name for item in fields(kind)}


def test_the_documented_json_of_a_decision_is_what_is_written():
    _, decision, release, _, attack = map(json.loads, blocks("json"))
    assert set(decision) == members(Decision)
    assert set(decision["findings"][0]) == members(CitedFinding)
    assert set(decision["duties"][0]) == members(Duty)
    assert set(decision["missing"][0]) == members(MissingFact)
    assert set(decision["routes"][0]) == members(Route)
    assert set(release["verification"]["checks"][0]) == members(Check)
    assert set(attack["attacks"][0]) == members(Attack)


# All documents


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_links_between_documents_lead_somewhere(path):
    text = path.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text):
        if "://" not in target:
            assert (path.parent / target).exists(), target


@pytest.mark.parametrize(
    "name",
    ["ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "README.md", "SECURITY.md", "THIRD_PARTY.md"],
)
def test_the_documents_that_every_project_has_are_there(name):
    assert (ROOT / name).is_file()


def test_every_run_time_library_stands_in_the_list_of_third_parties():
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    listed = (ROOT / "THIRD_PARTY.md").read_text(encoding="utf-8").lower()
    pinned = set(re.findall(r"^([a-z0-9-]+)==", lock, re.MULTILINE))
    assert {name for name in pinned if f"| {name} |" not in listed} == set()
