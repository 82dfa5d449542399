"""General Data Protection Regulation, chapter V: transfers out of the Union."""

from lockgate.laws.flow import Flow
from lockgate.laws.instrument import Here
from lockgate.terms.finding import Finding

_NO_IMPORTER = ("same-controller", "data-subject", "public")
"""Recipients that are no other controller or entrusted party, so that what reaches them is no transfer."""

_NO_TRANSFER = "no other party outside the Union receives the data"

_EXPLICIT_TO_THE_RISK = ("informed", "voluntary", "explicit", "separate", "risk_explained")
"""Qualities of a consent to a transfer in spite of its risks, 49(1)(a)."""


def article_44(flow: Flow, here: Here) -> Finding:
    """What a transfer is: the principle that Chapter V comes on top of a ground.

    Three marks of the European Data Protection Board: a holder under the regulation, another controller or entrusted
    party that gets at the data by any means, also by viewing it, and that party in a third country. So the same legal
    person abroad is none (a company of the group is another party), nor the data subject, nor a party that collects
    from the person itself. Putting data on a public site is none either (*Lindqvist*), which is contested; articles 5,
    6 and 9 still ask. See `docs/readings/eu-what-a-transfer-is.md`.
    """
    if _is_transfer(flow, here):
        return here.requires(reason="another party outside the Union receives the data: Chapter V applies as well")
    return here.does_not_apply(_NO_TRANSFER)


def article_45(flow: Flow, here: Here) -> Finding:
    """Adequacy, inside the scope of the decision on the country only.

    Scopes read: Japan and Canada for businesses (not public bodies; what Canada's act leaves to the provinces, such as
    most staff data, is not told apart), Korea not for personal credit data to parties under its Financial Services
    Commission (accounts, payments and means counted as such data; churches and candidates not told apart), the USA for
    certified parties, Brazil not yet from the EEA states outside the Union. The European Patent Organisation is covered
    since 2025-07-15 and has no country code.
    """
    if not _is_transfer(flow, here):
        return here.does_not_apply(_NO_TRANSFER)
    if not flow.is_any("recipient.in", here.words("adequate")) or _is_outside_scope(flow, here):
        return here.does_not_apply("no adequacy decision covers this recipient")
    return here.lifts("eu/gdpr 46", reason="an adequacy decision covers the recipient")


def article_46(flow: Flow, here: Here) -> Finding:
    """Appropriate safeguards, with an assessment of law and practice of the destination after *Schrems II*.

    The clauses of 2021/914 are made for importers that are not themselves under the regulation (its recital 7); whether
    they serve for one that is under article 3(2) is open, and no fact tells it.
    """
    if _is_transfer(flow, here):
        return here.requires(
            "transfer-safeguards", "transfer-assessment", reason="the data leave the Union and need safeguards there"
        )
    return here.does_not_apply(_NO_TRANSFER)


def article_48(flow: Flow, here: Here) -> Finding:
    """Demands of a court or an authority of a third country, which count only under an international agreement.

    Under a treaty the papers of the request are due. Otherwise the demand has to take the way over an authority in the
    Union. That is stricter than the article, which leaves other grounds of transfer untouched; they are few, and
    article 49 is where they would be shown.
    """
    if not (flow.leaves(here.territory) and flow.recipient_is("authority")):
        return here.does_not_apply("no authority of a third country receives the data")
    if flow.is_any("authority.instrument", here.words("under_agreement")):
        return _shown(
            flow, here, "authority.papers", "authority-papers", "an international agreement carries the demand"
        )
    return _shown(
        flow, here, "authority.approval", "authority-approval", "no international agreement carries the demand"
    )


def article_49(flow: Flow, here: Here) -> Finding:
    """Derogations, read narrowly: two are read here, explicit consent to the transfer, and vital interests.

    Consent lifts the safeguards where it is known to be informed, free, explicit, for exactly this transfer, given
    after the risks were explained, and not withdrawn, and the holder is no public body. Vital interests, 49(1)(f), lift
    them where the ground is that and the exception for special categories says that the person cannot consent.
    Contract, claims and public interests are for the occasional, necessary case; no fact shows that, so they lift
    nothing.
    """
    if not _is_transfer(flow, here):
        return here.does_not_apply(_NO_TRANSFER)
    if flow.is_known_to_be("basis.special_ground", value="vital-interests") and flow.ground_is("vital-interests"):
        return here.lifts("eu/gdpr 46", reason="vital interests of a person who cannot consent")
    qualities = (flow.is_known_to_be(f"basis.consent.{quality}", value=True) for quality in _EXPLICIT_TO_THE_RISK)
    if (
        not all(qualities)
        or flow.is_known_to_be("basis.consent.withdrawn", value=True)
        or any(flow.has_role("holder", role) for role in here.words("public_roles"))
    ):
        return here.does_not_apply("no derogation is shown")
    return here.lifts("eu/gdpr 46", reason="the persons consented explicitly to the transfer, its risks explained")


def _shown(flow: Flow, here: Here, proof: str, duty: str, reason: str) -> Finding:
    """The duty, met where its paper is referred to; a paper left out proves nothing and keeps the duty open."""
    return here.finds_met(duty, reason=reason) if flow.known(proof) else here.requires(duty, reason=reason)


def _is_transfer(flow: Flow, here: Here) -> bool:
    return flow.leaves(here.territory) and not flow.recipient_is(*_NO_IMPORTER) and not flow.means_are("collection")


def _is_outside_scope(flow: Flow, here: Here) -> bool:
    """Whether the recipient is in a country with a decision, but outside what the decision covers."""
    if flow.is_any("recipient.in", here.words("for_businesses_only")):
        return flow.recipient_is("authority") or _has_any_role(flow, here, "public_roles")
    if flow.is_any("recipient.in", here.words("for_certified_only")):
        return not flow.has_role("recipient", "certified-dpf")
    if flow.is_any("recipient.in", here.words("not_for_supervised_credit")):
        return flow.holds(here.categories("credit_categories")) and _has_any_role(flow, here, "supervised_roles")
    return flow.is_any("recipient.in", here.words("not_yet_in_efta")) and flow.is_any(
        "holder.in", here.words("efta_states")
    )


def _has_any_role(flow: Flow, here: Here, roles: str) -> bool:
    return any(flow.has_role("recipient", role) for role in here.words(roles))
