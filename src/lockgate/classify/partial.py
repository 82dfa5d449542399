"""What some rows say of one column, bounded and without any value of the source."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from lockgate.classify.catalogue import CATALOGUE
from lockgate.classify.distinct import Sketch, merge_sketches
from lockgate.classify.evidence import FormCount
from lockgate.classify.text_sample import TextSample, merge_samples

Months = Mapping[int, int]
Key = TypeVar("Key", int, str)


@dataclass(frozen=True, slots=True)
class ColumnPartial:
    """What some rows say of one column; no value of the source.

    Attributes:
        cells: Cells that say something.
        characters: Sum of their lengths.
        sketch: Distinct values.
        forms: Cells that each type fits, those with any only.
        texts: Cells in which identifiers of each type stand inside longer text: `form` those that look like it,
            `passed` those that pass the check.
        sample: Cells of text that the tagger has read.
        births: Cells by month of birth, for each type that tells one.
        example: Hash and shape of the value of the least hash.
    """

    cells: int = 0
    characters: int = 0
    sketch: Sketch = field(default_factory=Sketch)
    forms: Mapping[str, FormCount] = field(default_factory=dict)
    texts: Mapping[str, int] = field(default_factory=dict)
    sample: TextSample = field(default_factory=TextSample)
    births: Mapping[str, Months] = field(default_factory=dict)
    example: tuple[int, str] | None = None


def merge_columns(a: ColumnPartial, b: ColumnPartial) -> ColumnPartial:
    """Return what both parts say; associative and commutative, with the empty partial as identity."""
    examples = [item.example for item in (a, b) if item.example is not None]
    return ColumnPartial(
        cells=a.cells + b.cells,
        characters=a.characters + b.characters,
        sketch=merge_sketches(a.sketch, b.sketch),
        forms={
            type_: a.forms.get(type_, FormCount()) + b.forms.get(type_, FormCount())
            for type_ in CATALOGUE
            if type_ in a.forms or type_ in b.forms
        },
        texts=_merge_counts(a.texts, b.texts),
        sample=merge_samples(a.sample, b.sample),
        births={
            type_: _merge_counts(a.births.get(type_, {}), b.births.get(type_, {}))
            for type_ in CATALOGUE
            if type_ in a.births or type_ in b.births
        },
        example=min(examples, default=None),
    )


def _merge_counts(a: Mapping[Key, int], b: Mapping[Key, int]) -> dict[Key, int]:
    merged = dict(a)
    for key, count in b.items():
        merged[key] = merged.get(key, 0) + count
    return dict(sorted(merged.items()))
