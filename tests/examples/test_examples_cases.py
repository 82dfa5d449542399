"""Every case from the field is decided as its page says, on the day that its flow file names."""

import secrets
from datetime import date
from pathlib import Path

import pytest

from lockgate.decide.decision import open_duties
from lockgate.examples.cases import Case, Expected, expectations, list_cases
from lockgate.flow.deciding import decide_request
from lockgate.flow.file import read_flow_file
from lockgate.flow.progress import Silent
from lockgate.flow.scanning import ScanMeans
from lockgate.laws.catalogue import load_laws
from lockgate.terms.finding import Effect

CASES = list_cases()
FLOWS = [(case, flow) for case in CASES for flow in case.flows]


@pytest.mark.parametrize(("case", "flow"), FLOWS, ids=[f"{case.id}/{flow.stem}" for case, flow in FLOWS])
def test_a_case_is_decided_as_expected(case: Case, flow: Path, tmp_path: Path):
    request = read_flow_file(flow)
    assert request.as_of is not None, "a case names the day that decides"
    means = ScanMeans(load_laws(), request.as_of, secrets.token_bytes(32), tmp_path, Silent())
    decision = decide_request(request, means).decision
    forbidding = [item for item in decision.findings if item.effect is Effect.FORBIDS and not item.lifted_by]
    asked = {item.fact for item in decision.missing if item.decides and not item.fact.startswith("safeguards.")}
    found = Expected(
        outcome=decision.outcome.value,
        forbidden_by=tuple(sorted(item.citation for item in forbidding)),
        open=tuple(sorted(open_duties(decision.duties))),
        asks=tuple(sorted(asked - {"data.columns", ""})),
    )
    assert found == expectations(case)[flow.name]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_case_has_a_page_of_plain_words_and_says_what_is_expected_of_every_flow(case: Case):
    assert set(expectations(case)) == {flow.name for flow in case.flows}
    assert case.page.startswith("# ")
    assert "on these facts" in case.page.lower()
    for flow in case.flows:
        assert f"`{flow.name}`" in case.page
        assert date(2017, 1, 1) <= (read_flow_file(flow).as_of or date.min) <= date(2027, 12, 31)
