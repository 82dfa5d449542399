"""Duties that articles lay on a flow, and whether they are met."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from lockgate.terms.truth import Truth


class DutyKind(StrEnum):
    """Who can meet a duty: people with papers, a technique, an export mechanism, the release itself, or time."""

    LEGAL = "legal"
    TECHNICAL = "technical"
    MECHANISM = "mechanism"
    RECORD = "record"
    STANDING = "standing"


@dataclass(frozen=True, slots=True)
class DutyTerm:
    """A duty as the closed list has it.

    Attributes:
        id: Its name in flow files and decisions.
        kind: Who can meet it.
        gates: Whether data may not move before it is met. Standing duties do not gate.
        title: What is to be done, in plain words.
        days: Working days that the papers usually take; 0 where nothing waits. A planning figure, not law.
    """

    id: str
    kind: DutyKind
    gates: bool
    title: str
    days: int


@dataclass(frozen=True, slots=True)
class Duty:
    """A duty of one decision.

    Attributes:
        id: Name from the closed list.
        kind: Who can meet it.
        gates: Whether the flow waits for it.
        met: Whether the facts show it met on the day.
        because: Citations of the articles that lay it on the flow, sorted.
        by: Last day to meet it, where the law fixes one.
        met_by: What met it or will: `safeguards`, `consent`, `release`, `verification`; empty while open.
    """

    id: str
    kind: DutyKind
    gates: bool
    met: Truth
    because: tuple[str, ...]
    by: date | None = None
    met_by: str = ""

    @property
    def holds_up(self) -> bool:
        """Whether the flow waits for this duty: it gates, is not met, and people have to meet it."""
        return self.gates and self.met is not Truth.YES and self.kind is not DutyKind.TECHNICAL


def _terms() -> dict[str, DutyTerm]:
    legal, technical, standing = DutyKind.LEGAL, DutyKind.TECHNICAL, DutyKind.STANDING
    mechanism, record = DutyKind.MECHANISM, DutyKind.RECORD
    rows: tuple[tuple[str, DutyKind, int, str], ...] = (
        ("legal-ground", legal, 5, "have a legal ground for this use"),
        ("notice", legal, 5, "tell the persons who receives what, why and how"),
        ("sensitive-notice", legal, 5, "tell the persons why sensitive data are necessary and what it means for them"),
        ("consent", legal, 30, "obtain informed, voluntary and explicit consent"),
        ("separate-consent", legal, 30, "obtain a separate consent for exactly this"),
        ("written-consent", legal, 30, "obtain written consent"),
        ("risk-explanation", legal, 5, "explain to the persons what the use may mean for them to their disadvantage"),
        ("guardian-consent", legal, 30, "obtain the consent of a parent or guardian"),
        ("explicit-consent", legal, 30, "obtain explicit consent for the special categories"),
        ("contract", legal, 20, "sign a contract that binds the recipient"),
        ("supervision", legal, 5, "arrange to supervise the recipient"),
        ("minimum-scope", legal, 2, "state for every column that the purpose needs it, or drop it"),
        ("compatibility-assessment", legal, 5, "weigh and write down that the purpose is compatible with the first"),
        ("impact-assessment", legal, 15, "assess the impact on the persons and keep the report"),
        ("record-of-processing", record, 0, "keep a record of the processing"),
        ("domestic-storage", legal, 20, "store the data in the country"),
        ("security-assessment", mechanism, 65, "pass the security assessment of the authority"),
        ("standard-contract-or-certification", mechanism, 30, "sign the standard contract or hold a certification"),
        ("standard-contract-filing", standing, 10, "file the standard contract"),
        ("transfer-safeguards", mechanism, 30, "put appropriate transfer safeguards in place"),
        ("transfer-assessment", legal, 15, "assess the law and practice of the destination"),
        (
            "genetic-information-report",
            legal,
            30,
            "report the genetic information to the authority and hand in a backup",
        ),
        ("content-label", standing, 2, "label what machines made"),
        ("authority-approval", legal, 60, "obtain the approval of the competent authority"),
        ("authority-papers", legal, 5, "obtain the papers of the requesting authority"),
        ("anonymise-out-of-car", technical, 0, "anonymise persons outside the car"),
        ("face-filing", standing, 30, "file the stored face information"),
        ("alternative-offered", legal, 10, "offer another way than face recognition"),
        ("protection-officer-filing", standing, 30, "appoint and file a protection officer"),
        ("compliance-audit", standing, 60, "have compliance audited"),
        ("minors-audit", standing, 60, "have the handling of data of minors audited every year"),
        ("important-data-risk-assessment", legal, 30, "assess the risks of the important data"),
        ("important-data-annual-report", standing, 30, "report every year on important data"),
        ("recipient-agreement", standing, 20, "bind the recipient by a contract or the like, and supervise it"),
        ("representative-filing", standing, 30, "report the representative in China to the authority"),
        ("platform-report", standing, 30, "publish a yearly report on protecting personal information"),
        ("security-test", standing, 60, "test security and assess risks every year, and report"),
        ("provider-consent", legal, 15, "obtain the consent of the organ that provided the data"),
        ("important-data-officer", standing, 30, "name a person and a body in charge of the important data"),
        ("licence", legal, 180, "hold the licence"),
        ("prior-adverse-notice", legal, 5, "tell the person before passing adverse information on"),
        ("explanation", standing, 5, "explain a decision on request"),
        ("human-review", standing, 5, "offer a review by a person"),
        ("opt-out", legal, 5, "offer an easy way to refuse"),
        ("deletion", standing, 5, "delete when the purpose is achieved"),
        ("combination-institution", legal, 40, "have a designated institution combine the sets"),
        ("source-lawfulness", legal, 10, "document that the source of the data is lawful"),
        ("security-requirements", legal, 60, "meet the prescribed security requirements in full"),
        ("compliance-programme", standing, 30, "run a data compliance programme"),
        ("representative", standing, 20, "name a representative in the territory"),
        ("periodic-notice", standing, 10, "tell the persons of the source, and every year of uses and recipients"),
        ("safeguards-of-pseudonymised-data", legal, 5, "keep the additional information apart and access limited"),
        ("record-of-sharing", record, 0, "keep a record of what was shared with whom"),
        ("verified-k", technical, 0, "verify that every released class holds at least k persons"),
        ("verified-anonymity", technical, 0, "verify that nobody can be told apart in the released data"),
        ("residual-identifiers-none", technical, 0, "verify that no direct identifier is left"),
    )
    return {id_: DutyTerm(id_, kind, kind is not standing, title, days) for id_, kind, days, title in rows}


DUTIES = _terms()
"""The closed list of duties by name."""
