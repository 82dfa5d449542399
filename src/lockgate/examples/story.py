"""The story that `lockgate demo` tells: the main job, three times, on bundled data, from nothing.

 1. What is in the data: a scan of the three tables.
 2. A shop wants to send its customers to a partner in Korea: what the law says of it as it stands.
 3. A lawful route is taken; the copy is made, measured, recorded.
 4. An attacker who knows everybody's true traits tries the original, then the copy.
 5. Somebody who was not there verifies the release; then one cell is changed, and it is found.
 6. The passenger list of the Titanic, and a census extract: the same, in short.

What is shown is what happens: every figure comes from the run. How it is shown is the teller's.
"""

import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from lockgate.evidence.step import Step
from lockgate.evidence.trust import Trust
from lockgate.examples.customers import CUSTOMER_SCHEMA, generate_customers
from lockgate.flow.checking import CheckMeans, check_release
from lockgate.flow.deciding import Decided, decide_request
from lockgate.flow.file import read_flow_file
from lockgate.flow.node import Node
from lockgate.flow.release import Released, release
from lockgate.flow.scanning import ScanMeans
from lockgate.tables.sink import write_table
from lockgate.terms.classification import Classification
from lockgate.terms.decision import Outcome

CUSTOMERS = 12_000
"""Rows of the made-up customer table."""

SEED = 2026


class Teller(Protocol):
    """Shows the story to somebody."""

    def chapter(self, title: str) -> None:
        """Begin a chapter."""

    def say(self, text: str) -> None:
        """Say something."""

    def show_scan(self, name: str, found: Classification) -> None:
        """Show what a scan found."""

    def show_decision(self, decided: Decided) -> None:
        """Show what the law says."""

    def show_release(self, released: Released) -> None:
        """Show what was released."""

    def show_attack(self, released: Released) -> None:
        """Show how far an attacker comes, on the original and on the copy."""

    def show_check(self, steps: Sequence[Step], tampered: Sequence[Step]) -> None:
        """Show a verification, and one after a cell was changed."""

    def show_end(self, releases: Sequence[Released]) -> None:
        """Show all releases side by side, and where to go on."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Where the story plays.

    Attributes:
        folder: Holds the data, the flow files and the releases; made anew.
        node: Keys, log, laws, clock.
    """

    folder: Path
    node: Node


def tell_story(teller: Teller, stage: Stage) -> tuple[Released, ...]:
    """Return the releases that the story made."""
    _lay_out(stage.folder)
    teller.chapter("What is in the data")  # 1
    teller.say(
        f"Three tables: {CUSTOMERS:,} rows of made-up customers of a shop, the 891 real passengers of the Titanic, and "
        "the real Adult census extract of 30,162 persons. Every row is read."
    )
    decided = {name: _decide(stage, name) for name in ("shop", "titanic", "adult")}
    for name, item in decided.items():
        assert item.classification is not None
        teller.show_scan(name, item.classification)
    teller.chapter("A shop wants to send its customers to Korea")  # 2
    teller.say("Shop Co. wants a partner in Korea to train a model on its customer list. As the file stands:")
    teller.show_decision(decided["shop"])
    teller.chapter("A lawful way through")  # 3
    shop = _release(stage, "shop", _best_route(decided["shop"]))
    teller.say("The shop takes the first permitted route. The copy is made, measured and recorded:")
    teller.show_release(shop)
    teller.chapter("Somebody tries to find a customer")  # 4
    teller.show_attack(shop)
    teller.chapter("Somebody else checks it, offline")  # 5
    teller.show_check(*_check(stage, shop))
    teller.chapter("The same for real people: the Titanic and the census")  # 6
    others = tuple(_release(stage, name, "") for name in ("titanic", "adult"))
    for released in others:
        teller.show_release(released)
        teller.show_attack(released)
    teller.show_end((shop, *others))
    return (shop, *others)


def lay_out_customers(folder: Path, rows: int, seed: int) -> Path:
    """Return a CSV file of made-up customers.

    Args:
        folder: Exists.
        rows: How many.
        seed: The same seed gives the same bytes.
    """
    batches: Iterable[pa.RecordBatch] = generate_customers(rows, seed)
    return write_table(folder, "generated-customers", batches, CUSTOMER_SCHEMA, "csv")


def _lay_out(folder: Path) -> None:
    for name in ("shop", "titanic", "adult"):
        shutil.rmtree(folder / name, ignore_errors=True)
        with as_file(files("lockgate.examples") / name) as bundled:
            shutil.copytree(bundled, folder / name)
    lay_out_customers(folder / "shop", CUSTOMERS, SEED)


def _decide(stage: Stage, name: str) -> Decided:
    request = read_flow_file(stage.folder / name / "flow.toml")
    node = stage.node
    means = ScanMeans(node.laws, request.as_of or node.today, node.home.key("persons"), node.home.work, node.progress)
    return decide_request(request, means)


def _best_route(decided: Decided) -> str:
    return next(route.id for route in decided.decision.routes if route.outcome is Outcome.PERMITTED)


def _release(stage: Stage, name: str, route: str) -> Released:
    request = read_flow_file(stage.folder / name / "flow.toml")
    return release(request, stage.folder / name / "release", stage.node, route=route)


def _check(stage: Stage, released: Released) -> tuple[tuple[Step, ...], tuple[Step, ...]]:
    """Return the check of a release, and of a copy of it in which one cell was changed."""
    assert released.out is not None
    trust = Trust((stage.node.home.verifier_key,))
    means = CheckMeans(stage.node.laws, trust, stage.node.home.path)
    tampered = stage.folder / "shop" / "release-with-one-cell-changed"
    shutil.copytree(released.out, tampered)
    data = next((tampered / "data").iterdir())
    text = data.read_text(encoding="utf-8")
    place = max(text.rfind(digit) for digit in "0123456789")
    data.write_text(text[:place] + ("7" if text[place] != "7" else "8") + text[place + 1 :], encoding="utf-8")
    return check_release(released.out, means), check_release(tampered, means)
