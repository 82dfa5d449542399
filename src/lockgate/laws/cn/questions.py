"""Questions that several Chinese articles ask of a flow. The numbers and lists stand with the article that asks."""

from collections.abc import Collection

from lockgate.laws.cn.roles import plays
from lockgate.laws.flow import EXPORTED_ORDINARY, EXPORTED_SENSITIVE, Flow
from lockgate.laws.instrument import Here
from lockgate.terms.finding import Finding, Requires

CHINA = "CN"
"""The jurisdiction of these instruments. Hong Kong, Macao and Taiwan are outside it and count as abroad."""


def involves_children(flow: Flow, here: Here) -> bool:
    """Whether a data subject is below the age from which PIPL 28 and 31 no longer protect for the age alone."""
    return not flow.reaches("data.min_age", here.number("child_age"))


def holds_sensitive(flow: Flow, here: Here) -> bool:
    """Whether sensitive personal information moves (PIPL 28).

    That is a listed category, a number of persons said to have such data, or any data of a child. The number is only
    read where it is said: left out, the columns and the age decide, so it is never asked for its own sake.
    """
    if any(CHINA in column.sensitive_in for column in flow.personal_columns):
        return True
    said = flow.facts.values.get("data.sensitive_persons")
    return (isinstance(said, int) and said > 0) or involves_children(flow, here)


def is_important(flow: Flow) -> bool:
    """Whether the data are important data; core data of the state are important at least."""
    return flow.says("data.core") or flow.says("data.important")


def is_said_important(flow: Flow) -> bool:
    """Whether the data are said to be important or core data.

    What was neither notified nor published as important need not be treated as such (Network Data Regulations 37), so
    a file that is silent does not raise the question here. For exports `is_important` does.
    """
    return flow.is_known_to_be("data.core", value=True) or flow.known("data.important") is True


def is_known_as(flow: Flow, party: str, roles: Collection[str]) -> bool:
    """Whether holder or recipient is said to have one of some roles; silence is none, so never for a gate."""
    said = flow.facts.values.get(f"{party}.roles")
    return isinstance(said, tuple) and not frozenset(roles).isdisjoint(said)


def provides_to_another(flow: Flow) -> bool:
    """Whether another controller receives the data from the holder (PIPL 23).

    An authority is another controller too (PIPL 33), but where a statute obliges the holder to answer its demand, the
    holder does not choose to provide: see `docs/readings/cn-demands-of-authorities.md`. Collection from the person is
    no provision.
    """
    if flow.recipient_is("authority"):
        return not flow.ground_is("statutory-duty")
    return flow.recipient_is("independent-controller") and not flow.means_are("collection")


def entrusts(flow: Flow) -> bool:
    """Whether the recipient handles the data for the holder and only on its instructions."""
    return flow.recipient_is("entrusted-party") or flow.means_are("entrust")


def publishes(flow: Flow) -> bool:
    """Whether the data become open to an indefinite public."""
    return flow.recipient_is("public") or flow.means_are("publication")


def answers_by_statute(flow: Flow) -> bool:
    """Whether a statute obliges the holder to answer the demand of an authority."""
    return flow.recipient_is("authority") and flow.ground_is("statutory-duty")


def demands_without_papers(flow: Flow, here: Here) -> bool:
    """Whether an authority of the mainland asks informally, or shows no papers (Data Security Law 35)."""
    if not flow.recipient_is("authority") or flow.leaves(here.territory):
        return False
    if flow.is_known_to_be("authority.instrument", "informal"):
        return True
    shown = flow.facts.safeguards.get("authority-papers")
    return not (shown and any(day <= flow.as_of for day in shown.done.values())) and not flow.has_text(
        "authority.papers"
    )


def answers_foreign_authority(flow: Flow, here: Here) -> bool:
    """Whether an authority outside the mainland, or an office of one, receives data that are stored in it.

    An authority in the mainland is taken for one of the mainland unless the file names it a foreign one.
    """
    if not flow.recipient_is("authority") or not flow.is_any("holder.in", here.territory):
        return False
    return flow.leaves(here.territory) or plays(flow, "recipient", "foreign-authority", hinted=False)


def is_shown(flow: Flow, proof: str) -> bool:
    """Whether a paper of an authority is referred to; left out, it proves nothing and its duty stays open."""
    return bool(flow.facts.values.get(proof))


def why_assessed_by_measures(flow: Flow, here: Here) -> str:
    """Return why an export needed an assessment under the measures of 2022, by the article's numbers; empty if not."""
    if is_important(flow):
        return "important data go abroad"
    if not flow.is_about(CHINA):
        return ""
    if flow.reaches(EXPORTED_ORDINARY, here.number("persons")):
        return f"personal information of {here.number('persons').value:,} persons or more goes abroad"
    if flow.reaches(EXPORTED_SENSITIVE, here.number("sensitive_persons")):
        return f"sensitive data of {here.number('sensitive_persons').value:,} persons or more go abroad"
    if flow.reaches("holder.persons_held", here.number("persons_held")):
        return f"the holder holds personal information of {here.number('persons_held').value:,} persons or more"
    is_operator = flow.has_role("holder", "critical-infrastructure-operator")
    return "an operator of critical infrastructure sends personal information abroad" if is_operator else ""


def acts_for_the_state(flow: Flow, here: Here) -> bool:
    """Whether a state organ, or a body with public tasks, uses what it has from its task, a statute or an emergency.

    Where the file says neither the ground nor any role, nothing hints at a state organ and nobody is asked.
    """
    said = flow.facts.values
    if said.get("basis.ground") is None and said.get("holder.roles") is None:
        return False
    return flow.ground_is(*here.words("grounds")) and any(flow.has_role("holder", role) for role in here.words("roles"))


def entrusts_data_of_the_state(flow: Flow, here: Here) -> bool:
    """Whether a state organ, or a body with public tasks, entrusts what it has from its task."""
    return entrusts(flow) and acts_for_the_state(flow, here)


def approves_entrusting(flow: Flow) -> Finding:
    """What entrusting data of the state needs: approval, shown by its reference, and supervision."""
    met = ("authority-approval",) if is_shown(flow, "authority.approval") else ()
    return Requires(("authority-approval", "supervision"), "a state organ entrusts data of the state", met=met)
