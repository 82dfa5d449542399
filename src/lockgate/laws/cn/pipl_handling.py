"""Personal Information Protection Law of China, chapter II: grounds, notice, sharing, sensitive data, state organs."""

from lockgate.laws.cn.questions import (
    demands_without_papers,
    entrusts,
    holds_sensitive,
    involves_children,
    provides_to_another,
    publishes,
)
from lockgate.laws.flow import Flow
from lockgate.laws.instrument import Here
from lockgate.terms.finding import Finding


def article_13(flow: Flow, here: Here) -> Finding:
    """The legal grounds, one of which every use needs.

    Whether a contract or a statute really needs the use is the holder's word. Managing staff needs labour rules and a
    collective contract, both lawfully made, and staff as the data subjects. Data disclosed by the person must be known
    to be public. A public task is a ground only for those to whom a statute gives it. There is no limb for legitimate
    interests, nor for vital interests outside an emergency. Whether a statute obliges the holder to answer an authority
    of the mainland, the order tells: asked without one, by telephone say, a person has to ask for the papers first.
    """
    if flow.ground_is(*here.words("grounds_by_statute")) and demands_without_papers(flow, here):
        return here.cannot_tell(
            "an authority asks without papers: get the order and its reference before anything moves",
            "authority.papers",
        )
    if _has_ground(flow, here):
        return here.finds_met("legal-ground", reason="the use rests on a ground that the article lists")
    return here.requires("legal-ground", reason="none of the grounds that the article lists is shown")


def _has_ground(flow: Flow, here: Here) -> bool:
    if flow.ground_is(*here.words("grounds")):
        return True
    if flow.ground_is("employment"):
        return flow.known("basis.collective_contract") is True and flow.says("data.employees")
    if flow.ground_is("disclosed-by-person"):
        return flow.known("data.publicly_disclosed") is True
    return flow.ground_is("public-task") and any(flow.has_role("holder", role) for role in here.words("public_roles"))


def article_14(flow: Flow, here: Here) -> Finding:
    """Consent: informed, voluntary, explicit, and anew when the purpose, the means or the kind of data change.

    A consent that was not free is none, and no paper cures it; one that lacks information or a clear act can be asked
    for again.
    """
    if not flow.ground_is("consent"):
        return here.does_not_apply("the use does not rest on consent")
    if flow.is_known_to_be("basis.consent.voluntary", value=False):
        return here.forbids("the consent was not given freely; ask again without pressure, or rest on another ground")
    return here.requires("consent", reason="the use rests on consent, given for this purpose")


def article_15(flow: Flow, here: Here) -> Finding:
    """Withdrawal ends what rests on the consent; what was done before stays valid."""
    if flow.is_known_to_be("basis.consent.withdrawn", value=True) and flow.ground_is("consent"):
        return here.forbids("the consent has been withdrawn; leave out the persons who did")
    return here.does_not_apply("no withdrawal of a consent that carries the use is known")


def article_17(_flow: Flow, here: Here) -> Finding:
    """Notice before the use: who, why, how, which data, how long, and how to exercise rights."""
    return here.requires("notice", reason="persons are told before their data are used")


def article_18(flow: Flow, here: Here) -> Finding:
    """When notice is not due beforehand.

    In an emergency it follows afterwards (18(2)). Where a law asks for secrecy it is not given (18(1)): we take that
    for a criminal investigation whose demand the holder must answer by statute. The article speaks of article 17;
    that it reaches the notices of 23 and 30 as well is our reading. Notice for sending abroad (39) stays.
    """
    if flow.ground_is("emergency") or (
        flow.ground_is("statutory-duty")
        and flow.recipient_is("authority")
        and flow.use_is(*here.words("secret_uses"))
        and not flow.leaves(here.territory)
    ):
        return here.lifts(reason="an emergency, or a law that asks for secrecy, puts the notice off or away")
    return here.does_not_apply("neither an emergency nor a law that asks for secrecy is named")


def article_20(flow: Flow, here: Here) -> Finding:
    """Joint controllers agree on who does what; towards the person each answers for all."""
    if flow.recipient_is("joint-controller"):
        return here.requires("contract", reason="holder and recipient decide together on purpose and means")
    return here.does_not_apply("the recipient is no joint controller")


def article_21(flow: Flow, here: Here) -> Finding:
    """Entrusting: a contract on purpose, time, means, data and safeguards, and supervision; no separate consent."""
    if entrusts(flow):
        return here.requires("contract", "supervision", reason="the recipient handles the data on instructions only")
    return here.does_not_apply("nothing is entrusted")


def article_23(flow: Flow, here: Here) -> Finding:
    """Providing to another controller: notice of the named recipient, and separate consent.

    Separate consent only where the use rests on consent (Network Data Regulations 22 tie it to that); contested:
    see `docs/readings/cn-separate-consent.md`. A view or a query by another controller is a provision as well.
    """
    if not provides_to_another(flow):
        return here.does_not_apply("no other controller receives the data")
    if flow.ground_is("consent"):
        return here.requires("notice", "separate-consent", reason="another controller receives the data")
    return here.requires("notice", reason="another controller receives the data")


def article_24(flow: Flow, here: Here) -> Finding:
    """Automated decisions: transparent and fair; an easy way out of pushed content; explanation of major ones.

    Advertising that is not targeted at the person is not counted as an automated decision.
    """
    if flow.use_is(*here.words("pushing_uses")):
        return here.requires("opt-out", reason="content is pushed to persons by automated means")
    if flow.use_is(*here.words("weighty_uses")) or (
        flow.use_is(*here.words("deciding_uses")) and flow.says("purpose.major_impact")
    ):
        return here.requires("explanation", "human-review", reason="a decision with major impact is automated")
    return here.does_not_apply("no decision with major impact and no pushed content is automated")


def article_25(flow: Flow, here: Here) -> Finding:
    """Publication is closed unless the persons consent to it separately.

    Whatever the ground: unlike in 23 we ask for it always, since the article forbids and only then excepts; contested:
    see `docs/readings/cn-separate-consent.md`.
    """
    if publishes(flow):
        return here.requires("separate-consent", reason="personal information would become public")
    return here.does_not_apply("nothing is published")


def article_26(flow: Flow, here: Here) -> Finding:
    """Images taken in public places for public security serve that only, unless the person consents separately.

    That they were collected for public security the file says (`purpose.collected_for`); where a camera stands no fact
    does. The consent is asked on whatever ground: the article names no other way. Investigating a crime is security.
    """
    if not flow.holds(here.categories("pictured_categories")):
        return here.does_not_apply("no images of persons move")
    if flow.known("purpose.collected_for") != "public-security":
        return here.does_not_apply("the images are not said to have been taken for public security")
    if flow.use_is(*here.words("security_uses")):
        return here.requires(reason="what was taken for public security serves public security")
    return here.requires("separate-consent", reason="what was taken for public security would serve something else")


def article_27(flow: Flow, here: Here) -> Finding:
    """Data that the person disclosed or that are lawfully public.

    They may be used within reason, unless the person refused; a use with major impact on the person needs consent.
    """
    if not flow.ground_is("disclosed-by-person"):
        return here.does_not_apply("the use does not rest on disclosure")
    if flow.says("data.refused"):
        return here.forbids("the persons refused this use of what they disclosed; leave them out")
    if flow.says("purpose.major_impact"):
        return here.requires("consent", reason="a use of disclosed data with major impact needs consent")
    return here.requires(reason="disclosed data may be used within reason")


def article_28(flow: Flow, here: Here) -> Finding:
    """What is sensitive: the listed kinds, and all data of children under fourteen.

    The list of the law is open and the harm decides; which categories we count is said in
    `docs/readings/cn-sensitive-categories.md`. Sensitive data need a specific purpose and sufficient necessity.
    """
    if flow.holds(here.categories("sensitive_categories")) or holds_sensitive(flow, here):
        return here.requires("minimum-scope", reason="sensitive data need a specific purpose and sufficient necessity")
    return here.does_not_apply("nothing sensitive moves")


def article_29(flow: Flow, here: Here) -> Finding:
    """Sensitive data on consent: the consent is a separate one. In writing only where another law says so."""
    if flow.ground_is("consent") and holds_sensitive(flow, here):
        return here.requires("separate-consent", reason="sensitive data are used on the ground of consent")
    return here.does_not_apply("no sensitive data are used on the ground of consent")


def article_30(flow: Flow, here: Here) -> Finding:
    """Sensitive data: notice also says why they are necessary and what the use means for the person."""
    if holds_sensitive(flow, here):
        return here.requires("sensitive-notice", reason="sensitive data move")
    return here.does_not_apply("nothing sensitive moves")


def article_31(flow: Flow, here: Here) -> Finding:
    """Children under fourteen: a parent or guardian consents, and rules of their own apply.

    The article does not say on which ground. We ask for the guardian unless the ground leaves nothing to the will of
    the persons, such as a statute or an emergency; a contract of a child needs the guardian anyway, and nobody employs
    children. Network Data Regulations 22 can be read more narrowly: see `docs/readings/cn-separate-consent.md`.
    """
    if not involves_children(flow, here):
        return here.does_not_apply("no data subject is a child")
    if flow.ground_is(*here.words("grounds_beyond_will")):
        return here.requires(reason="a data subject is a child: the holder keeps rules of their own for children")
    return here.requires("guardian-consent", reason="a data subject is a child, for whom a parent or guardian consents")


def article_36(flow: Flow, here: Here) -> Finding:
    """State organs, and bodies with public tasks by statute (37): storage in the mainland, assessment before export.

    Asked only where data leave the mainland.
    """
    if (
        flow.leaves(here.territory)
        and flow.is_any("holder.in", here.territory)
        and any(flow.has_role("holder", role) for role in here.words("roles"))
    ):
        return here.requires(
            "domestic-storage", "security-assessment", reason="a state organ sends personal information abroad"
        )
    return here.does_not_apply("no state organ sends data abroad")
