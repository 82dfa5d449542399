"""Personal Information Protection Act of Korea, 28-8: transfer abroad."""

from datetime import date

from lockgate.laws.flow import Flow
from lockgate.laws.instrument import Here
from lockgate.laws.kr.questions import resident_numbers, rests_on_statute
from lockgate.terms.finding import Finding


def article_28_8(flow: Flow, here: Here) -> Finding:
    """Transfer abroad: provision (viewing from abroad too), entrusting, storage; closed but for five ways.

    The ways in the order that asks least of the person: special provision of statute or treaty; a recognised country;
    entrusting or storage for a contract with the person, told to it; a certified recipient; separate consent. Each is
    on top of 17 or 26, and each asks that safeguards, complaints and rights be agreed with the recipient (28-8(4)).
    Storage by the holder itself abroad counts; collection from abroad, data handed to the person itself, and a public
    site do not, the last of which is contested. A certification is taken for the Korean one where the holder is in
    Korea. Recognition of the EU reaches recipients bound by its regulation; any recipient there is taken to be.
    """
    if not _goes_abroad(flow, here):
        return here.does_not_apply("nothing is provided, entrusted or stored abroad")
    agreed = () if flow.recipient_is("same-controller") else ("contract",)
    if rests_on_statute(flow, here):
        return here.requires(*agreed, reason="a special provision of statute or treaty opens the transfer")
    if _is_recognised(flow, here):
        return here.requires(*agreed, reason="the country is recognised as equivalent; 17 or 26 still has to be met")
    if flow.ground_is("contract") and flow.recipient_is("entrusted-party", "same-controller"):
        return here.requires("notice", *agreed, reason="entrusted or stored abroad for the contract with the person")
    if _is_certified(flow, here):
        return here.requires("transfer-safeguards", *agreed, reason="the recipient is certified")
    return here.requires("separate-consent", "notice", *agreed, reason="the data go abroad on no other way")


def _goes_abroad(flow: Flow, here: Here) -> bool:
    return (
        flow.leaves(here.territory)
        and not flow.recipient_is("data-subject", "public")
        and not flow.means_are("collection")
    )


def _is_recognised(flow: Flow, here: Here) -> bool:
    """Whether the country is recognised, and nothing moves that the recognition leaves out."""
    return (
        flow.is_any("recipient.in", here.words("recognised"))
        and not flow.holds(here.categories("credit_categories"))
        and not resident_numbers(flow, here)
    )


def _is_certified(flow: Flow, here: Here) -> bool:
    """Whether a certification valid on the day is shown; a consent to the transfer is a way as good and goes first."""
    paper = flow.facts.safeguards.get("certification")
    if paper is None or flow.is_known_to_be("basis.consent.separate", value=True):
        return False
    years = here.number("certificate_years").value
    valid = any(0 <= _whole_years(day, flow.as_of) < years for day in paper.done.values())
    return valid and flow.is_any("holder.in", here.territory)


def _whole_years(since: date, until: date) -> int:
    return until.year - since.year - ((until.month, until.day) < (since.month, since.day))
