"""The facts that articles may ask for: name, type, question, and what an unknown one means.

A fact's name is its path in the flow file. Columns and safeguards are facts too, but have types of their own
(`lockgate.terms.facts`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from lockgate.terms.lists import (
    APP_TYPES,
    GROUNDS,
    INSTRUMENTS_OF_AUTHORITY,
    MEANS,
    PARTY_ROLES,
    PROVENANCES,
    PURPOSES,
    RECIPIENT_KINDS,
    SPECIAL_GROUNDS,
    TRANSACTIONS,
)


class FactType(StrEnum):
    """The type of a fact's value in a flow file."""

    FLAG = "flag"  # true | false
    TRISTATE = "tristate"  # "yes" | "no" | "unknown"; held as a flag
    CHOICE = "choice"  # one word of a closed list
    CHOICES = "choices"  # a list of words of a closed list, complete when given
    PLACE = "place"  # a country, or EU
    PLACES = "places"  # a list of those, complete when given
    COUNT = "count"  # a whole number, 0 or more
    TEXT = "text"  # free words; never decides by what it says, only by being empty


@dataclass(frozen=True, slots=True)
class FactTerm:
    """One fact as the closed list has it.

    Attributes:
        name: Path in the flow file.
        type: Type of the value.
        question: What to ask a business user who left it out.
        options: The closed list for CHOICE and CHOICES.
        only_lifts: Whether the fact can only free a flow of duties; left out, it counts as no and is listed as
            helpful (flow-file contract, section 3.1).
        presumed_absent: Why a fact left out counts as no although it could add a prohibition; empty for almost all.
    """

    name: str
    type: FactType
    question: str
    options: tuple[str, ...] = ()
    only_lifts: bool = False
    presumed_absent: str = ""


def _fact_terms() -> tuple[FactTerm, ...]:
    flag, count, choice, text = FactType.FLAG, FactType.COUNT, FactType.CHOICE, FactType.TEXT
    return (
        FactTerm("data.subjects_in", FactType.PLACES, "In which countries are the data subjects?"),
        FactTerm("data.persons_per_row", count, "How many persons is one row about?"),
        FactTerm("data.persons", count, "How many different persons are in the data?"),
        FactTerm("data.sensitive_persons", count, "Of how many of them does it hold sensitive data?"),
        FactTerm("data.min_age", count, "How old is the youngest data subject?"),
        FactTerm("data.employees", flag, "Are the data subjects the holder's own employees or applicants?"),
        FactTerm("data.provenance", choice, "How did the holder come by the data?", PROVENANCES),
        FactTerm("data.source_lawful", flag, "Is it documented that the source of the data is lawful?"),
        FactTerm(
            "data.collected_in", FactType.PLACE, "In which country was the data first collected?", only_lifts=True
        ),
        FactTerm(
            "data.publicly_disclosed",
            flag,
            "Did the persons disclose the data themselves, or is it lawfully public?",
            only_lifts=True,
        ),
        FactTerm("data.refused", flag, "Did the persons object to this use?"),
        FactTerm("data.important", FactType.TRISTATE, "Has the data been notified or published as important data?"),
        FactTerm(
            "data.core",
            FactType.TRISTATE,
            "Is it core data of the state?",
            presumed_absent="core data are important data too, and that question is asked",
        ),
        FactTerm("holder.in", FactType.PLACE, "In which country is the holder?"),
        FactTerm("holder.roles", FactType.CHOICES, "Which of the listed roles does the holder have?", PARTY_ROLES),
        FactTerm("holder.persons_held", count, "Of how many persons does the holder hold personal information?"),
        FactTerm(
            "holder.exported_this_year.ordinary",
            count,
            "Of how many persons has the holder sent personal information abroad since 1 January, before this flow?",
        ),
        FactTerm(
            "holder.exported_this_year.sensitive",
            count,
            "Of how many persons has the holder sent sensitive data abroad since 1 January, before this flow?",
        ),
        FactTerm(
            "holder.app_type", choice, "Which of the listed types of app does the holder operate?", tuple(APP_TYPES)
        ),
        FactTerm("holder.zone", text, "In which free-trade zone is the holder registered?", only_lifts=True),
        FactTerm(
            "holder.outside_negative_list",
            flag,
            "Does the data lie outside the negative list of the holder's free-trade zone?",
            only_lifts=True,
        ),
        FactTerm("recipient.in", FactType.PLACE, "In which country is the recipient?"),
        FactTerm("recipient.as", choice, "What is the recipient to the holder?", RECIPIENT_KINDS),
        FactTerm(
            "recipient.roles", FactType.CHOICES, "Which of the listed roles does the recipient have?", PARTY_ROLES
        ),
        FactTerm(
            "recipient.restricted",
            flag,
            "Is the recipient on a list of restricted or banned recipients?",
            presumed_absent="such lists are published, and an entry is the exception; say so if there is one",
        ),
        FactTerm("recipient.group", text, "To which group of companies does the recipient belong?"),
        FactTerm("purpose.use", choice, "What will the data be used for?", tuple(PURPOSES)),
        FactTerm("purpose.collected_for", choice, "What was the data collected for?", tuple(PURPOSES)),
        FactTerm("purpose.major_impact", flag, "Will the use decide on a person's rights, such as credit or work?"),
        FactTerm(
            "purpose.edits_persons",
            flag,
            "Does the service edit or imitate the faces or voices of persons?",
            presumed_absent="few services do, and those that do know it; say so if it does",
        ),
        FactTerm("purpose.transaction", choice, "What kind of commercial deal is it?", TRANSACTIONS),
        FactTerm("basis.ground", choice, "On which legal ground does the use rest?", GROUNDS),
        FactTerm(
            "basis.special_ground",
            choice,
            "Which exception allows the special categories (GDPR 9(2)), if any?",
            SPECIAL_GROUNDS,
        ),
        FactTerm(
            "basis.collective_contract",
            flag,
            "Do lawfully made labour rules and a lawfully signed collective contract cover it?",
            only_lifts=True,
        ),
        FactTerm("basis.consent.informed", flag, "Were the persons fully informed before they consented?"),
        FactTerm("basis.consent.voluntary", flag, "Was the consent given freely?"),
        FactTerm("basis.consent.explicit", flag, "Was the consent given by a clear act?"),
        FactTerm(
            "basis.consent.separate",
            flag,
            "Was a separate consent given for exactly this recipient, purpose and category?",
        ),
        FactTerm("basis.consent.written", flag, "Is the consent in writing?"),
        FactTerm("basis.consent.guardian", flag, "Did a parent or guardian consent?"),
        FactTerm("basis.consent.withdrawn", flag, "Has the consent been withdrawn?"),
        FactTerm("basis.consent.risk_explained", flag, "Were adverse consequences explained?"),
        FactTerm("means.by", choice, "By what means does the data move or get used?", MEANS),
        FactTerm("means.raw_leaves_holder", flag, "Do raw records leave the holder?"),
        FactTerm(
            "authority.instrument", choice, "By which instrument does the authority ask?", INSTRUMENTS_OF_AUTHORITY
        ),
        FactTerm("authority.papers", text, "What is the reference of the authority's papers?"),
        FactTerm("authority.approval", text, "Which domestic authority approved the foreign request?"),
        FactTerm(
            "safeguards.anonymous_for",
            FactType.PLACES,
            "In which jurisdictions does an accepted assessment call the data anonymous?",
            only_lifts=True,
        ),
    )


FACTS: Mapping[str, FactTerm] = MappingProxyType({term.name: term for term in _fact_terms()})
"""The closed list of facts by name."""
