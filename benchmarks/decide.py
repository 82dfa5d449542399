"""Deciding flows beside Cedar on the same number of rules; prints times of one core.

`python benchmarks/decide.py`, with `cedarpy` installed beside lockgate to have it in the same run. Flows are those of
`cases/` that name no data, as they stand; the same with one fact in two taken back; and one of which hardly anything
is known. Times are of the processor, the least of several runs of a flow.

Cedar answers another question (may this principal do this, yes or no, which policies say so, all facts known): its
policies are as many as our coded articles, each over three to five attributes that name the same facts of a flow.
It is read once; a request is made of Python values each time, as our facts are.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from statistics import median
from types import MappingProxyType

from lockgate.decide.decision import decide_as_it_stands, weigh_only
from lockgate.decide.routes import Abilities, find_routes
from lockgate.flow.file import read_flow_file
from lockgate.flow.reconcile import make_facts, reconcile_columns, reconcile_values
from lockgate.laws.body import Laws
from lockgate.laws.catalogue import load_laws
from lockgate.protect.catalogue import TECHNIQUES
from lockgate.terms.facts import Facts
from lockgate.terms.lists import PARTY_ROLES, PURPOSES, RECIPIENT_KINDS

try:
    import cedarpy
except ImportError:
    cedarpy = None

CASES = Path(__file__).parents[1] / "cases"
DAY = date(2026, 11, 21)
"""For flows that name no day."""

ABILITIES = Abilities(frozenset(TECHNIQUES))


def read_flows(laws: Laws) -> list[Facts]:
    """Return the facts of the flows of `cases/` that name no data."""
    found = []
    for path in sorted(CASES.rglob("*.toml")):
        if path.name == "expected.toml":
            continue
        request = read_flow_file(path)
        if request.source is None:
            day = request.as_of or DAY
            columns, _ = reconcile_columns(request.columns, (), laws, day, is_about_persons=False)
            values, _ = reconcile_values(request, None)
            found.append(make_facts(request, day, columns, values, laws.number("child_age", day)))
    return found


def half_known(facts: Facts) -> Facts:
    """Return a flow of which every other fact is known."""
    return replace(facts, values=MappingProxyType(dict(sorted(facts.values.items())[::2])))


def hardly_known(facts: Facts) -> Facts:
    """Return a flow of which only the holder's place and the columns are known."""
    return replace(facts, values=MappingProxyType({"holder.in": "CN"}), safeguards=MappingProxyType({}))


def least(run: Callable[[], object], times: int) -> float:
    """Return the processor time in milliseconds of the fastest of several runs, after one that warms up."""
    run()
    spent = []
    for _ in range(times):
        start = time.process_time_ns()
        run()
        spent.append(time.process_time_ns() - start)
    return min(spent) / 1e6


def show(what: str, times: Sequence[float], wanted: float | None = None) -> None:
    """Print median and worst of the flows."""
    must = "" if wanted is None else f"  (must: {wanted:g} ms)"
    print(f"{what:<44} median {median(times):8.3f} ms   worst {max(times):8.3f} ms{must}")


def policies(number: int) -> str:
    """Return Cedar policies over the attributes of a flow: one that permits, the others forbid without a paper."""
    uses, kinds = list(PURPOSES), list(RECIPIENT_KINDS)
    places = ("CN", "KR", "DE", "US")
    written = ["permit(principal, action, resource);"]
    for index in range(number - 1):
        use, kind, role = uses[index % len(uses)], kinds[index % len(kinds)], PARTY_ROLES[index % len(PARTY_ROLES)]
        conditions = [
            f'context.subjects_in.contains("{places[index % len(places)]}")',
            f'(context.use == "{use}" || context.recipient_as == "{kind}")',
            f'!context.holder_roles.contains("{role}")',
            f"context.persons >= {1000 * (index % 7)}",
            'context.categories.containsAny(["health", "face", "national-identifier"])',
        ]
        asked = " && ".join(conditions[: 3 + index % 3])
        written.append(
            f'forbid(principal, action, resource) when {{ {asked} }} unless {{ context.papers.contains("p{index}") }};'
        )
    return "\n".join(written)


def request(facts: Facts) -> dict[str, object]:
    """Return the Cedar request of a flow; what is unknown is left empty."""
    values = facts.values
    return {
        "principal": 'Holder::"holder"',
        "action": 'Action::"copy"',
        "resource": 'Data::"data"',
        "context": {
            "subjects_in": list(values.get("data.subjects_in", ())),
            "use": values.get("purpose.use", ""),
            "recipient_as": values.get("recipient.as", ""),
            "holder_roles": list(values.get("holder.roles", ())),
            "persons": values.get("data.persons", 0),
            "categories": [column.category.value for column in facts.columns],
            "papers": list(facts.safeguards),
        },
    }


def compare_with_cedar(flows: Sequence[Facts], number: int) -> None:
    """Print what Cedar takes for the same flows."""
    if cedarpy is None:
        print("cedarpy is not installed: no comparison")
        return
    text = policies(number)
    read = cedarpy.PolicySet.from_str(text)
    entities = cedarpy.Entities.from_json_str("[]")
    show(f"Cedar, {number} policies, read once", [_cedar(facts, read, entities) for facts in flows])
    show(f"Cedar, {number} policies, read each time", [_cedar(facts, text, entities) for facts in flows])


def _cedar(facts: Facts, read: object, entities: object) -> float:
    return least(lambda: cedarpy.is_authorized(request(facts), read, entities), 15)


def main() -> None:
    """Run all."""
    laws = load_laws()
    flows = read_flows(laws)
    number = sum(article.reading is not None for instrument in laws.instruments for article in instrument.articles)
    print(f"{len(flows)} flows; {len(laws.instruments)} instruments, {number} coded articles")
    show("decision with trace", [least(lambda f=facts: decide_as_it_stands(f, laws), 15) for facts in flows], 2)
    show("outcome only", [least(lambda f=facts: weigh_only(f, laws), 15) for facts in flows], 0.6)
    show("routes", [least(lambda f=facts: find_routes(f, laws, ABILITIES), 2) for facts in flows], 200)
    halves = [half_known(facts) for facts in flows]
    show(
        "decision with trace, half known", [least(lambda f=facts: decide_as_it_stands(f, laws), 3) for facts in halves]
    )
    show("outcome only, half known", [least(lambda f=facts: weigh_only(f, laws), 3) for facts in halves])
    show("routes, half known", [least(lambda f=facts: find_routes(f, laws, ABILITIES), 1) for facts in halves], 200)
    hardly = [hardly_known(facts) for facts in flows]
    show(
        "decision with trace, hardly known",
        [least(lambda f=facts: decide_as_it_stands(f, laws), 1) for facts in hardly],
    )
    show("routes, hardly known", [least(lambda f=facts: find_routes(f, laws, ABILITIES), 1) for facts in hardly], 200)
    compare_with_cedar(flows, number)


if __name__ == "__main__":
    main()
