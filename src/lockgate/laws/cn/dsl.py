"""Data Security Law of China (数据安全法): all data, personal or not, that are handled in the mainland.

Whether data are important or core is notified or published, never inferred. The articles act on what the file says;
only where a flow leaves the mainland is it asked (31).
"""

from collections.abc import Mapping
from types import MappingProxyType

from lockgate.laws.cn.questions import (
    answers_foreign_authority,
    approves_entrusting,
    demands_without_papers,
    entrusts_data_of_the_state,
    is_important,
    is_known_as,
    is_said_important,
    is_shown,
)
from lockgate.laws.flow import Flow
from lockgate.laws.instrument import Here, Reading
from lockgate.terms.finding import Finding, Requires


def reaches(flow: Flow, here: Here) -> bool:
    """Whether data are handled in the mainland: held there, or collected there.

    Article 2. It also names handling abroad that harms the mainland, which no fact of a flow says.
    """
    return flow.is_any("holder.in", here.territory) or flow.known("data.collected_in") in here.territory


def article_21(flow: Flow, here: Here) -> Finding:
    """Classes. Core data stand under a stricter regime that is not coded, so that a person has to decide."""
    if flow.is_known_to_be("data.core", value=True):
        return here.cannot_tell("core data of the state stand under a stricter regime: the competent authority decides")
    if is_said_important(flow):
        return here.requires(reason="the data were notified or published as important data")
    return here.does_not_apply("the data were not notified or published as important data")


def article_27(flow: Flow, here: Here) -> Finding:
    """Security of handling. For important data a person and a body in charge; the rest concerns the organisation."""
    if is_said_important(flow):
        return here.requires("important-data-officer", reason="a person and a body answer for the important data")
    return here.does_not_apply("the data were not notified or published as important data")


def article_30(flow: Flow, here: Here) -> Finding:
    """Regular assessment and report. Network Data Regulations 33 make it yearly, 31 ask for one before data move."""
    if is_said_important(flow):
        return here.requires("important-data-annual-report", reason="risks of important data are assessed and reported")
    return here.does_not_apply("the data were not notified or published as important data")


def article_31(flow: Flow, here: Here) -> Finding:
    """Important data abroad: the assessment of the authority, since its rules stand.

    No exemption reaches this: articles 3 to 5 of the Cross-border Provisions leave important data out, and article 6 is
    a rule of lower rank; see `docs/readings/cn-important-data.md`. Before 2022-09-01 there were no rules for those
    who do not operate critical infrastructure.
    """
    if not flow.leaves(here.territory) or not is_important(flow):
        return here.does_not_apply("no data notified or published as important leave the mainland")
    if not here.words("rules") and not is_known_as(flow, "holder", here.words("roles")):
        return here.cannot_tell("the rules of the authority on exporting important data had not come yet")
    return here.requires("security-assessment", reason="important data leave the mainland")


def article_32(flow: Flow, here: Here) -> Finding:
    """Lawful collection. As PIPL 10: the article asks for no document, so only a source said to be unlawful counts."""
    if flow.is_known_to_be("data.source_lawful", value=False):
        return here.requires("source-lawfulness", reason="the lawfulness of the source is not documented")
    return here.does_not_apply("nothing is known against the source")


def article_33(flow: Flow, here: Here) -> Finding:
    """Data exchanges: the provider states the source, both sides are verified, review and transaction are recorded.

    Trade is what the use says (`sell`); whichever side is the exchange. Who both sides are, the file says and the
    record keeps.
    """
    if not flow.use_is(*here.words("uses")) or not any(
        flow.has_role(party, role) for party in ("holder", "recipient") for role in here.words("roles")
    ):
        return here.does_not_apply("no data exchange brokers a trade")
    met = ("source-lawfulness",) if flow.is_known_to_be("data.source_lawful", value=True) else ()
    return Requires(
        ("source-lawfulness", "record-of-sharing"),
        "a data exchange has the source stated, verifies both sides and keeps records",
        met=met,
    )


def article_35(flow: Flow, here: Here) -> Finding:
    """Police and state security, for national security or the investigation of crime: strict approval first.

    The use tells, not the name of the office. The duty to cooperate rests on the approval. With its papers the minimum
    is handed over and recorded; without, by telephone say, nobody can tell whether the duty exists: the papers are
    asked for, and nothing moves before.
    """
    if not flow.use_is(*here.words("uses")):
        return here.does_not_apply("the use is neither national security nor the investigation of crime")
    if not flow.recipient_is("authority") or flow.leaves(here.territory):
        return here.does_not_apply("no authority of the mainland asks for data")
    if demands_without_papers(flow, here):
        return here.cannot_tell(
            "police or state security ask without papers: ask for the approval and its reference", "authority.papers"
        )
    return Requires(
        ("authority-papers", "minimum-scope", "record-of-sharing"),
        "police or state security ask with papers: hand over what they name, and no more, and record it",
        met=("authority-papers",),
    )


def article_36(flow: Flow, here: Here) -> Finding:
    """Foreign judicial or law-enforcement bodies: no data that are stored in the mainland, personal or not.

    As PIPL 41, for any data; data are taken to be stored where the holder is.
    """
    if not answers_foreign_authority(flow, here):
        return here.does_not_apply("no foreign authority receives data stored in the mainland")
    if is_shown(flow, "authority.approval"):
        return here.finds_met("authority-approval", reason="a foreign authority receives data stored in the mainland")
    return here.requires("authority-approval", reason="a foreign authority receives data stored in the mainland")


def article_40(flow: Flow, here: Here) -> Finding:
    """State organs, and bodies with public tasks (43), that entrust data: strict approval, and supervision.

    That the entrusted party uses nothing for itself is what the contract says.
    """
    if entrusts_data_of_the_state(flow, here):
        return approves_entrusting(flow)
    return here.does_not_apply("no state organ entrusts data of the state")


READINGS: Mapping[str, Reading] = MappingProxyType(
    {
        "21": article_21,
        "27": article_27,
        "30": article_30,
        "31": article_31,
        "32": article_32,
        "33": article_33,
        "35": article_35,
        "36": article_36,
        "40": article_40,
    }
)
"""Our readings by article."""
