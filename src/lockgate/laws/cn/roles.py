"""Roles that few parties have, in Chinese law: asked only where the file or the data give reason to."""

from lockgate.laws.flow import Flow


def plays(flow: Flow, party: str, role: str, *, hinted: bool) -> bool:
    """Whether a party has a role of its trade.

    Args:
        flow: The flow.
        party: `holder` or `recipient`.
        role: A role of the closed list.
        hinted: Whether something else in the flow hints at the trade. Where the file says nothing of roles and nothing
            hints at it, the role is not asked: see `docs/readings/cn-roles-of-trades.md`.
    """
    is_said = f"{party}.roles" in flow.facts.values or role in flow.facts.roles_unknown.get(party, ())
    return (is_said or hinted) and flow.has_role(party, role)


def operates_app(flow: Flow) -> bool:
    """Whether the holder operates an app: it names the type of its app, or has the role. A collection hints at one."""
    collects = flow.facts.values.get("means.by") == "collection"
    return "holder.app_type" in flow.facts.values or plays(flow, "holder", "app-operator", hinted=collects)
