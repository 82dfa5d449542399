"""A release folder or a lone dossier, checked offline: files read, data hashed, decision replayed, figures remeasured.

The judging is `evidence.check`'s; here is what it needs from the outside.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from lockgate import __version__
from lockgate.classify.residual import ResidualSearch
from lockgate.decide.decision import decide_as_it_stands
from lockgate.evidence.check import DossierFiles, Means, MeasuredOutput, Step, check_dossier
from lockgate.evidence.checkpoint import parse_checkpoint
from lockgate.evidence.disk import FileDisk
from lockgate.evidence.dossier import parse_statement
from lockgate.evidence.log_reading import CHECKPOINT, LogReader
from lockgate.evidence.merkle import is_consistent
from lockgate.evidence.note import VerifierKey, parse_verifier_key
from lockgate.evidence.release_state import STATE, check_state
from lockgate.evidence.storage import FolderStorage
from lockgate.evidence.trust import Trust
from lockgate.flow.copying import columns_looked_at, hash_file
from lockgate.flow.population_check import POPULATION, PopulationAtHand, check_population
from lockgate.flow.recovery import DATA, PROOF, REPORT, STATEMENT
from lockgate.flow.statement import describe_plain
from lockgate.laws.body import Laws
from lockgate.store.home import Home
from lockgate.tables.source import open_source
from lockgate.terms.errors import EvidenceError, InputError, LockgateError
from lockgate.terms.facts import parse_facts
from lockgate.terms.flow_request import SourceReference
from lockgate.terms.measure import MeasureKind, parse_measure
from lockgate.terms.rendering import as_json
from lockgate.terms.verification import VerificationReport
from lockgate.verify import fold, remeasure, residual

_LABELLING = (MeasureKind.K_ANONYMISE.value, MeasureKind.AGGREGATE.value, MeasureKind.GENERALISE.value)


_MOST_BYTES = 64 << 20
"""The most that a statement, a proof or a report may hold; the largest of real ones hold a hundredth of it."""


@dataclass(frozen=True, slots=True)
class CheckMeans:
    """What a check is given beside the folder.

    Attributes:
        laws: The installed law, under which the decision is replayed.
        trust: Keys that the verifier relies on; None if none is given.
        home: Folder of a home whose log may be at hand; None if none is.
        today: The day by which the end of a permit is judged; None leaves it aside.
        population: The population that the copy was held against, for who has it; None if not.
    """

    laws: Laws
    trust: Trust | None
    home: Path | None
    today: date | None = None
    population: PopulationAtHand | None = None


def check_release(place: Path, means: CheckMeans) -> tuple[Step, ...]:
    """Return what every step of the check found.

    Args:
        place: A release folder, or the `statement.json` of a lone dossier.
        means: Laws, trust, log.

    Raises:
        InputError: If there is no statement at the place.
    """
    folder, has_data = (place, True) if place.is_dir() else (place.parent, False)
    statement = _read(folder / STATEMENT if has_data else place)
    if statement is None:
        raise InputError(f"`{place}`: no {STATEMENT} here", "name a release folder or a statement.json")
    dossier = DossierFiles(statement, _read(folder / PROOF), _read(folder / REPORT))
    data = folder / DATA
    output = _measure(folder) if has_data and data.is_dir() else MeasuredOutput({}) if has_data else None
    if output is not None and not has_data_files(statement):
        output = None if not output.files else output
    open_log = _open_log(statement, means.home)
    check_means = Means(
        version=__version__,
        replay=_guarded(lambda recorded: replay(recorded, means.laws)),
        remeasure=_guarded(_remeasure(folder)) if output is not None and not output.problem else None,
        open_log=open_log,
    )
    steps = check_dossier(dossier, output, means.trust, check_means)
    known = _check_population(statement, steps, folder if check_means.remeasure else None, means.population)
    return (*steps, *known, _check_state(statement, steps, open_log, means.today))


def _check_population(
    statement: bytes, steps: tuple[Step, ...], folder: Path | None, at_hand: PopulationAtHand | None
) -> tuple[Step, ...]:
    """Return whether the copy still stands in its population as the statement says; nothing where none is spoken of."""
    if any(step.step == "statement" and not step.ok for step in steps):
        return ()
    parsed = parse_statement(statement)
    try:
        file = folder / parsed["output"]["files"][0]["path"] if folder else None
        step = check_population(parsed, file, _labelled(parsed.get("plan", {"steps": ()})), at_hand)
    except (AttributeError, LookupError, TypeError, ValueError, OSError, pa.ArrowException):
        step = Step(POPULATION, ok=False, detail="could not be repeated: the statement's values are of another form")
    return () if step is None else (step,)


def _labelled(plan: Mapping[str, Any]) -> frozenset[str]:
    """Return the columns whose cells follow the grammar of labels."""
    return frozenset(
        name for step in plan["steps"] if step["measure"] in _LABELLING for name in step.get("columns", [])
    )


def _check_state(
    statement: bytes, steps: tuple[Step, ...], open_log: Callable[[], LogReader | None] | None, today: date | None
) -> Step:
    """Return whether the release may still be relied on; the log tells only if it holds the dossier."""
    failed = next((step.step for step in steps if step.step in _STATE_RESTS_ON and not step.ok), None)
    if failed is not None:
        return Step(STATE, ok=True, detail=f"not checked: it rests on `{failed}`, which failed", settled=False)
    return check_state(statement, open_log() if open_log else None, today)


_STATE_RESTS_ON = frozenset({"statement", "proof", "signature", "inclusion", "log"})


def has_data_files(statement: bytes) -> bool:
    """Whether a statement lists data files; a broken one is judged elsewhere."""
    try:
        return bool(parse_statement(statement).get("output"))
    except EvidenceError:
        return True


def replay(statement: Mapping[str, Any], laws: Laws) -> list[str]:
    """Return how the recorded decision differs from the one made again of the recorded facts.

    Under the same law stamp every finding, duty and question must be the same. Under another stamp the law data have
    changed since: then the outcome and the open duties must be the same, and the stamps are named if they are not.
    """
    recorded = statement["decision"]
    again = as_json(decide_as_it_stands(parse_facts(statement["facts"]), laws))
    if recorded["laws"] == laws.stamp:
        return [
            f"`{member}` differs"
            for member in sorted(again)
            if member != "routes" and again[member] != recorded.get(member)
        ]
    differences = []
    if again["outcome"] != recorded["outcome"]:
        differences.append(f"outcome was {recorded['outcome']}, is {again['outcome']}")
    before, now = (_duties(decision) for decision in (recorded, again))
    if before != now:
        differences.append(f"duties differ: {', '.join(sorted(before ^ now))}")
    if differences:
        differences.insert(0, f"decided under the laws {recorded['laws']}, here are {laws.stamp}")
    return differences


def remeasured(statement: Mapping[str, Any], file: Path) -> VerificationReport:
    """Return the figures that the released data alone give.

    Args:
        statement: Whose plan says what to measure.
        file: The data file.
    """
    plan, source = statement["plan"], open_source(SourceReference(str(file)))
    steps = [parse_measure(step) for step in plan["steps"]]
    columns = columns_looked_at(parse_facts(statement["facts"]), source.schema.names, steps)
    left: dict[str, int] = {}
    find = ResidualSearch()
    parts = [fold.fold_released(pa.RecordBatch.from_pylist([], schema=source.schema), plan["quasi_identifiers"])]
    for batch in source.batches():
        parts = [fold.merge([*parts, fold.fold_released(batch, plan["quasi_identifiers"])])]
        left = residual.merge(left, residual.fold(batch, columns, find))
    if any(step["measure"] == MeasureKind.AGGREGATE.value for step in plan["steps"]):
        table = pa.Table.from_batches(source.batches(), schema=source.schema)
        return remeasure.solve_counts(table, source.schema.names[-1], left, plan["k"])
    return remeasure.solve(parts[0], left, plan["k"], _labelled(plan))


def _remeasure(folder: Path) -> Callable[[Mapping[str, Any]], list[str]]:
    def compare(statement: Mapping[str, Any]) -> list[str]:
        file = folder / statement["output"]["files"][0]["path"]
        report = remeasured(statement, file)
        return [f"{check.name}: {check.meaning}" for check in report.checks if not check.ok]

    return compare


def _duties(decision: Mapping[str, Any]) -> set[str]:
    return {f"{duty['id']} {duty['met']}" for duty in decision["duties"] if duty["gates"]}


def _guarded(compare: Callable[[Mapping[str, Any]], list[str]]) -> Callable[[Mapping[str, Any]], list[str]]:
    """Return a comparison for which values of another form than a release writes are broken evidence."""

    def guarded(statement: Mapping[str, Any]) -> list[str]:
        try:
            return compare(statement)
        except (AttributeError, LookupError, TypeError, ValueError, OSError, pa.ArrowException) as error:
            raise EvidenceError("the statement's values are not those of a release") from error

    return guarded


def _measure(folder: Path) -> MeasuredOutput:
    """Read every file of the release folder but those of the dossier; the data are the one file below `data`."""
    dossier = {folder / name for name in (STATEMENT, PROOF, REPORT)}
    found = [path for path in sorted(folder.rglob("*")) if path not in dossier and not _is_folder(path)]
    files = {path.relative_to(folder).as_posix(): _described(path) for path in found}
    data = [name for name in files if name.startswith(f"{DATA}/")]
    try:
        measured = hash_file(folder / data[0])
        rows, root, columns = measured.rows, measured.root(), measured.columns()
    except (LockgateError, pa.ArrowException, OSError, IndexError) as error:
        problem = str(error) if isinstance(error, LockgateError) else "no table can be read from them"
        return MeasuredOutput(files, problem=problem)
    return MeasuredOutput(files, rows, root, columns)


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _described(path: Path) -> tuple[str, int]:
    """Return hash and size of a file; what is no plain file, such as a link, has none and is never listed."""
    return describe_plain(path) if path.is_file() and not path.is_symlink() else ("", 0)


def _open_log(statement: bytes, home: Path | None) -> Callable[[], LogReader | None] | None:
    if home is None:
        return None

    def open_() -> LogReader | None:
        return open_log_at_hand(home, parse_verifier_key(parse_statement(statement)["log"]["key"]))

    return open_


def open_log_at_hand(home: Path, key: VerifierKey) -> LogReader | None:
    """Return the log of a home, held against what the home remembers of it; None if it is of another node.

    Raises:
        EvidenceError: If the log is broken, or shorter than or other than the home remembers.
    """
    opened = Home(home, FileDisk())
    mark, storage = opened.high_water(), opened.log_storage(key.name)
    if isinstance(storage, FolderStorage):
        if not opened.log.is_dir() and mark is None:
            return None
        data = _read(opened.log / CHECKPOINT)
        if data is None:
            raise EvidenceError("log cut short: its checkpoint is gone")
        if parse_checkpoint(data).origin != key.name:
            _check_is_another_node(opened, key)
            return None
    elif storage.is_new() and (mark is None or opened.origin != key.name):
        return None
    log = LogReader.open_in(storage, key)
    if mark is not None and log.size < mark.size:
        raise EvidenceError(f"log cut short: it holds {log.size} leaves and has held {mark.size}")
    if mark is not None and not is_consistent(mark, log.head, log.consistency(mark.size)):
        raise EvidenceError(f"log forked: its first {mark.size} leaves are not those that its home remembers")
    return log


def _check_is_another_node(home: Home, key: VerifierKey) -> None:
    """Refuse a checkpoint of another origin in the home of the very node; of another node it says nothing."""
    if (home.keys / "signing.key").exists() and home.origin == key.name:
        raise EvidenceError("the checkpoint of this home's log names another log")


def _read(path: Path) -> bytes | None:
    """Return the content of a file of a dossier; None if there is none.

    A dossier comes from others: a pipe would make the check wait for ever, a device or a vast file use up the memory.

    Raises:
        EvidenceError: If it is no plain file, or larger than any dossier.
    """
    if not path.exists():
        return None
    if not path.is_file() or path.stat().st_size > _MOST_BYTES:
        raise EvidenceError(f"`{path.name}` is no plain file of at most {_MOST_BYTES >> 20} MiB")
    return path.read_bytes()
