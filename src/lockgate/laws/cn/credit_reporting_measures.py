"""Credit Reporting Business Measures of China (征信业务管理办法), 2022: substance over label, minimum collection."""

from collections.abc import Mapping
from types import MappingProxyType

from lockgate.laws.cn.credit import concerns_credit, has_licence, reaches_another, reports_credit
from lockgate.laws.flow import Flow
from lockgate.laws.instrument import Here, Reading
from lockgate.terms.finding import Finding


def reaches(flow: Flow, here: Here) -> bool:
    """Whether the credit of persons is reported, by whatever name."""
    if not concerns_credit(flow, here) or not reports_credit(flow, here):
        return False
    if not flow.ground_is(*here.words("public_grounds")):
        return True
    return not any(flow.has_role("holder", role) for role in here.words("public_roles"))


def article_4(flow: Flow, here: Here) -> Finding:
    """A licence for reporting the credit of persons; whatever serves to judge their credit is credit information."""
    if has_licence(flow):
        return here.finds_met("licence", reason="a licensed agency reports the credit of persons")
    return here.requires("licence", reason="a score by another name is credit reporting: that needs a licence")


def article_5(flow: Flow, here: Here) -> Finding:
    """Financial institutions take credit services from nobody without the qualification."""
    if not reaches_another(flow) or not flow.has_role("recipient", "lender"):
        return here.does_not_apply("no financial institution takes the service")
    if has_licence(flow):
        return here.finds_met("licence", reason="a lender takes the service of a licensed agency")
    return here.requires("licence", reason="a lender takes credit services from somebody without a licence")


def article_7(_flow: Flow, here: Here) -> Finding:
    """The least and only the necessary is collected."""
    return here.requires("minimum-scope", reason="credit information is collected to the least extent")


def article_8(flow: Flow, here: Here) -> Finding:
    """Nothing is collected by deceit or pressure, or from unlawful sources."""
    if flow.is_known_to_be("basis.consent.voluntary", value=False):
        return here.forbids("credit information was collected under pressure; ask again without")
    if flow.is_known_to_be("data.source_lawful", value=False):
        return here.requires("source-lawfulness", reason="the lawfulness of the source is not documented")
    return here.does_not_apply("nothing is known of deceit, pressure or an unlawful source")


def article_12(flow: Flow, here: Here) -> Finding:
    """Consent of the person, who is told the purpose; what a statute publishes is excepted."""
    if flow.known("data.publicly_disclosed") is True:
        return here.does_not_apply("the information is lawfully public")
    return here.requires("consent", "notice", reason="persons consent, told what their credit information is for")


READINGS: Mapping[str, Reading] = MappingProxyType(
    {"4": article_4, "5": article_5, "7": article_7, "8": article_8, "12": article_12}
)
"""Our readings by article."""
