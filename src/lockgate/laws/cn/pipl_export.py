"""Personal Information Protection Law of China, chapter III: providing personal information abroad.

Abroad is every place but the mainland. A recipient abroad that only views or queries the data counts, and so does a
foreign holder that handles data of persons in the mainland (filing guides of the authority).
"""

from lockgate.laws.cn.questions import answers_foreign_authority, is_shown, why_assessed_by_measures
from lockgate.laws.flow import Flow
from lockgate.laws.instrument import Here
from lockgate.terms.finding import Finding


def article_38(flow: Flow, here: Here) -> Finding:
    """One of the mechanisms is needed for sending abroad; which one, the rules of the authority say.

    From 2024-03-22 these are the Cross-border Provisions, before them the assessment measures (2022-09-01) and the
    contract measures (2023-06-01). Between the two, what needed no assessment needed a certification under this
    article alone. Before 2022-09-01 there were no rules, so that a person has to judge.
    See `docs/readings/cn-exports-before-2024.md`.
    """
    if not flow.leaves(here.territory):
        return here.does_not_apply("nothing leaves the mainland")
    if not here.words("mechanism_rules"):
        return here.cannot_tell("the rules of that day did not say yet which mechanism an export needs")
    if "persons" in here.version.numbers and not why_assessed_by_measures(flow, here):
        return here.requires(
            "standard-contract-or-certification", reason="personal information goes abroad and needs no assessment"
        )
    return here.requires(reason="personal information goes abroad: the rules of the authority name the mechanism")


def article_39(flow: Flow, here: Here) -> Finding:
    """Sending abroad: notice of the recipient abroad and of the rights against it, and separate consent.

    Separate consent only on the ground of consent (question and answer of the authority, July 2026); notice always.
    Contested: see `docs/readings/cn-separate-consent.md`.
    """
    if not flow.leaves(here.territory):
        return here.does_not_apply("nothing leaves the mainland")
    if flow.ground_is("consent"):
        return here.requires("notice", "separate-consent", reason="personal information goes abroad")
    return here.requires("notice", reason="personal information goes abroad")


def article_40(flow: Flow, here: Here) -> Finding:
    """Critical infrastructure: storage in the mainland; the assessment is asked for by Cross-border Provisions 7.

    The article also names holders above a number that the authority sets. None stands since 2024 for what is held:
    see `docs/readings/cn-storage-number.md`. Asked only where data leave the mainland.
    """
    if flow.leaves(here.territory) and flow.has_role("holder", "critical-infrastructure-operator"):
        return here.requires("domestic-storage", reason="an operator of critical infrastructure sends data abroad")
    return here.does_not_apply("no operator of critical infrastructure sends data abroad")


def article_41(flow: Flow, here: Here) -> Finding:
    """Foreign judicial or law-enforcement bodies receive nothing stored in the mainland without domestic approval.

    Data are taken to be stored where the holder is.
    Every authority outside the mainland is counted, those of Hong Kong, Macao and Taiwan too, although they are not
    foreign states: see `docs/readings/cn-demands-of-authorities.md`.
    """
    if not answers_foreign_authority(flow, here):
        return here.does_not_apply("no foreign authority receives data stored in the mainland")
    if is_shown(flow, "authority.approval"):
        return here.finds_met("authority-approval", reason="a foreign authority receives data stored in the mainland")
    return here.requires("authority-approval", reason="a foreign authority receives data stored in the mainland")


def article_42(flow: Flow, here: Here) -> Finding:
    """Recipients abroad on the list of restricted or banned ones receive nothing. Lists are published: see the fact."""
    if flow.leaves(here.territory) and flow.says("recipient.restricted"):
        return here.forbids("the recipient is on a list of restricted or banned recipients; choose another")
    return here.does_not_apply("no listed recipient abroad receives the data")
