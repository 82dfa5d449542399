"""Personal Information Protection Act of Korea, 28-12 to 28-15: developing artificial intelligence, from 2027-03-09."""

from lockgate.laws.flow import Flow
from lockgate.laws.instrument import Here
from lockgate.terms.finding import Finding


def article_28_12(flow: Flow, here: Here) -> Finding:
    """Use beyond the purpose of collection to develop artificial intelligence, on a prior resolution of the Commission.

    The resolution is the safeguard `authority-approval`. It may put aside more articles than 18; which, its text says,
    and no fact of a flow: only 18 is read as open. That anonymous or pseudonymised data would not do, that the place is
    safe and the benefit public is what the Commission has judged. Without it, and before the day, nothing is open.
    """
    if not flow.use_is(*here.words("development_uses")):
        return here.does_not_apply("no artificial intelligence is developed")
    if flow.is_done("authority-approval"):
        return here.lifts(reason="the Commission resolved beforehand that the data may serve the development")
    return here.does_not_apply("no prior resolution of the Commission is shown")
