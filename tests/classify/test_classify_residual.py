"""What is left in a copy, read by the kernel or by Arrow's engine."""

import pyarrow as pa
import pytest

from lockgate.classify import residual
from lockgate.examples.customers import CUSTOMER_SCHEMA, generate_customers

ODD = [
    "",
    " 13800138000",
    "１３８００１３８０００",
    "'13800138000'",
    "x" * 5_000 + " ann@example.org",
    "4111111111111111",
]


@pytest.mark.parametrize("rows", [60, 6_000])
def test_the_kernel_finds_what_arrows_engine_finds(rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    table = pa.Table.from_batches(list(generate_customers(rows, 3)), CUSTOMER_SCHEMA)
    texts = [column.cast(pa.string()).combine_chunks() for column in table.columns]
    columns = dict(zip(table.schema.names, texts, strict=True))
    rows_of_all = zip(*(text.to_pylist() for text in texts), strict=True)
    columns["mixed"] = pa.array([row[place % len(row)] for place, row in enumerate(rows_of_all)])
    columns["odd"] = pa.array((ODD * rows)[:rows])
    batch = pa.record_batch(columns)
    found = residual.residual_identifiers(batch, batch.schema.names)
    assert len(found) > 3
    monkeypatch.setattr(residual, "reading_of", lambda _: None)
    assert residual.residual_identifiers(batch, batch.schema.names) == found
