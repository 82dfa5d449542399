"""Personal Information Protection Act of Korea (개인정보 보호법): scope, grounds, sensitive data, duties, rights.

Pseudonymised information (28-2 to 28-7) is read in `pipa_pseudonymised`, transfer abroad (28-8) in `pipa_abroad`,
the special rule for artificial intelligence (28-12) in `pipa_development`.
Personal credit information follows an act of its own, which is not coded.
"""

from collections.abc import Mapping
from types import MappingProxyType

from lockgate.laws.flow import Flow
from lockgate.laws.instrument import Here, Reading
from lockgate.laws.kr.pipa_abroad import article_28_8
from lockgate.laws.kr.pipa_development import article_28_12
from lockgate.laws.kr.pipa_pseudonymised import article_28_2, article_28_3, article_28_4, article_28_5, article_28_7
from lockgate.laws.kr.questions import (
    KOREA,
    is_provision,
    is_public_body,
    is_public_duty,
    resident_numbers,
    rests_on_statute,
    unique_identifiers,
)
from lockgate.terms.finding import Finding


def reaches(flow: Flow, here: Here) -> bool:
    """Whether the Act reaches a flow: personal information, and a holder, a person or a collection in Korea.

    The Act names no territory; the Commission applies it to foreign holders that address persons in Korea. Any person
    in Korea counts here, which errs to the strict side.
    """
    return flow.is_connected_to(here.territory) and (here.article == _DEFINITION or flow.is_about(KOREA))


_DEFINITION = "2"
"""The article that says what is personal, and so answers for data that are not."""


def article_2(flow: Flow, here: Here) -> Finding:
    """What personal information is, with 58-2.

    Pseudonymised information stays inside (2(1)(c)). Outside is what no longer identifies by any other information,
    time, cost and technology considered: counts, columns about nobody, and what an accepted assessment says.
    """
    if flow.is_about(KOREA):
        return here.requires(reason="what moves is about identifiable living persons, or pseudonymised")
    return here.does_not_apply("nothing that moves identifies a person by any other information (58-2)")


def article_15(flow: Flow, here: Here) -> Finding:
    """Collection and the holder's own use, also through an entrusted party.

    Urgent life, body or property covers what the flow file calls emergency and vital interests. Legitimate interests
    must clearly override the person's rights, which the holder weighs and shows. Employment, news and disclosure by
    the person are no grounds of their own: see `docs/readings/kr-grounds.md`.
    """
    if is_provision(flow) or flow.recipient_is("data-subject"):
        return here.does_not_apply("the holder neither collects nor uses the data itself here")
    if flow.ground_is("consent"):
        return _consent(flow, here, "consent")
    if _is_grounded(flow, here):
        return here.finds_met("legal-ground", reason="the use rests on a ground of article 15(1)")
    return here.requires("legal-ground", reason="the ground that is named is none of article 15(1) for this holder")


def article_16(flow: Flow, here: Here) -> Finding:
    """The least data that the purpose needs, with 3(1) for uses after the collection. No paper cures the rest."""
    surplus = [column.name for column in flow.personal_columns if column.necessary is False]
    if surplus:
        names = ", ".join(f"`{name}`" for name in surplus)
        return here.forbids(f"the purpose does not need {names}; drop it")
    return here.requires("minimum-scope", reason="only the least data that the purpose needs may be used")


def article_17(flow: Flow, here: Here) -> Finding:
    """Provision to another.

    A contract with the person is a ground to use, not to provide; so are the grounds that the Act does not know. There
    a consent to the provision is due, after notice of recipient, purpose, items, period and how to refuse. A provision
    reasonably related to the purpose of collection, 17(4), is a weighing that is not made here.
    """
    if not is_provision(flow):
        return here.does_not_apply("no other controller receives the data from the holder")
    if not flow.ground_is("consent") and _is_grounded(flow, here):
        return here.finds_met("legal-ground", reason="the ground also carries a provision within the purpose")
    return _consent(flow, here, "consent", "notice")


def article_18(flow: Flow, here: Here) -> Finding:
    """Use or provision for another purpose than that of the collection.

    Asked only where it matters: consent is given for this very use (15, 17), statute and urgency open other purposes,
    and a use that the contract with the person is about stays within it. A further use reasonably related to the first,
    15(3), is a weighing of four factors that is not made here, so any other purpose asks for a separate consent.
    Public bodies may also serve investigations and courts (18(2)(7) and (8)); their other limbs are not read.
    """
    if _may_overstep(flow, here) and flow.use_changes():
        if flow.use_is(*here.words("public_uses")) and is_public_body(flow, here):
            return here.does_not_apply("a public body serves an investigation or a court")
        return here.requires("separate-consent", reason="the data were collected for another purpose")
    return here.does_not_apply("the use stays within the purpose of collection, or its ground is not bound to it")


def article_20(flow: Flow, here: Here) -> Finding:
    """Source of data from elsewhere, told unasked by large holders that got them on consent. Due within three months.

    Only known sizes and origins are read, since nothing waits for the notice.
    """
    origin = flow.facts.values.get("data.provenance")
    if origin in here.words("other_sources") and _is_large_holder(flow, here):
        return here.requires("periodic-notice", reason="a large holder tells the source within three months")
    return here.does_not_apply("not known to be a large holder with data from elsewhere; on request the source is told")


def article_20_2(flow: Flow, here: Here) -> Finding:
    """Yearly notice of uses and provisions, by large holders. Only known sizes are read, since nothing waits for it."""
    if _is_large_holder(flow, here):
        return here.requires("periodic-notice", reason="a large holder tells every year of uses and recipients")
    return here.does_not_apply("the holder is not known to be of the size")


def article_21(_flow: Flow, here: Here) -> Finding:
    """Destruction, once the purpose is met or the period over; pseudonymised information too. It comes later."""
    return here.requires("deletion", reason="the data are destroyed once the purpose is met")


def article_22(flow: Flow, here: Here) -> Finding:
    """How consent is asked: apart for a provision to another, and for marketing, 22(1).

    Asked where a consent is known to be none for exactly this recipient and purpose. Left out, the consent that the
    other articles ask for speaks for itself; what the person was told of recipient and purpose is its quality too.
    """
    if not flow.is_known_to_be("basis.consent.separate", value=False) or not flow.ground_is("consent"):
        return here.does_not_apply("no consent that was asked together with other matters carries the use")
    if is_provision(flow) or flow.use_is(*here.words("marketing_uses")):
        return here.requires("separate-consent", reason="a provision and marketing are each consented to apart")
    return here.does_not_apply("neither a provision nor marketing rests on the consent")


def article_22_2(flow: Flow, here: Here) -> Finding:
    """Children below the age, wherever consent is needed."""
    if flow.ground_is(*here.words("grounds_without_consent")) or (
        flow.ground_is("contract") and not is_provision(flow)
    ):
        return here.does_not_apply("no consent of a child is needed")
    if flow.reaches("data.min_age", here.number("age")):
        return here.does_not_apply("no consent of a child is needed")
    return here.requires("guardian-consent", reason="a child below the age cannot consent alone")


def article_23(flow: Flow, here: Here) -> Finding:
    """Sensitive information: separate consent, or a statute that asks for or allows the use; no other ground opens it.

    Features of face and voice are listed where technical means made them to identify; they count unless the use
    plainly identifies nobody. Templates and fingerprints always count. Blood type is not listed.
    """
    if not _holds_sensitive(flow, here):
        return here.does_not_apply("no column of sensitive information moves")
    if rests_on_statute(flow, here):
        return here.does_not_apply("a statute asks for or allows the use")
    return here.requires("separate-consent", reason="sensitive information moves")


def article_24(flow: Flow, here: Here) -> Finding:
    """Unique identifiers other than the resident number: separate consent, or a statute that names them expressly.

    The decree lists Korean numbers only. A type that names another state is none; one that names no state counts.
    """
    if not unique_identifiers(flow, here):
        return here.does_not_apply("no column of passport, licence or alien registration numbers moves")
    if rests_on_statute(flow, here):
        return here.does_not_apply("a statute expressly asks for or allows the use")
    return here.requires("separate-consent", reason="unique identifiers move")


def article_24_2(flow: Flow, here: Here) -> Finding:
    """Resident registration numbers: closed whatever the person consents to.

    Open where a statute or decree names the need, and in clear and urgent danger to life, body or property. Cases that
    the Commission has notified beside these are not coded.
    Neither pseudonymisation (28-2) nor a recognised country (28-8) opens them.
    """
    numbers = resident_numbers(flow, here)
    if not numbers:
        return here.does_not_apply("no column of resident registration numbers moves")
    if rests_on_statute(flow, here) or flow.ground_is(*here.words("urgent_grounds")):
        return here.does_not_apply("a statute names the need, or danger is clear and urgent")
    names = ", ".join(f"`{column.name}`" for column in numbers)
    return here.forbids(f"no consent opens resident registration numbers; drop {names} or name the statute")


def article_26(flow: Flow, here: Here) -> Finding:
    """Entrusting: written terms and supervision; marketing tasks are told to each person (26(3)).

    That the task and the entrusted party are published is not read.
    """
    if flow.recipient_is("entrusted-party"):
        if flow.use_is(*here.words("marketing_uses")):
            return here.requires("contract", "supervision", "notice", reason="marketing is entrusted")
        return here.requires("contract", "supervision", reason="the recipient uses the data for the holder only")
    return here.does_not_apply("nothing is entrusted")


def article_31(flow: Flow, here: Here) -> Finding:
    """Privacy officer: every holder but the smallest appoints one; the report of large ones is read, from 2026-09-11.

    It hangs on a turnover above KRW 180 billion too, which no fact shows: the duty is listed for the numbers alone.
    """
    if "persons" not in here.version.numbers:
        return here.does_not_apply("an officer is appointed, and not yet reported to the Commission")
    if _is_large_holder(flow, here):
        return here.requires("protection-officer-filing", reason="large; if turnover is above KRW 180 billion as well")
    return here.does_not_apply("the holder is not known to be of the size from which the officer is reported")


def article_33(flow: Flow, here: Here) -> Finding:
    """Impact assessment, of public bodies only; others are to make an effort.

    The numbers are of the file that the body operates; the flow's own persons are counted, so a larger file behind a
    small flow is not seen. Their unit keeps routes from sending fewer persons to escape an assessment that stays due.
    """
    if _is_large_file(flow, here) and is_public_body(flow, here):
        return here.requires("impact-assessment", reason="a public body operates a file of this size")
    return here.does_not_apply("no public body operates a file of the size that the decree names")


def article_37(flow: Flow, here: Here) -> Finding:
    """Stopping and withdrawal, once known.

    A withdrawal ends a use that rests on consent. A demand to stop stands against every use but those for which the Act
    lets it be refused: statute, a public duty, danger to others, a contract that cannot be kept otherwise.
    """
    if flow.is_known_to_be("basis.consent.withdrawn", value=True) and flow.ground_is("consent"):
        return here.forbids("the consent has been withdrawn; leave out the persons who did")
    if flow.known("data.refused") is True and not flow.ground_is(*here.words("grounds_above")):
        return here.forbids("the persons demanded to stop this use; leave out those who did")
    return here.does_not_apply("no withdrawal and no demand to stop is known that stands against the ground")


def article_37_2(flow: Flow, here: Here) -> Finding:
    """Fully automated decisions of significant effect: explained and reviewed always, refusable on some grounds."""
    if not (flow.use_is(*here.words("automated_uses")) and flow.says("purpose.major_impact")):
        return here.does_not_apply("no decision of significant effect is automated")
    if flow.ground_is(*here.words("grounds_without_refusal")):
        return here.requires(
            "explanation", "human-review", reason="an automated decision affects persons significantly"
        )
    return here.requires(
        "explanation", "human-review", "opt-out", reason="persons may refuse an automated decision on this ground"
    )


def _consent(flow: Flow, here: Here, *duties: str) -> Finding:
    if flow.ground_is("consent") and flow.is_known_to_be("basis.consent.voluntary", value=False):
        return here.forbids("the consent was not given freely; ask again without pressure, or rest on another ground")
    return here.requires(*duties, reason="the person consents to exactly this")


def _is_grounded(flow: Flow, here: Here) -> bool:
    """Whether a ground other than consent carries the use or provision, by the article's own list."""
    return flow.ground_is(*here.words("grounds")) or rests_on_statute(flow, here) or is_public_duty(flow, here)


def _is_large_holder(flow: Flow, here: Here) -> bool:
    """Whether the holder is known to hold data of as many persons as the article says."""
    return flow.surely_reaches("holder.persons_held", here.number("persons")) or flow.surely_reaches(
        "data.sensitive_persons", here.number("sensitive_persons")
    )


def _is_large_file(flow: Flow, here: Here) -> bool:
    """Whether the flow's persons reach a size of article 33; those with sensitive data are at most all of them."""
    sensitive = here.number("sensitive_persons")
    return (
        flow.reaches("data.persons", here.number("persons"))
        or (flow.reaches("data.persons", here.number("joined_persons")) and flow.means_are("joint-computation"))
        or (flow.reaches("data.persons", sensitive) and flow.reaches("data.sensitive_persons", sensitive))
    )


def _may_overstep(flow: Flow, here: Here) -> bool:
    """Whether the ground is bound to the purpose of collection, and the use is not plainly that of the contract."""
    if flow.ground_is(*here.words("grounds_within_a_purpose")):
        return True
    return flow.ground_is("contract") and not is_provision(flow) and not flow.use_is(*here.words("contract_uses"))


def _holds_sensitive(flow: Flow, here: Here) -> bool:
    if flow.holds(here.categories("sensitive_categories") - here.categories("sensitive_only_to_identify")):
        return True
    return flow.holds(here.categories("sensitive_only_to_identify")) and not flow.use_is(
        *here.words("uses_without_identification")
    )


READINGS: Mapping[str, Reading] = MappingProxyType(
    {
        "2": article_2,
        "15": article_15,
        "16": article_16,
        "17": article_17,
        "18": article_18,
        "20": article_20,
        "20-2": article_20_2,
        "21": article_21,
        "22": article_22,
        "22-2": article_22_2,
        "23": article_23,
        "24": article_24,
        "24-2": article_24_2,
        "26": article_26,
        "28-2": article_28_2,
        "28-3": article_28_3,
        "28-4": article_28_4,
        "28-5": article_28_5,
        "28-7": article_28_7,
        "28-8": article_28_8,
        "28-12": article_28_12,
        "31": article_31,
        "33": article_33,
        "37": article_37,
        "37-2": article_37_2,
    }
)
"""Readings by article, in article order."""
