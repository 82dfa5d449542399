"""Facial Recognition Measures of China (人脸识别技术应用安全管理办法), 2025: faces used to recognise who somebody is.

Entry control and the like count by whatever means the faces move. Where a face may as well be a mere picture, only its
collection from the person is taken for recognition: see `docs/readings/cn-face-recognition.md`.
"""

from collections.abc import Mapping
from types import MappingProxyType

from lockgate.laws.cn.questions import CHINA, involves_children
from lockgate.laws.flow import Flow
from lockgate.laws.instrument import Here, Reading
from lockgate.terms.category import Category
from lockgate.terms.finding import Finding

_FACES = (Category.FACE,)


def reaches(flow: Flow, here: Here) -> bool:
    """Whether faces are used in the mainland to recognise persons; article 2 answers for the training of it too."""
    if not (flow.holds(_FACES) and flow.is_about(CHINA) and flow.is_connected_to(here.territory)):
        return False
    return here.article == "2" or _recognises(flow, here)


def article_2(flow: Flow, here: Here) -> Finding:
    """Scope: recognising persons by their faces in the mainland; research and the training of algorithms are outside.

    What is outside here still stands under the Personal Information Protection Law.
    """
    if flow.use_is(*here.words("training_uses")):
        return here.does_not_apply("research and the training of algorithms in the mainland are outside the measures")
    if _recognises(flow, here):
        return here.requires(reason="faces are used to recognise persons")
    return here.does_not_apply("nobody is recognised by the face")


def article_4(_flow: Flow, here: Here) -> Finding:
    """A specific purpose, sufficient necessity, the least impact, strict protection."""
    return here.requires(
        "minimum-scope", reason="recognition by face needs a specific purpose and sufficient necessity"
    )


def article_5(_flow: Flow, here: Here) -> Finding:
    """Notice beforehand: who, for what, how, how long, why it is necessary, what it means, and the rights."""
    return here.requires("notice", "sensitive-notice", reason="persons are told before their faces are recognised")


def article_6(flow: Flow, here: Here) -> Finding:
    """On the ground of consent it is a separate one, informed, voluntary, explicit, and easy to withdraw."""
    if flow.ground_is("consent"):
        return here.requires("consent", "separate-consent", reason="faces are recognised on the ground of consent")
    return here.does_not_apply("the use does not rest on consent")


def article_7(flow: Flow, here: Here) -> Finding:
    """Children under fourteen: a parent or guardian consents, and rules of their own apply."""
    if not involves_children(flow, here):
        return here.does_not_apply("no data subject is a child")
    if flow.ground_is(*here.words("grounds_beyond_will")):
        return here.requires(reason="a data subject is a child: the holder keeps rules of their own for children")
    return here.requires("guardian-consent", reason="a data subject is a child, for whom a parent or guardian consents")


def article_8(flow: Flow, here: Here) -> Finding:
    """Faces stay in the device that recognises them, unless a law says otherwise or the person consents separately.

    Whatever the ground. Faces that reach anybody but the holder in the mainland have left the device. What a device
    sends to the holder's own servers no fact of a flow says.
    """
    if flow.ground_is(*here.words("grounds_of_law")) or flow.known("means.raw_leaves_holder") is False:
        return here.does_not_apply("a law says otherwise, or no face leaves the holder")
    if flow.recipient_is("same-controller", "data-subject") and not flow.leaves(here.territory):
        return here.does_not_apply("nobody but the holder in the mainland receives the faces")
    return here.requires("separate-consent", reason="faces leave the device that recognises them")


def article_9(_flow: Flow, here: Here) -> Finding:
    """Impact assessment beforehand, report and record kept, done anew when the purpose or the method changes."""
    years = here.number("kept").value
    return here.requires(
        "impact-assessment", "record-of-processing", reason=f"report and record are kept for {years} years or more"
    )


def article_10(flow: Flow, here: Here) -> Finding:
    """Recognition by face is not the only way where another serves the same purpose; who refuses gets another.

    Asked where faces are taken from the person or open a door. Other rules of the state go first: we take that for a
    use that rests on a statute.
    """
    if not (flow.means_are("collection") or flow.use_is(*here.words("door_uses"))):
        return here.does_not_apply("nobody has to show the face")
    if flow.ground_is(*here.words("grounds_of_law")):
        return here.does_not_apply("rules of the state ask for recognition by face")
    return here.requires("alternative-offered", reason="who refuses recognition by face is offered another way")


def article_12(flow: Flow, here: Here) -> Finding:
    """Nobody is misled, deceived or pressed into recognition by face; no paper cures a consent that was not free."""
    if flow.is_known_to_be("basis.consent.voluntary", value=False):
        return here.forbids("persons were pressed into recognition by face; offer another way and ask again")
    return here.does_not_apply("nothing is known of pressure")


def article_15(flow: Flow, here: Here) -> Finding:
    """Filing with the authority from a number of persons on whose faces are stored.

    The persons of this flow are counted; faces stored beside it are not known.
    """
    if flow.reaches("data.persons", here.number("persons")):
        days = here.number("filing").value
        return here.requires("face-filing", reason=f"filed within {days} working days of reaching the number")
    return here.does_not_apply("faces of fewer persons than the number")


def _recognises(flow: Flow, here: Here) -> bool:
    return flow.use_is(*here.words("recognising_uses")) or (
        flow.means_are("collection") and flow.use_is(*here.words("verifying_uses"))
    )


READINGS: Mapping[str, Reading] = MappingProxyType(
    {
        "2": article_2,
        "4": article_4,
        "5": article_5,
        "6": article_6,
        "7": article_7,
        "8": article_8,
        "9": article_9,
        "10": article_10,
        "12": article_12,
        "15": article_15,
    }
)
"""Our readings by article."""
