"""Personal Information Protection Act of Korea, 28-2 to 28-7: pseudonymised information (가명정보)."""

from lockgate.laws.flow import Flow
from lockgate.laws.instrument import Here
from lockgate.laws.kr.questions import is_pseudonymised_use
from lockgate.terms.finding import Finding


def article_28_2(flow: Flow, here: Here) -> Finding:
    """Pseudonymised information without consent, for statistics, scientific research, archives in the public interest.

    Research includes development and applied or privately funded research (2(8)). The text's list ends in "etc."; the
    three purposes alone are read, and training a model counts only where it is declared as research. That 28-2 opens
    the consents of 23 and 24 as well is the Commission's practice, not the text's words; 24-2 and 28-8 stay. See
    `docs/readings/kr-pseudonymised-information.md`.
    """
    if is_pseudonymised_use(flow, here):
        return here.lifts(reason="pseudonymised information serves statistics, research or an archive")
    return here.does_not_apply("not pseudonymised information for statistics, research or an archive")


def article_28_3(flow: Flow, here: Here) -> Finding:
    """Joining pseudonymised sets of different holders: by a designated institution only, which releases the result.

    A joint computation with another controller is taken for a join. Training a model without moving rows is not.
    """
    if not (
        flow.means_are("joint-computation")
        and flow.recipient_is("independent-controller", "joint-controller")
        and is_pseudonymised_use(flow, here)
    ):
        return here.does_not_apply("no pseudonymised sets of different holders are joined")
    if flow.has_role("recipient", "designated-combination-institution"):
        return here.finds_met("combination-institution", reason="a designated institution joins the sets")
    return here.requires("combination-institution", reason="only a designated institution may join the sets")


def article_28_4(flow: Flow, here: Here) -> Finding:
    """Safeguards: the additional information apart or destroyed, access limited, records kept."""
    if is_pseudonymised_use(flow, here):
        return here.requires(
            "safeguards-of-pseudonymised-data", "record-of-processing", reason="pseudonymised information is used"
        )
    return here.does_not_apply("not pseudonymised information for statistics, research or an archive")


def article_28_5(flow: Flow, here: Here) -> Finding:
    """No identification. Data without a direct identifier used to identify persons count as pseudonymised here."""
    if flow.facts.is_pseudonymised and flow.use_is(*here.words("identifying_uses")):
        return here.forbids("pseudonymised information may not be used to identify a person")
    return here.does_not_apply("pseudonymised information is not used to identify a person")


def article_28_7(flow: Flow, here: Here) -> Finding:
    """What pseudonymised information is freed of; of the coded articles, the demand to stop (37)."""
    if is_pseudonymised_use(flow, here):
        return here.lifts(reason="who is behind pseudonymised information cannot be told, so nobody can stop it")
    return here.does_not_apply("not pseudonymised information for statistics, research or an archive")
