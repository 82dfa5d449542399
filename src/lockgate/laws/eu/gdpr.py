"""General Data Protection Regulation: scope, principles, grounds, rights and duties; transfers are in `gdpr_transfers`.

What is not read, and why, stands with each article in the data. Member states' law is not coded.
"""

from collections.abc import Mapping
from types import MappingProxyType

from lockgate.laws.eu.gdpr_transfers import article_44, article_45, article_46, article_48, article_49
from lockgate.laws.flow import Flow
from lockgate.laws.instrument import Here, Reading
from lockgate.terms.finding import Finding

UNION = "EU"
"""The jurisdiction; its territory is the European Economic Area, as the data list it."""


def reaches(flow: Flow, here: Here) -> bool:
    """Whether the regulation reaches a flow: personal data, and a holder, a person or a collection in its territory."""
    return flow.is_connected_to(here.territory) and (here.article == _DEFINITION or flow.is_about(UNION))


_DEFINITION = "4"
"""The article that says what is personal, and so answers for data that are not."""


def article_3(flow: Flow, here: Here) -> Finding:
    """Territorial scope.

    A holder in the territory is taken for an establishment in whose activities the use takes place. Article 3(2) asks
    further that a holder outside offers to persons in the Union or monitors them; no fact says so, and we take it as
    given where a person is in the Union or was when the data were collected. That errs to the strict side: see
    `docs/readings/eu-scope-and-purpose.md`.
    """
    if flow.is_connected_to(here.territory):
        return here.requires(reason="the holder, the persons or the collection are in the Union")
    return here.does_not_apply("neither the holder nor the persons nor the collection are in the Union")


def article_4(flow: Flow, here: Here) -> Finding:
    """What personal data are, with recital 26.

    Pseudonymised data stay personal here even for a recipient that may be unable to undo it: *EDPS v SRB* looks at that
    recipient's means, which no fact shows. Only an accepted assessment (`anonymous_for`), counts of persons, or
    columns that are about nobody put data outside.
    """
    if flow.is_about(UNION):
        return here.requires(reason="what moves is about identified or identifiable persons")
    return here.does_not_apply("nothing that moves is about an identifiable person (recital 26)")


def article_5(flow: Flow, here: Here) -> Finding:
    """Principles: the least data that the purpose needs, 5(1)(c), and purpose limitation, 5(1)(b) with 6(4).

    No paper cures a column that the purpose does not need. Whether another purpose is compatible is a weighing that the
    holder makes and writes down; `docs/readings/eu-scope-and-purpose.md`.
    """
    surplus = [column.name for column in flow.personal_columns if column.necessary is False]
    if surplus:
        names = ", ".join(f"`{name}`" for name in surplus)
        return here.forbids(f"the purpose does not need {names}; drop it")
    if _changes_purpose(flow, here):
        return here.requires(
            "minimum-scope",
            "compatibility-assessment",
            reason="the data were collected for another purpose: is this one compatible with it (6(4))?",
        )
    return here.requires("minimum-scope", reason="only what the purpose needs may be used")


def article_6(flow: Flow, here: Here) -> Finding:
    """Grounds, one of which every use needs.

    A statutory duty, a public task or another law must be Union or member state law, 6(3): a holder outside the
    territory is taken to name another state's law. Legitimate interests are no ground for public authorities in their
    tasks; the weighing against the persons' interests is the holder's to make and to show. Grounds that only other laws
    know (employment, emergency, news, disclosure by the person) open nothing by themselves: an emergency may be a vital
    interest, but in Chinese law it covers property too, so the holder has to say which it is.
    """
    if flow.ground_is(*here.words("grounds")):
        return here.finds_met("legal-ground", reason="the use rests on a ground of article 6(1)")
    if _rests_on_union_law(flow, here):
        return here.finds_met("legal-ground", reason="Union or member state law carries the use")
    if flow.ground_is("legitimate-interests") and not any(
        flow.has_role("holder", role) for role in here.words("public_roles")
    ):
        return here.finds_met("legal-ground", reason="legitimate interests, which the holder has weighed and can show")
    return here.requires("legal-ground", reason="the ground that is named is none of article 6(1) for this holder")


def article_7(flow: Flow, here: Here) -> Finding:
    """Consent that carries the use; unfree, withdrawn or answered by an objection it is none, and no paper cures it."""
    if not flow.ground_is("consent"):
        return here.does_not_apply("the use does not rest on consent")
    if _is_spoilt(flow) or flow.known("data.refused") is True:
        return here.forbids("the consent was not free, or has been withdrawn or refused; leave those persons out")
    return here.requires("consent", reason="the use rests on consent, which must be demonstrable")


def article_8(flow: Flow, here: Here) -> Finding:
    """Consent of a child to a service of the information society.

    No fact says that a service is offered directly to children. Whatever rests on a child's consent is taken for one,
    but for uses that are plainly none. States may lower the age to thirteen; theirs is not coded, so sixteen counts
    throughout, the strictest.
    """
    if (
        flow.ground_is("consent")
        and not flow.reaches("data.min_age", here.number("age"))
        and not flow.use_is(*here.words("uses_beyond_services"))
    ):
        return here.requires("guardian-consent", reason="a child below the age of consent to online services")
    return here.does_not_apply("no child's consent to an online service carries the use")


def article_9(flow: Flow, here: Here) -> Finding:
    """Special categories, closed unless an exception of 9(2) opens them, on top of a ground under article 6.

    Biometric data are special only where they are processed to identify uniquely. Templates and fingerprints always
    count; faces and voices count unless the use plainly identifies nobody, as in journalism. Blood type counts as
    health data, which is contested. Where no exception is named, explicit consent still to be got is the way. Made
    public means by the person, and needs to be known. The exception for research opens no other use, and none but
    consent and what was made public opens selling and advertising. Whether the law behind an exception exists is the
    holder's word.
    """
    if not _holds_special(flow, here):
        return here.does_not_apply("no column of a special category moves")
    if flow.is_any("basis.special_ground", ("explicit-consent",)) and _is_spoilt(flow):
        return here.forbids("the explicit consent was not free or has been withdrawn; leave those persons out")
    if _names_exception(flow, here):
        return here.requires(reason="an exception of article 9(2) is named that opens the special categories")
    return here.requires("explicit-consent", reason="special categories move, which explicit consent has to open")


def article_10(flow: Flow, here: Here) -> Finding:
    """Convictions and offences: only under an official authority, or where Union or state law with safeguards allows.

    Neither a consent nor a contract opens them, so another ground forbids. A holder whose state's law allows the use
    names that law as the ground.
    """
    if not flow.holds(here.categories("criminal_categories")):
        return here.does_not_apply("no column of convictions or offences moves")
    if _rests_on_union_law(flow, here):
        return here.requires(reason="Union or member state law, or an official authority, carries the use")
    return here.forbids("convictions and offences move without a law that allows it; drop the column or name the law")


def article_13(flow: Flow, here: Here) -> Finding:
    """Notice where data were collected from the persons; left open where they came from, both 13 and 14 ask for it.

    Where the person already has the information, the date on which it was given shows the duty met.
    """
    if any(flow.is_known_to_be("data.provenance", value=source) for source in here.words("other_sources")):
        return here.does_not_apply("the data were not collected from the persons")
    return here.requires("notice", reason="persons are told of recipients, of transfers and of their basis")


def article_14(flow: Flow, here: Here) -> Finding:
    """Notice where data came from elsewhere. The exceptions of 14(5), such as disproportionate effort, are not read."""
    if any(flow.is_known_to_be("data.provenance", value=source) for source in here.words("own_sources")):
        return here.does_not_apply("the data were collected from the persons or made by the holder")
    return here.requires("notice", reason="persons are told at the first disclosure at the latest")


def article_21(flow: Flow, here: Here) -> Finding:
    """Objection, once it is known.

    To marketing it is absolute. Against a public task or legitimate interests it stands unless compelling reasons
    outweigh it, which nobody can say here. Uses on contract, law or vital interests know no objection; consent is
    withdrawn instead (article 7).
    """
    if flow.known("data.refused") is not True:
        return here.does_not_apply("no objection of the persons is known")
    if flow.use_is(*here.words("marketing_uses")) or not flow.ground_is(*here.words("grounds_without_objection")):
        return here.forbids("the persons objected to this use; leave out those who did")
    return here.does_not_apply("the ground of the use knows no right to object")


def article_22(flow: Flow, here: Here) -> Finding:
    """Decisions with legal or similar effect by automated means alone, with the safeguards of 22(3).

    Open for a contract, by law, or on explicit consent. The purpose `automated-decision` is taken to mean that no
    person decides; a score on which others rely strongly is one too (*SCHUFA*).
    """
    if not (flow.use_is(*here.words("automated_uses")) and flow.says("purpose.major_impact")):
        return here.does_not_apply("no decision with legal or similar effect is automated")
    if flow.ground_is(*here.words("opening_grounds")):
        return here.requires("human-review", "explanation", reason="a contract or a law opens the automated decision")
    return here.requires(
        "explicit-consent", "human-review", "explanation", reason="only explicit consent opens the automated decision"
    )


def article_26(flow: Flow, here: Here) -> Finding:
    """Joint controllers: an arrangement that divides the duties, its essence open to the persons."""
    if flow.recipient_is("joint-controller"):
        return here.requires("contract", reason="holder and recipient decide together on purposes and means")
    return here.does_not_apply("the recipient is no joint controller")


def article_27(flow: Flow, here: Here) -> Finding:
    """Representative in the Union of a holder outside that article 3(2) reaches; public bodies excepted.

    Only a known place and known roles are read, since nothing waits for it. That a use is occasional, without special
    categories at large scale and harmless, which frees as well, no fact shows.
    """
    holder = flow.facts.values.get("holder.in")
    if holder is None or holder in here.territory or not flow.subjects_in(here.territory):
        return here.does_not_apply("the holder is not known to be outside with persons in the Union")
    if _is_known_to_be_public(flow, here):
        return here.does_not_apply("the holder is a public body")
    return here.requires(
        "representative", reason="a holder outside names a representative, unless the use is occasional"
    )


def article_28(flow: Flow, here: Here) -> Finding:
    """Entrusted parties: a written contract with the listed content, which also lets the holder inspect."""
    if flow.recipient_is("entrusted-party"):
        return here.requires("contract", reason="the recipient uses the data for the holder, on its instructions")
    return here.does_not_apply("nothing is entrusted")


def article_30(_flow: Flow, here: Here) -> Finding:
    """Record of processing, which the release itself keeps.

    The exemption of small holders is not read: what they do often, or with special categories, is recorded anyway.
    """
    return here.requires("record-of-processing", reason="holder and recipient keep a record")


def article_35(flow: Flow, here: Here) -> Finding:
    """Impact assessment.

    The regulation says large scale and names no number; every flow of special categories or convictions counts, and
    every evaluation that decides on persons' rights. That errs to the strict side. The lists of the authorities and
    the monitoring of public places are not read.
    """
    if flow.holds(here.categories("high_risk_categories")) or (
        flow.use_is(*here.words("evaluating_uses")) and flow.says("purpose.major_impact")
    ):
        return here.requires("impact-assessment", reason="the use is of a kind that article 35(3) lists")
    return here.does_not_apply("the use is of no kind that article 35(3) lists")


def article_37(flow: Flow, here: Here) -> Finding:
    """Data protection officer: public bodies; monitoring or special data as a core activity at large scale.

    What the core activity and what large scale is, no fact shows: the duty is listed wherever such data or uses occur,
    and gates nothing. Only known roles and uses are read.
    """
    if _is_known_to_be_public(flow, here):
        return here.requires("protection-officer-filing", reason="a public body has a data protection officer")
    if flow.holds(here.at("35").categories("high_risk_categories")) or flow.facts.values.get(
        "purpose.use"
    ) in here.words("monitoring_uses"):
        return here.requires("protection-officer-filing", reason="due if this is a core activity at large scale")
    return here.does_not_apply("no public body, no special data, no monitoring is known")


def _is_known_to_be_public(flow: Flow, here: Here) -> bool:
    roles = flow.facts.values.get("holder.roles")
    return isinstance(roles, tuple) and not set(here.words("public_roles")).isdisjoint(roles)


def _rests_on_union_law(flow: Flow, here: Here) -> bool:
    """Whether Union or member state law carries the use: a duty, a task or a law, of a holder in the territory."""
    return flow.ground_is(*here.words("grounds_in_union_law")) and flow.is_any("holder.in", here.territory)


def _changes_purpose(flow: Flow, here: Here) -> bool:
    """Whether the use is known to be another than that of the collection, and has to be compatible with it.

    Consent and law carry another purpose by themselves; research, statistics and archives are compatible (5(1)(b)). A
    purpose of collection that is left out does not decide: it is listed as helpful.
    """
    earlier = flow.known("purpose.collected_for")
    if earlier is None or flow.use_is(str(earlier), *here.words("compatible_uses")):
        return False
    if flow.ground_is("contract"):
        return not (flow.use_is(*here.words("contract_uses")) and earlier in here.words("contract_uses"))
    return flow.ground_is("legitimate-interests")


def _is_spoilt(flow: Flow) -> bool:
    """Whether a consent is known to be unfree or withdrawn, which no paper cures."""
    return flow.is_known_to_be("basis.consent.voluntary", value=False) or flow.is_known_to_be(
        "basis.consent.withdrawn", value=True
    )


def _holds_special(flow: Flow, here: Here) -> bool:
    if flow.holds(here.categories("sensitive_categories") - here.categories("special_only_to_identify")):
        return True
    return flow.holds(here.categories("special_only_to_identify")) and not flow.use_is(
        *here.words("uses_without_identification")
    )


def _names_exception(flow: Flow, here: Here) -> bool:
    """Whether an exception of 9(2) other than consent is named and its known conditions hold."""
    if flow.is_any("basis.special_ground", ("none", "explicit-consent")):
        return False
    if flow.is_any("basis.special_ground", ("manifestly-made-public",)):
        return flow.known("data.publicly_disclosed") is True
    if flow.is_any("basis.special_ground", ("member-association",)):
        return flow.recipient_is(*here.words("bodies_own"))
    if flow.is_any("basis.special_ground", ("research-statistics",)):
        return flow.use_is(*here.words("research_uses"))
    return not flow.use_is(*here.words("uses_for_gain"))


READINGS: Mapping[str, Reading] = MappingProxyType(
    {
        "3": article_3,
        "4": article_4,
        "5": article_5,
        "6": article_6,
        "7": article_7,
        "8": article_8,
        "9": article_9,
        "10": article_10,
        "13": article_13,
        "14": article_14,
        "21": article_21,
        "22": article_22,
        "26": article_26,
        "27": article_27,
        "28": article_28,
        "30": article_30,
        "35": article_35,
        "37": article_37,
        "44": article_44,
        "45": article_45,
        "46": article_46,
        "48": article_48,
        "49": article_49,
    }
)
"""Readings by article, in article order."""
