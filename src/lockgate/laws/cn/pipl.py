"""Personal Information Protection Law of China (个人信息保护法): scope, principles, rights and duties of governance.

Chapter II (articles 13 to 37) is read in `pipl_handling`, chapter III (38 to 43) in `pipl_export`.
"""

from collections.abc import Mapping
from types import MappingProxyType

from lockgate.laws.cn.pipl_export import article_38, article_39, article_40, article_41, article_42
from lockgate.laws.cn.pipl_handling import (
    article_13,
    article_14,
    article_15,
    article_17,
    article_18,
    article_20,
    article_21,
    article_23,
    article_24,
    article_25,
    article_26,
    article_27,
    article_28,
    article_29,
    article_30,
    article_31,
    article_36,
)
from lockgate.laws.cn.questions import (
    CHINA,
    answers_by_statute,
    entrusts,
    holds_sensitive,
    provides_to_another,
    publishes,
)
from lockgate.laws.flow import Flow
from lockgate.laws.instrument import Here, Reading
from lockgate.terms.column import Treatment
from lockgate.terms.finding import Finding


def reaches(flow: Flow, here: Here) -> bool:
    """Whether the law reaches a flow: what moves is personal information, and the flow is connected to the mainland.

    Articles 3, 4 and 73. The connection is the holder, a data subject, or the place of collection in the mainland.
    Article 3(2) reaches a foreign holder only if it offers goods or services to persons in China or analyses their
    behaviour; no fact says so, and we take it as given: see `docs/readings/cn-scope-of-pipl.md`.
    """
    if here.article in _DEFINITIONS:
        return flow.is_connected_to(here.territory)
    return flow.is_about(CHINA) and flow.is_connected_to(here.territory)


_DEFINITIONS = ("4", "73")
"""Articles that say what is personal, and so answer for data that are not."""


def article_3(_flow: Flow, here: Here) -> Finding:
    """Scope. The law applies; `reaches` has asked."""
    return here.requires(reason="the holder, the persons or the collection are in mainland China")


def article_4(flow: Flow, here: Here) -> Finding:
    """What is personal: all information about identified or identifiable persons, anonymised information excepted."""
    if flow.is_about(CHINA):
        return here.requires(reason="what moves is about identifiable persons, also where names are replaced")
    return here.does_not_apply("nothing that moves is about an identifiable person")


def article_6(flow: Flow, here: Here) -> Finding:
    """Necessity: a clear purpose, and no column that it does not need. What is not needed cannot be cured by papers."""
    surplus = [column.name for column in flow.personal_columns if column.necessary is False]
    if surplus:
        names = ", ".join(f"`{name}`" for name in surplus)
        return here.forbids(reason=f"the purpose does not need {names}; drop it")
    return here.requires("minimum-scope", reason="only what the declared purpose needs may move")


def article_10(flow: Flow, here: Here) -> Finding:
    """Unlawful sources. Data said to come without a lawful source may not be used, traded or passed on until shown.

    The article asks for no document; so a source of which nothing is said raises no duty here. Data that were bought
    are another matter: trade in persons' data is what the article and Criminal Law 253-1 are about, so the buyer shows
    where they come from.
    """
    if flow.is_known_to_be("data.source_lawful", value=False):
        return here.requires("source-lawfulness", reason="the lawfulness of the source is not documented")
    if flow.is_known_to_be("data.provenance", "purchased"):
        if flow.is_known_to_be("data.source_lawful", value=True):
            return here.finds_met("source-lawfulness", reason="the data were bought and their source is documented")
        return here.requires("source-lawfulness", reason="the data were bought: show that their source is lawful")
    return here.does_not_apply("nothing is known against the source")


def article_44(flow: Flow, here: Here) -> Finding:
    """The right to refuse. An objection stands against the flow unless a statute or an emergency carries it."""
    if flow.known("data.refused") is not True:
        return here.does_not_apply("no objection of the persons is known")
    if flow.ground_is(*here.words("grounds_beyond_refusal")):
        return here.does_not_apply("the ground of the use does not depend on the will of the persons")
    return here.forbids(
        "the persons objected to this use; leave out those who did, or rest the use on a statutory duty"
    )


def article_47(_flow: Flow, here: Here) -> Finding:
    """Deletion, of the holder's own motion, once the purpose is achieved or consent is withdrawn. It comes later."""
    return here.requires("deletion", reason="the data are deleted once the purpose is achieved or impossible")


def article_52(flow: Flow, here: Here) -> Finding:
    """Protection officer, from the number of persons that the authority has set, which it did in 2025."""
    if "persons_held" not in here.version.numbers:
        return here.does_not_apply("the authority had not yet set the number")
    if flow.reaches("holder.persons_held", here.number("persons_held")):
        return here.requires("protection-officer-filing", reason="the holder has reached the number of persons")
    return here.does_not_apply("the holder has not reached the number of persons")


def article_54(_flow: Flow, here: Here) -> Finding:
    """Compliance audit, at intervals of which this law says nothing."""
    return here.requires("compliance-audit", reason="compliance is audited at regular intervals")


def article_55(flow: Flow, here: Here) -> Finding:
    """Impact assessment before the flow, and a record of it.

    The five limbs: sensitive data, automated decisions, entrusting, providing or publishing, sending abroad, and other
    major impact on persons; the last not for what an authority decides with data that a statute makes the holder hand
    over.
    """
    if _needs_assessment(flow, here):
        return here.requires(
            "impact-assessment",
            "record-of-processing",
            reason="sensitive data, automated decisions, sharing, publication, export or other major impact",
        )
    return here.does_not_apply("no sensitive data, automated decision, sharing, publication, export or major impact")


def article_56(flow: Flow, here: Here) -> Finding:
    """What the assessment contains, and how long the report and the record are kept."""
    if _needs_assessment(flow, here):
        years = here.number("kept").value
        return here.requires("record-of-processing", reason=f"report and record are kept for {years} years or more")
    return here.does_not_apply("no impact assessment is due")


def article_73(flow: Flow, here: Here) -> Finding:
    """What de-identified and anonymised mean, 73(3) and (4).

    De-identified data stay personal, since extra information restores the person. Anonymised data are outside. Counts
    over persons are; of anything else only an accepted assessment says so (`anonymous_for`): see
    `docs/readings/cn-anonymisation.md`.
    """
    if not flow.facts.holds_personal_columns:
        return here.does_not_apply("no column is about single persons: counts identify nobody and cannot be restored")
    if not flow.is_about(CHINA):
        return here.does_not_apply("an accepted assessment calls the data anonymised")
    if any(column.treatment is not Treatment.NONE for column in flow.personal_columns):
        return here.requires(reason="the data are de-identified: with extra information persons can be told again")
    return here.requires(reason="the data are not anonymised")


def _needs_assessment(flow: Flow, here: Here) -> bool:
    return (
        flow.leaves(here.territory)
        or entrusts(flow)
        or publishes(flow)
        or provides_to_another(flow)
        or flow.use_is(*here.words("automated_uses"))
        or holds_sensitive(flow, here)
        or (not answers_by_statute(flow) and flow.says("purpose.major_impact"))
    )


READINGS: Mapping[str, Reading] = MappingProxyType(
    {
        "3": article_3,
        "4": article_4,
        "6": article_6,
        "10": article_10,
        "13": article_13,
        "14": article_14,
        "15": article_15,
        "17": article_17,
        "18": article_18,
        "20": article_20,
        "21": article_21,
        "23": article_23,
        "24": article_24,
        "25": article_25,
        "26": article_26,
        "27": article_27,
        "28": article_28,
        "29": article_29,
        "30": article_30,
        "31": article_31,
        "36": article_36,
        "38": article_38,
        "39": article_39,
        "40": article_40,
        "41": article_41,
        "42": article_42,
        "44": article_44,
        "47": article_47,
        "52": article_52,
        "54": article_54,
        "55": article_55,
        "56": article_56,
        "73": article_73,
    }
)
"""Our readings by article."""
