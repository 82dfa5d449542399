"""Questions that several articles of the Korean Act ask of a flow. The lists stand with the article that asks."""

from lockgate.laws.flow import Flow
from lockgate.laws.instrument import Here
from lockgate.terms.category import Category
from lockgate.terms.column import Treatment
from lockgate.terms.facts import ColumnFacts
from lockgate.terms.lists import COUNTRIES

KOREA = "KR"
"""The jurisdiction of the Act."""

_THIRD_PARTIES = ("independent-controller", "joint-controller", "authority", "public")


def is_provision(flow: Flow) -> bool:
    """Whether another controller receives the data from the holder, also to share them (article 17)."""
    return flow.recipient_is(*_THIRD_PARTIES) and not flow.means_are("collection")


def rests_on_statute(flow: Flow, here: Here) -> bool:
    """Whether Korean statute carries the use: a holder outside Korea is taken to name another state's law."""
    return flow.ground_is(*here.words("statute_grounds")) and flow.is_any("holder.in", here.territory)


def is_public_duty(flow: Flow, here: Here) -> bool:
    """Whether the use rests on the duty of a public body."""
    return flow.ground_is("public-task") and is_public_body(flow, here)


def is_public_body(flow: Flow, here: Here) -> bool:
    """Whether the holder is a public body (article 2(6))."""
    return any(flow.has_role("holder", role) for role in here.words("public_roles"))


def is_pseudonymised_use(flow: Flow, here: Here) -> bool:
    """Whether pseudonymised information serves a purpose for which article 28-2 needs no consent.

    Pseudonymised means that no direct identifier and no free text is left untreated. Whether the other columns could
    still tell a person apart is for the measures of the release to show.
    """
    return flow.facts.is_pseudonymised and flow.use_is(*here.words("pseudonymised_purposes"))


def resident_numbers(flow: Flow, here: Here) -> tuple[ColumnFacts, ...]:
    """Return the columns of resident registration numbers, in order.

    A national identifier whose type names no state counts as one where persons in Korea are in the data. A keyed
    pseudonym made of the number counts too: making it uses the number. Blacked out, nothing of it is left.
    """
    columns = [column for column in flow.personal_columns if column.treatment is not Treatment.REDACTED]
    named = here.words("resident_number_types")
    unnamed = [c for c in columns if c.category is Category.NATIONAL_IDENTIFIER and not _state_of(c)]
    if unnamed and flow.subjects_in(here.territory):
        return tuple(column for column in columns if column.type in named or column in unnamed)
    return tuple(column for column in columns if column.type in named)


def unique_identifiers(flow: Flow, here: Here) -> tuple[ColumnFacts, ...]:
    """Return the columns of other Korean unique identifiers; a type that names another state is none."""
    listed = here.categories("sensitive_categories")
    residents = resident_numbers(flow, here)
    return tuple(
        column
        for column in flow.personal_columns
        if column.category in listed and _state_of(column) in ("", KOREA) and column not in residents
    )


def _state_of(column: ColumnFacts) -> str:
    """Return the state that a recognised type names, as in `cn-resident-id`; empty if it names none."""
    prefix, dash, _ = column.type.upper().partition("-")
    return prefix if dash and prefix in COUNTRIES else ""
