"""The plan of a release. Read this first: every step of the main job, in order, tagged in `release`.

1. Decide: scan the source, reconcile it with the flow file, ask the law of the day        (`deciding`)
2. Take the route: the flow as it stands, or one of the lawful ways                         (`_take_route`)
   and choose the setting of least loss, if the flow file says so                           (`choosing`)
3. Refuse, with a leaf in the log, unless the decision on the route is `permitted`
4. Solve the protection over all rows                                                       (`protection`)
   and hold it against earlier releases of the same persons                                 (`composing`)
5. Write the copy to a staged folder, measured beside its originals                         (`copying`)
6. Grant a permit, or refuse because a required figure is missed                            (`release.permit`)
7. Put the statement and its report beside the data; everything is on the disk              (`statement`)
8. Keep the partition (`composing`); record and publish: leaf, proof, rename, `released` leaf; interrupted ones are
   recovered                                                                                (`recovery`)
"""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import NoReturn

from lockgate.classify.text import identifier_spans
from lockgate.decide.decision import decide_as_it_stands
from lockgate.evidence.column_tree import OUTPUT
from lockgate.flow.choosing import Chosen, choose_setting
from lockgate.flow.composing import Composing, Setting, shows_persons
from lockgate.flow.copy_plan import CopyPlan, persons_repeat
from lockgate.flow.copying import Beside, MadeCopy, columns_looked_at, make_copy, not_empty, stem_of
from lockgate.flow.deciding import Decided, decide_request
from lockgate.flow.node import Node
from lockgate.flow.outcome import refusal_error
from lockgate.flow.population import find_population
from lockgate.flow.protection import make_plan, read_hierarchies, solve_protection
from lockgate.flow.recovery import (
    DATA,
    open_log,
    publish,
    record_refusal,
    recover,
    settle,
    staged_folder,
    sweep,
    target_of,
    write_dossier,
)
from lockgate.flow.resuming import copies_folder, is_jobs_folder, passes_of, remove_jobs, scan_folder
from lockgate.flow.revoking import settle_revocations
from lockgate.flow.row_order import order_domain, row_order
from lockgate.flow.scanning import ScanMeans
from lockgate.flow.statement import column_seed, dataset_of, refusal_statement, release_statement
from lockgate.flow.statistical import Statistical, has_noise, release_with_noise
from lockgate.protect.pipeline import Means
from lockgate.release.permit import grant, may_proceed
from lockgate.store.key_versions import newest_version, versioned_key
from lockgate.store.partitions import KeptRelease, LinkKind, Partitions
from lockgate.store.releases import Releases, RunningRelease
from lockgate.store.vault import Vault
from lockgate.tables.copy_folders import copies_in
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole
from lockgate.terms.decision import Decision
from lockgate.terms.errors import CounterpartyError, InputError, LockgateError
from lockgate.terms.facts import Facts
from lockgate.terms.flow_request import FlowRequest
from lockgate.terms.hierarchy import Hierarchy
from lockgate.terms.measure import Measure, MeasureKind, change_facts, in_order
from lockgate.terms.permit import Refusal, ReleasePermit
from lockgate.terms.protected import Plan
from lockgate.verify import promises

AS_IT_STANDS = "as-it-stands"
"""Name of the route that takes no measure beyond those of the flow file."""

_COUNTS = frozenset({MeasureKind.AGGREGATE, MeasureKind.STATISTICS, MeasureKind.SYNTHESISE})
"""Measures after which the copy holds no row of a person that could be followed."""

_KEY = "pseudonym"
_ID_BYTES = 6


@dataclass(frozen=True, slots=True)
class Taken:
    """The route that is taken.

    Attributes:
        id: Of the route.
        steps: All measures, those of the flow file first.
        facts: As the measures change them.
        decision: On those facts.
    """

    id: str
    steps: tuple[Measure, ...]
    facts: Facts
    decision: Decision


@dataclass(frozen=True, slots=True)
class Released:
    """What a release left.

    Attributes:
        release: Its id; empty for a rehearsal.
        taken: The route.
        out: The release folder; None for a rehearsal.
        statement_hash: SHA-256 of the statement, hexadecimal; empty for a rehearsal.
        leaf: Number of the leaf; None for a rehearsal.
        copy: Figures of the copy.
        decided: The flow as it was decided.
    """

    release: str
    taken: Taken
    out: Path | None
    statement_hash: str
    leaf: int | None
    copy: MadeCopy
    decided: Decided


def release(
    request: FlowRequest, out: Path, node: Node, *, route: str = "", format_: str = "", rehearse: bool = False
) -> Released:
    """Return what the release of a flow left: a folder that appears whole, a statement, a leaf.

    Args:
        request: The flow as declared.
        out: The release folder; must not exist, or be an empty folder.
        node: Keys, log, laws, clock.
        route: Id of a route; empty takes the flow as it stands.
        format_: Format of the data; empty keeps the source's.
        rehearse: Do everything but leave nothing.

    Raises:
        InputError: If the flow has no data, the folder exists, or there is no such route.
        ReleaseRefused, Undecided, VerificationFailed: If the copy may not be released; a leaf records it.
        EvidenceError: If the log is broken.
    """
    if request.source is None:
        raise InputError("a release needs data, and the flow file names none", "name them in data.source")
    if request.until is not None and request.until < (request.as_of or node.today):
        raise InputError(f"until: `{request.until}` lies before the day of the decision", "name a later day")
    with node.home.lock():
        journal = Releases(node.home.releases)
        recover(node.home, open_log(node.home), journal)
        settle_revocations(node.home, open_log(node.home), journal)
        sweep(node.home, journal, is_jobs_folder if node.sharing.resumes else lambda _: False)
        # after recovery, which may have finished the release of an earlier run there
        target = target_of(out, node.home.path)
        id_ = node.random_bytes(_ID_BYTES).hex()
        kept = copies_folder(node.home) if node.sharing.resumes else None
        with _work_folder(node, id_) as work, copies_in(work, kept):
            decided = decide_request(request, _scan_means(request, node, work))  # 1
            taken = _take_route(decided, node, route)  # 2
            decided, taken, refusal = _choose(decided, taken, _scan_means(request, node, work))
            if refusal is not None:
                _refuse(decided, taken, refusal, (node, id_), rehearse=rehearse)  # 3
            with _place_of_copy(node, journal, id_, target, work, rehearse=rehearse) as staged:
                plan, copy, composing, drawn = _made(
                    decided, taken, node, (staged, work, format_), rehearse=rehearse
                )  # 4, 5
                copy = not_empty(copy, plan.k, decided.classification)
                permit = grant(taken.decision, taken.id, copy.verification, lambda duty: duty.by, request.until)  # 6
                if isinstance(permit, Refusal):
                    _refuse(decided, taken, permit, (node, id_), rehearse=rehearse)
                if rehearse:
                    return Released("", taken, None, "", None, copy, decided)
                hash_ = _write_dossier(decided, taken, (plan, copy, staged), permit, node, id_)  # 7
                running = _publish(node, journal, (id_, staged, target, hash_), composing)  # 8
                if drawn is not None:
                    drawn.settle()
    return Released(id_, taken, out, hash_, running.leaf, copy, decided)


def _scan_means(request: FlowRequest, node: Node, work: Path) -> ScanMeans:
    find_jobs = partial(scan_folder, node) if node.sharing.resumes else None
    day, key = request.as_of or node.today, node.home.key("persons")
    return ScanMeans(node.laws, day, key, work, node.progress, sharing=node.sharing, find_jobs=find_jobs)


def _take_route(decided: Decided, node: Node, wanted: str) -> Taken:
    """Return the route that is taken; the measures of the flow file are part of every route."""
    if not wanted:
        as_is = next((item.id for item in decided.decision.routes if not item.steps), AS_IT_STANDS)
        return Taken(as_is, decided.wished, decided.planned, decided.decision)
    route = next((item for item in decided.decision.routes if item.id == wanted), None)
    if route is None:
        known = ", ".join(item.id for item in decided.decision.routes) or "none"
        raise InputError(f"--route: no route `{wanted}`; routes of this flow are: {known}", "run `lockgate decide`")
    facts = decided.planned
    for step in route.steps:
        facts = change_facts(facts, step)
    decision = replace(decide_as_it_stands(facts, node.laws), routes=decided.decision.routes)
    return Taken(route.id, in_order((*decided.wished, *route.steps)), facts, decision)


def _choose(decided: Decided, taken: Taken, means: ScanMeans) -> tuple[Decided, Taken, Refusal | None]:
    """Return flow and route, with the setting of least loss where it is asked for; or why nothing is released."""
    refusal = may_proceed(taken.decision)
    found = choose_setting(decided, taken.steps, taken.facts, means) if refusal is None else None
    if not isinstance(found, Chosen):
        return decided, taken, refusal or found
    decided = replace(decided, request=replace(decided.request, wish=found.wish))
    return decided, Taken(taken.id, found.steps, found.facts, found.decision), may_proceed(found.decision)


def _refuse(decided: Decided, taken: Taken, refusal: Refusal, run: tuple[Node, str], *, rehearse: bool) -> NoReturn:
    """Leave the refusal in the log, unless it is a rehearsal, and raise it."""
    node, id_ = run
    if not rehearse:
        record_refusal(node.home, id_, refusal_statement(node, id_, decided, taken.decision, refusal))
    raise refusal_error(refusal, taken.decision)


def _made(
    decided: Decided, taken: Taken, node: Node, place: tuple[Path, Path, str], *, rehearse: bool
) -> tuple[Plan, MadeCopy, Composing, Statistical | None]:
    """Return what is released: rows, or a table with noise that is paid for."""
    staged, work, format_ = place
    names = tuple(column.name for column in decided.facts.columns)
    hierarchies = read_hierarchies(decided.request.wish.hierarchies, names)
    plan = make_plan(taken.steps, decided.facts, decided.request.wish, hierarchies)
    if not has_noise(plan):
        return *_copy(decided, taken, plan, node, place, hierarchies), None
    if rehearse:
        raise InputError("a release with noise cannot be rehearsed: to see it is to spend", "leave --dry-run out")
    assert decided.source is not None
    passes = passes_of(decided, taken.id, plan, node, work)
    form = (staged / DATA, stem_of(decided.source.name), format_ or decided.source.format, work)
    made = release_with_noise(decided, plan, node, passes, form, hierarchies)
    return made.plan, made.copy, _composing(decided, made.plan, node, work, ((), False)), made


def _copy(
    decided: Decided,
    taken: Taken,
    plan: Plan,
    node: Node,
    place: tuple[Path, Path, str],
    hierarchies: Mapping[str, Hierarchy],
) -> tuple[Plan, MadeCopy, Composing]:
    source, request, progress = decided.source, decided.request, node.progress
    assert source is not None
    staged, work, format_ = place
    population = find_population(
        request.wish.population, source, decided.subject_key, plan, (node.home.key("persons"), work, progress)
    )
    version = newest_version(node.home, _KEY)
    means = Means(
        key=versioned_key(node.home, _KEY, version),
        key_version=version,
        find_spans=identifier_spans,
        hierarchies=hierarchies,
        domains={column.name: _domain(decided, column.category) for column in decided.facts.columns},
        persons_repeat=persons_repeat(decided, plan),
        builtin_hierarchies=request.wish.builtin_hierarchies,
        assign=partial(Vault(node.home).assign, rng=node.random_bytes),
        lasting_key=node.home.key("places"),
        count_population=population.fold_for if population else None,
    )
    passes = replace(passes_of(decided, taken.id, plan, node, work), encoded=True)
    progress.step("making classes")
    kept = taken.facts.columns
    sensitive = tuple(column.name for column in kept if column.role is ColumnRole.SENSITIVE)
    shows = shows_persons(kept, decided.subject_key)
    composing = _composing(decided, plan, node, work, (sensitive, shows))
    solve = partial(solve_protection, source, means=means, passes=passes, work=work, progress=progress)
    protection = composing.fit(solve(plan), passes, solve)
    copy_plan = CopyPlan(
        protection=protection,
        passes=passes,
        quasi_identifiers=plan.quasi_identifiers,
        sensitive=sensitive,
        looked_at=columns_looked_at(taken.facts, protection.schema.names, plan.steps),
        hierarchies={
            name: protection.hierarchies[name]
            for name in (*plan.hierarchies, *promises.columns_of(plan.models))
            if name in protection.hierarchies
        },
        persons_by=decided.subject_key or "row",
        persons_repeat=means.persons_repeat,
        shows_persons=shows,
        order=row_order(node.home.key("row-order"), order_domain(decided, taken.id, taken.steps)),
        following=composing.means,
    )
    form = (stem_of(source.name), format_ or source.format)
    encrypts = any(step.kind is MeasureKind.ENCRYPT for step in plan.steps)
    plan = replace(plan, key_version=version if encrypts else 0)
    beside = Beside(composing, population)
    return plan, make_copy(copy_plan, beside, staged / DATA, form, work, progress), composing


def _composing(decided: Decided, plan: Plan, node: Node, work: Path, shown: tuple[tuple[str, ...], bool]) -> Composing:
    """What holds the copy against earlier releases, given its sensitive columns and whether it shows persons."""
    values, found = decided.facts.values, decided.classification
    kind = LinkKind.PERSON if decided.subject_key else LinkKind.ROW
    if decided.subject_key and found is not None and found.persons.count < found.rows:
        kind = LinkKind.RECORD
    if any(step.kind in _COUNTS for step in plan.steps):
        kind = LinkKind.NONE
    new = KeptRelease(
        release="",
        statement_hash="",
        log_size=0,
        dataset=dataset_of(decided),
        recipient=decided.request.recipient,
        group=str(values.get("recipient.group") or ""),
        is_public=values.get("recipient.as") == "public" or values.get("means.by") == "publication",
        made_at=node.now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        kind=kind,
        k=plan.k,
        quasi_identifiers=plan.quasi_identifiers,
        entries=0,
        shows_persons=shown[1],
    )
    home = node.home
    return Composing(
        Setting(
            new=new,
            partitions=Partitions(home.partitions),
            journal=Releases(home.releases),
            subject_key=decided.subject_key,
            key=home.key("persons"),
            work=work,
            progress=node.progress,
            sensitive=shown[0],
        )
    )


def _domain(decided: Decided, category: Category) -> str:
    """What a pseudonym stands for: one category towards one group of recipients, so that two of them cannot join."""
    recipient = decided.facts.values.get("recipient.group") or decided.request.recipient
    return f"{recipient}/{category.value}"


def _write_dossier(
    decided: Decided, taken: Taken, made: tuple[Plan, MadeCopy, Path], permit: ReleasePermit, node: Node, id_: str
) -> str:
    route = (taken.id, taken.facts, replace(taken.decision, routes=()))
    statement = release_statement(node, id_, decided, route, made, permit)
    return write_dossier(made[2], statement, column_seed(node.home, id_, OUTPUT))


def _publish(
    node: Node, journal: Releases, prepared: tuple[str, Path, Path, str], composing: Composing | None = None
) -> RunningRelease:
    id_, staged, target, hash_ = prepared
    node.progress.step("recording the release")
    try:
        log = open_log(node.home)
        if composing is not None:
            composing.keep(id_, hash_, log.size)  # before the journal knows of the release, so that none is without
        return publish(node.home, log, journal, journal.prepare(id_, staged, target, hash_, log.size))
    except (LockgateError, OSError, KeyboardInterrupt) as error:
        settled = settle(node.home, journal, id_)
        if settled is not None:
            return settled
        if (staged.exists() or target.exists()) and isinstance(error, LockgateError):
            error.hint = "free space or mend the folder; the next release finishes this one or gives it up"
        raise


@contextmanager
def _work_folder(node: Node, id_: str) -> Iterator[Path]:
    work = node.home.work / id_
    work.mkdir(mode=0o700)
    is_interrupted = False
    try:
        yield work
    except (KeyboardInterrupt, CounterpartyError):  # of a cluster that is gone
        is_interrupted = True
        raise
    finally:
        shutil.rmtree(work, ignore_errors=True)
        if not (is_interrupted and node.sharing.resumes):
            remove_jobs(node.home)


@contextmanager
def _place_of_copy(
    node: Node, journal: Releases, id_: str, target: Path, work: Path, *, rehearse: bool
) -> Iterator[Path]:
    """The folder in which the copy is made: beside the target, or for a rehearsal in the home."""
    if not rehearse:
        with staged_folder(node.home, journal, id_, target) as staged:
            yield staged
        return
    (work / DATA).mkdir()
    yield work
