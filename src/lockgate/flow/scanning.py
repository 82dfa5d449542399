"""A source scanned: verdicts, roles by measured uniqueness, persons counted exactly, grade.

Numbered steps, tagged in `scan_source`:

 1. Fold the evidence of every column over all rows, and solve it to verdicts.
 2. Fold a sample of the columns that could tell persons apart, and solve it to combinations; roles follow. In the same
    pass over the source, unless it has too many columns to sample all of them, or several rows of a person. If asked,
    the most telling combinations are then measured on all rows.
 3. Count persons by the subject key, those with sensitive data among them, and find the youngest. In the same pass as
    well, by the verdicts of the first rows, if those of all rows ask for the same columns.
 4. If not, in a pass of its own over the columns that it needs.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa

from lockgate.classify import ages, scan, uniqueness
from lockgate.classify.advice import advised_sensitive
from lockgate.classify.assemble import assemble, most_telling
from lockgate.classify.catalogue import CATALOGUE, IDENTIFYING
from lockgate.classify.header import header_score
from lockgate.classify.impact import signals_of
from lockgate.classify.normal import normalise
from lockgate.classify.persons import find_subject_key
from lockgate.classify.recognition import match
from lockgate.classify.text import pattern_spans
from lockgate.flow.counting import CountAhead, CountRange, PersonCounter, Question
from lockgate.flow.exactness import measure_exactly
from lockgate.flow.named_columns import nearest_columns
from lockgate.flow.progress import Progress, tell_pass
from lockgate.flow.reconcile import CountedPersons
from lockgate.flow.sampling import Sample
from lockgate.flow.scan_fold import FoldRange, ScanFold
from lockgate.flow.sensitivity import sensitive_under
from lockgate.flow.sharing import Sharing
from lockgate.laws.body import Laws
from lockgate.tables.job import read_found
from lockgate.tables.read_ahead import read_ahead
from lockgate.tables.row_ranges import RowRanges
from lockgate.tables.row_source import Source
from lockgate.tables.source import encoded_batches
from lockgate.terms.category import IMPERSONAL, Category
from lockgate.terms.classification import Classification, ColumnCombination, ColumnVerdict, PersonCount
from lockgate.terms.column import Verdict
from lockgate.terms.errors import InputError

SENSITIVE_IN = "CN"
"""The coded jurisdiction whose law counts persons with sensitive data."""

_ONE_ROW_EACH = 0.99
"""Share of distinct values among the filled cells of a subject key from which on a row is as good as a person."""

_BELIEVED = (Verdict.CONFIRMED, Verdict.SUSPECTED)
_CALLED_BY_WORDS = "person-name"
"""The type that words such as `client` announce, which stand in headers too."""


@dataclass(frozen=True, slots=True)
class ScanMeans:
    """What a scan is given beside the source.

    Attributes:
        laws: Which say what is sensitive where.
        as_of: Day on which ages are taken and the law is read.
        key: Secret of the hashes of persons and of examples.
        folder: Where partials spill.
        progress: Told of every batch.
        is_exact: Whether combinations are measured on all rows, which costs another pass and room on the disk.
        sharing: How the first pass is shared among workers.
        find_jobs: Where its jobs lie, which then stay; None where they go with the scan.
    """

    laws: Laws
    as_of: date
    key: bytes
    folder: Path
    progress: Progress
    is_exact: bool = False
    sharing: Sharing = field(default_factory=Sharing)
    find_jobs: Callable[[Source, RowRanges], Path] | None = None

    def sensitive_in(self, category: Category) -> tuple[str, ...]:
        """Return the jurisdictions whose law lists a category as sensitive on the day."""
        return self.laws.sensitive_in(category, self.as_of)


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What the columns of a source are, before persons are counted.

    Attributes:
        rows: Rows of the source.
        columns: Verdicts in the order of the source.
        combinations: Columns that together tell persons apart.
        subject_key: Column that tells persons apart; empty if none was found.
        sampled_persons: Persons on which the combinations were measured; 0 for all.
        decimals: The most decimals of a coordinate; 0 if there is none.
    """

    rows: int
    columns: tuple[ColumnVerdict, ...]
    combinations: tuple[ColumnCombination, ...]
    subject_key: str
    sampled_persons: int = 0
    decimals: int = 0


def scan_source(source: Source, subject_key: str, means: ScanMeans, persons_per_row: int = 1) -> Classification:
    """Return what is in a source.

    Args:
        source: The data.
        subject_key: Column that tells persons apart; empty means found by the scan.
        means: What the scan is given beside it.
        persons_per_row: How many persons a row is about, where no column tells them apart.

    Raises:
        InputError: If the subject key is no column of the source, or the source cannot be read.
    """
    if subject_key and subject_key not in source.schema.names:
        hint = nearest_columns([subject_key], source.schema.names)
        raise InputError(f"the subject key: no column `{subject_key}` in `{source.name}`", hint)
    source = means.sharing.opened(source, means.progress)
    if means.sharing.ranges_of(source) is not None:  # rows come by in workers, who do not see the first ones
        verdicts = find_verdicts(source, subject_key, means)  # 1, 2
        question = _question(verdicts.columns, verdicts.subject_key)
    else:
        with CountAhead(means.folder, means.as_of, means.key) as ahead:
            verdicts = _find_verdicts(source, subject_key, means, ahead)  # 1, 2
            question = _question(verdicts.columns, verdicts.subject_key)
            counter = ahead.answer(question)  # 3
            if counter is not None:
                return classification_of(verdicts, counter.counted(persons_per_row))
    counted = count_persons(source, verdicts, question.sensitive, means, persons_per_row)  # 4
    return classification_of(verdicts, counted)


def find_verdicts(source: Source, subject_key: str, means: ScanMeans) -> Verdicts:
    """Return what the columns of a source are.

    Args:
        source: The data.
        subject_key: Column of it that tells persons apart; empty means found by the scan.
        means: What the scan is given beside it.

    Raises:
        InputError: If the source cannot be read.
    """
    return _find_verdicts(source, subject_key, means, None)


def _find_verdicts(source: Source, subject_key: str, means: ScanMeans, ahead: CountAhead | None) -> Verdicts:
    require_header(source)
    tell_pass(means.progress, "scanning every row", source)
    fold = ScanFold(source.schema)

    def solve() -> list[ColumnVerdict]:
        return scan.solve(fold.evidence, source.schema, means.as_of, means.key, means.sensitive_in)

    def guess() -> Question:
        verdicts = solve()
        return _question(verdicts, subject_key or find_subject_key(verdicts))

    for first, batch in _fold_rows(fold, source, means):
        if ahead is not None:
            ahead.add(batch, first, guess)
    verdicts = solve()
    _require_no_row(source, verdicts)
    key = subject_key or find_subject_key(verdicts)
    combinations, sampled = _measure_combinations(source, verdicts, fold.sample, key, means)
    assigned = uniqueness.assign_roles(verdicts, combinations)
    if sampled and means.is_exact:
        combinations, sampled = _measure_exactly(source, combinations, key, means), 0
    located = max(
        (fold.decimals.get(item.name, 0) for item in assigned if item.category is Category.LOCATION), default=0
    )
    return under_law_of(Verdicts(fold.evidence.rows, tuple(assigned), combinations, key, sampled, located), means)


def _fold_rows(fold: ScanFold, source: Source, means: ScanMeans) -> Iterator[tuple[int, pa.RecordBatch]]:
    """Fold all rows; yield the batches that were folded here, each with the number of its first row."""
    ranges = means.sharing.ranges_of(source)
    if ranges is not None:
        with ExitStack() as stack:
            if means.find_jobs is not None:
                jobs = means.find_jobs(source, ranges)
            else:
                jobs = Path(stack.enter_context(TemporaryDirectory(dir=means.folder))) / "scan"
            for part in means.sharing.parts(jobs, FoldRange(ranges), ranges.cut, means.progress):
                fold.join(read_found(part))
        return
    for first, batch in numbered_batches(source, encoded=True):
        fold.add(batch, first)
        yield first, batch
        means.progress.rows(batch.num_rows)


def under_law_of(verdicts: Verdicts, means: ScanMeans) -> Verdicts:
    """Return verdicts with what the law of the day says of their categories."""
    columns = (
        replace(
            item,
            sensitive_in=means.sensitive_in(item.category),
            sensitive_under=sensitive_under(means.laws, item.category, means.as_of),
            advised_under=advised_sensitive(item.category, means.as_of),
        )
        for item in verdicts.columns
    )
    return replace(verdicts, columns=tuple(columns))


def _question(verdicts: Iterable[ColumnVerdict], subject_key: str) -> Question:
    columns = tuple(verdicts)
    sensitive = tuple(column.name for column in columns if SENSITIVE_IN in column.sensitive_in)
    return Question(subject_key, ages.age_columns(columns), sensitive)


def require_header(source: Source) -> None:
    """Refuse column names that identify persons: names are shown, logged and released as they are.

    Raises:
        InputError: If a name is an identifier; the name is not told.
    """
    spans = pattern_spans(pa.array(source.schema.names, pa.string()))
    found = len({place for place, *_, type_ in spans if type_ in IDENTIFYING and type_ != _CALLED_BY_WORDS})
    if found:
        raise InputError(
            f"{found} column names of `{source.name}` identify persons: its first row seems to be data",
            "add a header above the first row, or rename the columns",
        )


def _require_no_row(source: Source, verdicts: Iterable[ColumnVerdict]) -> None:
    """Refuse a header that is a row: one of its names is a person's, over names of persons, and none is known.

    Raises:
        InputError: If so; no name is told.
    """
    names = [item.name for item in verdicts if item.type == _CALLED_BY_WORDS and item.verdict in _BELIEVED]
    cells = normalise(pa.array(names, pa.string()))
    are_persons = match(CATALOGUE[_CALLED_BY_WORDS], cells).passed if names else ()
    known = (
        header_score(name, item.headers, item.not_headers)
        for name in source.schema.names
        for item in CATALOGUE.values()
    )
    if any(are_persons) and not any(known):
        raise InputError(
            f"no name of a column of `{source.name}` is known, and one is that of a person: its first row seems to be "
            "data",
            "add a header above the first row, or rename the columns",
        )


def count_persons(
    source: Source, verdicts: Verdicts, sensitive: tuple[str, ...], means: ScanMeans, persons_per_row: int = 1
) -> CountedPersons:
    """Return the persons of a source, counted exactly.

    Args:
        source: The data.
        verdicts: Which say what tells persons and ages apart.
        sensitive: Columns in which a value makes the person's data sensitive.
        means: Day, keys, folder.
        persons_per_row: How many persons a row is about, where no column tells them apart.
    """
    tell_pass(means.progress, "counting persons", source)
    question = Question(verdicts.subject_key, ages.age_columns(verdicts.columns), sensitive)
    # Something has to be read, so that rows are counted where no column says anything of persons.
    needed = [name for name in source.schema.names if name in question.columns] or source.schema.names[:1]
    ranges = means.sharing.ranges_of(source)
    with ExitStack() as stack:
        counter = stack.enter_context(PersonCounter(question, means.as_of, means.key, means.folder))
        if ranges is not None:
            jobs = Path(stack.enter_context(TemporaryDirectory(dir=means.folder))) / "persons"
            task = CountRange(ranges, question, tuple(needed), means.as_of, means.key)
            for part in means.sharing.parts(jobs, task, ranges.cut, means.progress):
                counter.join(part)
        else:
            for first, batch in _numbered(read_ahead(encoded_batches(source, needed))):
                counter.add(batch, first)
                means.progress.rows(batch.num_rows)
        return counter.counted(persons_per_row)


def classification_of(verdicts: Verdicts, counted: CountedPersons) -> Classification:
    """Return verdicts and persons as one classification."""
    persons = PersonCount(
        count=counted.count,
        by=verdicts.subject_key or "row",
        sensitive=counted.sensitive,
        youngest=counted.youngest,
    )
    counts = {
        "persons": counted.count if any(item.category not in IMPERSONAL for item in verdicts.columns) else 0,
        "sensitive-persons": counted.sensitive,
        "rows": verdicts.rows,
        "coordinate-decimals": verdicts.decimals,
    }
    signals = signals_of(verdicts.columns, counts, [item.name for item in verdicts.columns])
    return assemble(verdicts.columns, verdicts.combinations, persons, verdicts.rows, verdicts.sampled_persons, signals)


def numbered_batches(
    source: Source, columns: Sequence[str] | None = None, *, encoded: bool = False
) -> Iterator[tuple[int, pa.RecordBatch]]:
    """Yield the batches of a source, each with the number of its first row; text that repeats itself may be encoded."""
    return _numbered(read_ahead(encoded_batches(source, columns) if encoded else source.batches(columns)))


def _numbered(batches: Iterator[pa.RecordBatch]) -> Iterator[tuple[int, pa.RecordBatch]]:
    first = 0
    for batch in batches:
        yield first, batch
        first += batch.num_rows


def _measure_combinations(
    source: Source, verdicts: Sequence[ColumnVerdict], sample: Sample, subject_key: str, means: ScanMeans
) -> tuple[tuple[ColumnCombination, ...], int]:
    """Return the combinations, and how many persons they were measured on; 0 for all."""
    columns = uniqueness.candidates(verdicts, sample.rows)
    if not columns:
        return (), 0
    by_person = _repeats(verdicts, subject_key)
    if by_person or not sample.columns:
        tell_pass(means.progress, "measuring who stands out", source)
        sample = Sample(columns, subject_key if by_person else "")
        for first, batch in numbered_batches(source, [*dict.fromkeys((*columns, *filter(None, [sample.subject_key])))]):
            sample.add(batch, first)
            means.progress.rows(batch.num_rows)
    partial = uniqueness.narrow(sample.partial(), sample.columns, columns)
    return uniqueness.solve(partial, columns), partial.sampled_persons


def _measure_exactly(
    source: Source, measured: tuple[ColumnCombination, ...], subject_key: str, means: ScanMeans
) -> tuple[ColumnCombination, ...]:
    tell_pass(means.progress, "measuring who stands out in all rows", source)
    wanted = most_telling(measured)
    needed = dict.fromkeys([*(name for item in wanted for name in item.columns), *filter(None, [subject_key])])
    return measure_exactly(numbered_batches(source, list(needed)), wanted, subject_key, means.folder)


def _repeats(verdicts: Iterable[ColumnVerdict], subject_key: str) -> bool:
    """Return whether several rows are of one person, so that a sample of rows is none of persons."""
    shares = (item.evidence.get("distinct", 1.0) for item in verdicts if item.name == subject_key)
    return any(share < _ONE_ROW_EACH for share in shares)
