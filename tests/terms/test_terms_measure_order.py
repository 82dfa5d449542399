"""Steps take the order of a protection, whatever the order they were wished in."""

from itertools import permutations

from lockgate.terms.measure import Measure, MeasureKind, in_order

STEPS = (
    Measure(MeasureKind.K_ANONYMISE, ("age", "sex", "postcode"), 5),
    Measure(MeasureKind.DROP, ("postcode",)),
    Measure(MeasureKind.PSEUDONYMISE, ("id", "postcode")),
    Measure(MeasureKind.DROP, ("phone",)),
    Measure(MeasureKind.FEWER_PERSONS, amount=100),
)


def test_the_order_of_wishes_does_not_matter():
    kinds = [
        MeasureKind.FEWER_PERSONS,
        MeasureKind.DROP,
        MeasureKind.PSEUDONYMISE,
        MeasureKind.K_ANONYMISE,
    ]
    for given in permutations(STEPS):
        assert [step.kind for step in in_order(given)] == kinds


def test_what_is_left_out_is_named_by_no_other_step():
    by_kind = {step.kind: step for step in in_order(STEPS)}
    assert set(by_kind[MeasureKind.DROP].columns) == {"postcode", "phone"}
    assert by_kind[MeasureKind.PSEUDONYMISE].columns == ("id",)
    assert by_kind[MeasureKind.K_ANONYMISE].columns == ("age", "sex")


def test_a_step_without_a_column_left_goes():
    steps = (Measure(MeasureKind.REDACT, ("note",)), Measure(MeasureKind.DROP, ("note",)))
    assert in_order(steps) == (Measure(MeasureKind.DROP, ("note",)),)
