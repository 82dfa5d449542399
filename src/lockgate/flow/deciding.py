"""A flow decided: the data scanned, file and scan reconciled, the law of the day asked.

Numbered steps, tagged in `decide_request`:

 1. Open and scan the source, if there is one.
 2. Reconcile words and verdicts on columns; withhold the rows of persons without a valid consent, if there is a
    register.
 3. Count persons; reconcile counts.
 4. Change the facts as the measures would that the holder takes in any case.
 5. Decide, and find routes.
"""

from dataclasses import dataclass, field
from datetime import date

from lockgate.decide.gate import decide
from lockgate.decide.routes import Abilities
from lockgate.flow.named_columns import require_columns
from lockgate.flow.progress import open_told
from lockgate.flow.protection import wished_steps
from lockgate.flow.reconcile import (
    CountedPersons,
    Difference,
    make_facts,
    reconcile_columns,
    reconcile_values,
)
from lockgate.flow.register import Looking, Wanted, withhold
from lockgate.flow.scanning import (
    SENSITIVE_IN,
    ScanMeans,
    Verdicts,
    classification_of,
    count_persons,
    find_verdicts,
    require_header,
    under_law_of,
)
from lockgate.protect.catalogue import TECHNIQUES
from lockgate.tables.kept_rows import KeptSource
from lockgate.tables.row_source import Source
from lockgate.terms.classification import Classification, ColumnVerdict
from lockgate.terms.column import ColumnRole
from lockgate.terms.decision import Decision
from lockgate.terms.facts import ColumnFacts, Facts
from lockgate.terms.flow_request import FlowRequest, SourceReference
from lockgate.terms.measure import Measure, change_facts

_GROUPS_AT_MOST = 3
_VALUES_AT_MOST = 60


@dataclass(frozen=True, slots=True)
class Decided:
    """A flow with everything that its decision rests on.

    Attributes:
        request: As declared.
        source: The data; None for a flow planned before there are data.
        classification: What the scan found; None likewise.
        subject_key: Column that tells persons apart; empty if none does.
        facts: After reconciliation, before any measure.
        wished: Measures that the holder takes in any case.
        planned: The facts as those measures change them; the decision is about these.
        differences: Where file and data said different things.
        decision: What the law says, with routes.
    """

    request: FlowRequest
    source: Source | None
    classification: Classification | None
    subject_key: str
    facts: Facts
    wished: tuple[Measure, ...]
    planned: Facts
    differences: tuple[Difference, ...]
    decision: Decision


@dataclass(frozen=True, slots=True)
class Remembered:
    """What was found in sources, so that deciding again, after an answer or under the law of another day, reads less.

    Attributes:
        verdicts: By source and declared subject key.
        counted: By source, subject key, sensitive columns, persons in a row, and day.
    """

    verdicts: dict[tuple[SourceReference, str], Verdicts] = field(default_factory=dict)
    counted: dict[tuple[SourceReference, str, tuple[str, ...], int, date], CountedPersons] = field(default_factory=dict)


def decide_request(request: FlowRequest, means: ScanMeans, remembered: Remembered | None = None) -> Decided:
    """Return what the law of the day says of a flow.

    Args:
        request: As declared; `means.as_of` is the day that decides.
        means: Laws, day, keys, folder, progress.
        remembered: What earlier calls found in the same sources, unchanged since; grows.

    Raises:
        InputError: If the data cannot be read, or file and data contradict each other.
    """
    source = _opened(request, means)
    remembered = remembered or Remembered()
    verdicts = _verdicts(source, request, means, remembered) if source else None  # 1
    columns, differences = reconcile_columns(
        request.columns,
        verdicts.columns if verdicts else (),
        means.laws,
        means.as_of,
        is_about_persons=_says_persons(request),
    )
    if source and verdicts and request.register:
        source = _withhold(source, verdicts, columns, request, means)  # 2
    counted = _count(source, verdicts, columns, request, (means, remembered))  # 3
    values, more = reconcile_values(request, counted)
    facts = make_facts(request, means.as_of, columns, values, means.laws.number("child_age", means.as_of))
    wished = wished_steps(request.wish, facts)
    planned = facts
    for step in wished:
        planned = change_facts(planned, step)  # 4
    means.progress.step("reading the law")
    abilities = Abilities(frozenset(TECHNIQUES), request.wish.k, _group_by(verdicts, columns))
    return Decided(
        request=request,
        source=source,
        classification=classification_of(verdicts, counted) if verdicts and counted else None,
        subject_key=verdicts.subject_key if verdicts else "",
        facts=facts,
        wished=wished,
        planned=planned,
        differences=(*differences, *more, *_withheld(request, verdicts, counted)),
        decision=decide(planned, means.laws, abilities),  # 5
    )


def _opened(request: FlowRequest, means: ScanMeans) -> Source | None:
    """Return the source of a flow, once it is sure that it has the columns that the flow file names."""
    if request.source is None:
        require_columns(request, [word.name for word in request.columns], "data.columns")
        return None
    source = open_told(request.source, means.progress, means.sharing.engine)
    require_header(source)  # before its names are told
    require_columns(request, source.schema.names, source.name)
    return means.sharing.opened(source, means.progress)


def _verdicts(source: Source, request: FlowRequest, means: ScanMeans, remembered: Remembered) -> Verdicts:
    assert request.source is not None, "a source was opened"
    asked = request.source, request.subject_key
    if asked in remembered.verdicts:
        return under_law_of(remembered.verdicts[asked], means)
    found = remembered.verdicts[asked] = find_verdicts(source, request.subject_key, means)
    return found


def _withhold(
    source: Source, verdicts: Verdicts, columns: tuple[ColumnFacts, ...], request: FlowRequest, means: ScanMeans
) -> KeptSource:
    means.progress.step("reading the consent register")
    recipients = {request.recipient, str(request.values.get("recipient.group", ""))} - {""}
    wanted = Wanted(
        purpose=str(request.values.get("purpose.use", "")),
        recipients=frozenset(recipients),
        categories=frozenset(column.category.value for column in columns if column.is_personal),
        as_of=means.as_of,
    )
    looking = Looking(means.sharing, means.progress, means.folder)
    return withhold(source, verdicts.subject_key, means.key, request.register, wanted, looking)


def _withheld(
    request: FlowRequest, verdicts: Verdicts | None, counted: CountedPersons | None
) -> tuple[Difference, ...]:
    if not request.register or verdicts is None or counted is None:
        return ()
    found = f"{verdicts.rows - counted.rows} of {verdicts.rows} rows are of persons without a valid consent"
    return (Difference("basis.consent.register", "a register", found, "withheld", "no consent, no row"),)


def _says_persons(request: FlowRequest) -> bool:
    """Whether the flow file says that the data are about persons, whatever the scan recognises."""
    return bool(request.subject_key) or any(request.values.get(fact) for fact in ("data.persons", "data.subjects_in"))


def _count(
    source: Source | None,
    verdicts: Verdicts | None,
    columns: tuple[ColumnFacts, ...],
    request: FlowRequest,
    given: tuple[ScanMeans, Remembered],
) -> CountedPersons | None:
    if source is None or verdicts is None or request.source is None:
        return None
    means, remembered = given
    sensitive = tuple(column.name for column in columns if SENSITIVE_IN in column.sensitive_in)
    said = request.values.get("data.persons_per_row", 1)
    per_row = said if isinstance(said, int) else 1
    asked = request.source, verdicts.subject_key, sensitive, per_row, means.as_of
    if request.register or asked not in remembered.counted:  # a register may withhold other rows the next time
        remembered.counted[asked] = count_persons(source, verdicts, sensitive, means, per_row)
    return remembered.counted[asked]


def _group_by(verdicts: Verdicts | None, columns: tuple[ColumnFacts, ...]) -> tuple[str, ...]:
    """Return a few quasi-identifiers of few values, by which counts say something."""
    if verdicts is None:
        return ()
    by_name: dict[str, ColumnVerdict] = {verdict.name: verdict for verdict in verdicts.columns}

    def values(column: ColumnFacts) -> float:
        return by_name[column.name].evidence.get("distinct", 1.0) * verdicts.rows

    fitting = [
        column for column in columns if column.role is ColumnRole.QUASI_IDENTIFIER and values(column) <= _VALUES_AT_MOST
    ]
    chosen = {column.name for column in sorted(fitting, key=values)[:_GROUPS_AT_MOST]}
    return tuple(column.name for column in columns if column.name in chosen)
