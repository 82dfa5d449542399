"""Any table measured: its privacy models, its risk, its special uniques. No release, no flow file is needed.

Cells are taken as the file has them. A sensitive column of text whose every cell is a plain number (no leading zero) is
read as numbers, because the distance of t-closeness asks for their order.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from lockgate.flow.progress import Progress, Silent, open_told, tell_pass
from lockgate.flow.protection import read_hierarchies
from lockgate.tables.row_source import Source
from lockgate.terms.errors import InputError
from lockgate.terms.flow_request import SourceReference
from lockgate.verify.classes import Rules
from lockgate.verify.individual_risk import IndividualRisk, SurveySample, individual_risk
from lockgate.verify.models import ModelFigures, measure_models
from lockgate.verify.quasi_identifiers import SubsetFigures, all_subsets
from lockgate.verify.risk import THRESHOLD, Against, RiskFigures, measure_risk
from lockgate.verify.special_uniques import SpecialUniques, special_uniques

_PLAIN_NUMBER = r"^-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,17})?$"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a table.

    Attributes:
        source: The table.
        quasi_identifiers: Columns that tell persons apart.
        sensitive: Columns whose values nobody should learn.
        population: File of all persons, those of the table among them; empty for none.
        population_size: Their number where only that is known; 0 for unknown.
        hierarchies: Folder of hierarchies, for the hierarchical t and for labels; empty for none.
        rules: How the table is to be read.
        threshold: Chance above which a row is at risk.
        sample: How the table was drawn; None asks for no risk of single rows.
        wants_subsets: Whether every subset of the quasi-identifiers is measured.
        wants_special: Whether special uniques are searched.
    """

    source: SourceReference
    quasi_identifiers: tuple[str, ...]
    sensitive: tuple[str, ...] = ()
    population: str = ""
    population_size: int = 0
    hierarchies: str = ""
    rules: Rules = Rules()  # noqa: RUF009 - frozen
    threshold: float = THRESHOLD
    sample: SurveySample | None = None
    wants_subsets: bool = False
    wants_special: bool = False


@dataclass(frozen=True, slots=True)
class Measured:
    """What was found; None for what was not asked.

    Attributes:
        name: Of the table, for people.
        models: Privacy models.
        risk: Risk by the sizes of classes.
        subsets: Every subset of the quasi-identifiers.
        individual: Risk of single rows of a sample.
        special: Special uniques.
    """

    name: str
    models: ModelFigures
    risk: RiskFigures
    subsets: SubsetFigures | None
    individual: IndividualRisk | None
    special: SpecialUniques | None


def measure_table(question: Question, progress: Progress | None = None) -> Measured:
    """Return the figures of a table.

    Args:
        question: What is asked.
        progress: Told of reading and measuring.

    Raises:
        InputError: If a column is not there, or the table cannot be read.
    """
    progress = progress or Silent()
    source = open_told(question.source, progress)
    quasi = question.quasi_identifiers
    if not quasi:
        raise InputError("no quasi-identifier is named", f"name some with --quasi: {', '.join(source.schema.names)}")
    sample, rules = question.sample, question.rules
    extra = [rules.person, rules.weight, *((sample.weight, sample.household) if sample else ())]
    numbers = [name for name in (*question.sensitive, rules.weight, sample.weight if sample else "") if name]
    table = read_table(source, [*quasi, *question.sensitive, *filter(None, extra)], numbers, progress)
    population = None
    if question.population:
        population = read_table(open_told(SourceReference(question.population), progress), quasi, (), progress)
    progress.step("measuring")
    trees = read_hierarchies(question.hierarchies, (*quasi, *question.sensitive))
    models = measure_models(table, quasi, question.sensitive, population=population, hierarchies=trees, rules=rules)
    against = Against(population, question.population_size, trees)
    return Measured(
        source.name,
        models,
        measure_risk(table, quasi, against=against, rules=rules, threshold=question.threshold),
        all_subsets(table, quasi, rules) if question.wants_subsets else None,
        individual_risk(table, quasi, sample) if sample else None,
        special_uniques(table, quasi, fraction=_fraction(sample)) if question.wants_special else None,
    )


def _fraction(sample: SurveySample | None) -> float:
    usual = 0.01
    return sample.fraction if sample and sample.fraction < 1 else usual


def read_table(
    source: Source, columns: Sequence[str], numbers: Sequence[str], progress: Progress | None = None
) -> pa.Table:
    """Return some columns of a source in memory, each distinct cell kept once.

    Args:
        source: The data.
        columns: Those wanted; a name that comes twice is read once.
        numbers: Of them, those that are read as numbers where every cell is one.
        progress: Told of the rows.

    Raises:
        InputError: If a column is not there.
    """
    wanted = list(dict.fromkeys(columns))
    for name in wanted:
        if name not in source.schema.names:
            raise InputError(
                f"`{source.name}` has no column `{name}`", f"its columns are: {', '.join(source.schema.names)}"
            )
    progress = progress or Silent()
    tell_pass(progress, "reading the table", source)
    chunks: dict[str, list[Any]] = {name: [] for name in wanted}
    for batch in source.batches(wanted):
        for name in wanted:
            column = batch.column(name)
            chunks[name].append(column.dictionary_encode() if pa.types.is_string(column.type) else column)
        progress.rows(batch.num_rows)
    columns_read = [_whole(chunks[name], source.schema.field(name).type, as_number=name in numbers) for name in wanted]
    return pa.table(columns_read, names=wanted)


def _whole(chunks: list[Any], kind: pa.DataType, *, as_number: bool) -> Any:
    if not chunks:
        return pa.chunked_array([pa.array([], kind)])
    column: Any = pa.chunked_array(chunks)
    if not pa.types.is_dictionary(column.type):
        return column
    column = column.unify_dictionaries()
    values = column.chunk(0).dictionary
    if as_number and bool(pc.all(pc.match_substring_regex(values, _PLAIN_NUMBER), min_count=0).as_py()):
        decoded = pa.chunked_array([chunk.dictionary_decode() for chunk in column.chunks])
        whole = not bool(pc.any(pc.match_substring(values, "."), min_count=0).as_py())
        return decoded.cast(pa.int64() if whole else pa.float64())
    return column
