"""The ledgers under docs/laws are those of the law as it is coded.

Write them anew after a change of law: `LOCKGATE_REGENERATE=1 .venv/bin/pytest tests/cli/test_cli_law_ledger.py`.
"""

import os
from pathlib import Path

import pytest

from lockgate.cli.law_ledger import ledger_name, render_index, render_ledger
from lockgate.laws.catalogue import load_laws
from lockgate.laws.instrument import Instrument

FOLDER = Path(__file__).parents[2] / "docs" / "laws"
INSTRUMENTS = load_laws().instruments
IS_MADE_ANEW = bool(os.environ.get("LOCKGATE_REGENERATE"))


@pytest.mark.parametrize("instrument", INSTRUMENTS, ids=lambda item: item.id)
def test_the_ledger_of_an_instrument_is_kept_up(instrument: Instrument):
    file, text = FOLDER / ledger_name(instrument), render_ledger(instrument)
    if IS_MADE_ANEW:
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
    assert file.read_text(encoding="utf-8") == text
    for article in instrument.articles:
        assert article.statement in text
        assert article.reading is not None or article.why_not.split("|")[0] in text


def test_the_index_leads_to_every_ledger_and_no_ledger_is_left_over():
    file, text = FOLDER / "README.md", render_index(INSTRUMENTS)
    if IS_MADE_ANEW:
        file.write_text(text, encoding="utf-8")
        for old in {path.name for path in FOLDER.iterdir()} - {"README.md", *map(ledger_name, INSTRUMENTS)}:
            (FOLDER / old).unlink()
    assert file.read_text(encoding="utf-8") == text
    assert {path.name for path in FOLDER.iterdir()} == {"README.md", *map(ledger_name, INSTRUMENTS)}
