"""The program's own limits. It serves accountable use of data; what it refuses, it answers with the accountable way.

Articles 1, 3 and 4 look at the purpose alone: it does not matter whether a column names a person.
"""

from collections.abc import Mapping
from types import MappingProxyType

from lockgate.laws.flow import Flow
from lockgate.laws.instrument import Here, Reading
from lockgate.terms.finding import Finding, Requires


def reaches(_flow: Flow, _here: Here) -> bool:
    """The charter goes wherever the program goes."""
    return True


def article_1(flow: Flow, here: Here) -> Finding:
    """No scoring of persons for general trustworthiness."""
    if flow.use_is(*here.words("refused_uses")):
        return here.forbids(
            "persons are not scored for general trustworthiness; to decide on credit, assess credit: one stated "
            "purpose, the data it needs, a licence, an explanation and a review by a person"
        )
    return here.does_not_apply("nobody is scored for general trustworthiness")


def article_2(flow: Flow, here: Here) -> Finding:
    """No identification of persons across public places or communications without a named lawful case.

    Nor are bodies recorded in advance for it: genes, fingerprints or the like collected for public security or the
    investigation of crime belong to a named case, whoever collects. A named case is an order of a court or authority,
    or a documented emergency, with its reference. What the flow does not name is not named: left out, it does not open
    the gate. Any data of persons will do: a telephone number finds a person across calls as a face does across
    places. Verifying that one person at a door is who they claim to be is access control, not this.
    """
    if flow.use_is(*here.words("watched_uses")) and flow.facts.holds_personal_columns:
        if _names_a_case(flow, here):
            return _same_gate(flow, "persons are identified in a named lawful case")
        return here.forbids(
            "persons are not identified across public places or communications without a named lawful case; name the "
            "order and its reference and send what that one case needs, or verify persons at the door (access-control) "
            "with another way offered"
        )
    if (
        flow.holds(here.categories("gathered_categories"))
        and flow.use_is(*here.words("gathering_uses"))
        and flow.means_are("collection")
    ):
        if _names_a_case(flow, here):
            return _same_gate(flow, "bodies are recorded in a named lawful case")
        return here.forbids(
            "nobody's body is recorded in advance for security; name the order and its reference and take what that "
            "one case needs, of those whom it names, and delete it when the case is closed"
        )
    return here.does_not_apply("nobody is identified across public places or communications")


def article_3(flow: Flow, here: Here) -> Finding:
    """No tracking of people for opinions, faith, ethnicity or lawful speech.

    The use says so; or persons are to be identified with what they believe or descend from beside them, and no lawful
    case is named. As in article 2, a case left out is not named.
    """
    if flow.use_is(*here.words("refused_uses")) or (
        flow.use_is(*here.words("watched_uses"))
        and flow.holds(here.categories("belief_categories"))
        and not _names_a_case(flow, here)
    ):
        return here.forbids(
            "nobody is tracked for opinions, faith, ethnicity or lawful speech; where a crime is suspected, ask for "
            "what the named case needs; to learn what people think, use statistics of those who agreed to answer"
        )
    return here.does_not_apply("nobody is tracked for opinions, faith, ethnicity or lawful speech")


def article_4(flow: Flow, here: Here) -> Finding:
    """No control of lawful speech."""
    if flow.use_is(*here.words("refused_uses")):
        return here.forbids(
            "lawful speech is not controlled; where single content is unlawful, act on that content by an order that "
            "can be appealed, or count reports in anonymous statistics"
        )
    return here.does_not_apply("no lawful speech is controlled")


def article_5(flow: Flow, here: Here) -> Finding:
    """An authority passes the same gate as anyone: ground, papers, minimum scope, record.

    Which ground will do is for the law of the place; here it has to be said. Left out, that law asks for it.
    """
    if flow.facts.holds_personal_columns and (flow.recipient_is("authority") or _is_known_office(flow, here)):
        return _same_gate(flow, "an authority receives data of persons")
    return here.does_not_apply("no authority receives data of persons")


def _names_a_case(flow: Flow, here: Here) -> bool:
    """Whether an order or a documented emergency is named, with its reference."""
    return flow.known("authority.instrument") in here.words("lawful_instruments") and bool(
        flow.known("authority.papers")
    )


def _same_gate(flow: Flow, reason: str) -> Finding:
    """The ground is shown by being said, papers by their reference; scope and record are for others to see."""
    ground = ("legal-ground",) if flow.facts.values.get("basis.ground") else ()
    is_informal = flow.is_known_to_be("authority.instrument", "informal")
    papers = ("authority-papers",) if flow.facts.values.get("authority.papers") and not is_informal else ()
    return Requires((*ground, "authority-papers", "minimum-scope", "record-of-sharing"), reason, met=(*ground, *papers))


def _is_known_office(flow: Flow, here: Here) -> bool:
    """Whether the recipient is said to be a court, police or the like.

    Left out, it is not asked: what the recipient is to the holder says already whether it is an authority.
    """
    roles = flow.facts.values.get("recipient.roles")
    return isinstance(roles, tuple) and any(role in here.words("offices") for role in roles)


READINGS: Mapping[str, Reading] = MappingProxyType(
    {"1": article_1, "2": article_2, "3": article_3, "4": article_4, "5": article_5}
)
"""Our readings by article."""
