"""Generative AI Interim Measures of China (生成式人工智能服务管理暂行办法), 2023: what models are trained on.

Training is taken for that of a service to the public there: see `docs/readings/cn-artificial-intelligence.md`.
"""

from collections.abc import Mapping
from types import MappingProxyType

from lockgate.laws.cn.questions import CHINA
from lockgate.laws.flow import Flow
from lockgate.laws.instrument import Here, Reading
from lockgate.terms.finding import Finding


def reaches(flow: Flow, here: Here) -> bool:
    """Whether personal information connected to the mainland trains a model."""
    return flow.use_is(*here.words("training_uses")) and flow.is_about(CHINA) and flow.is_connected_to(here.territory)


def article_7(flow: Flow, here: Here) -> Finding:
    """Training data come from a lawful source, and personal information rests on consent or another ground.

    The ground is found by PIPL 13, which lists them. What the holder collected from the persons itself comes from a
    lawful source if that ground stands; of what came otherwise, or of which nothing is said, a paper shows it.
    """
    if flow.is_known_to_be("data.source_lawful", value=True):
        return here.finds_met("source-lawfulness", reason="the lawfulness of the training data is documented")
    first_hand = flow.facts.values.get("data.provenance") in here.words("first_hand")
    if first_hand and not flow.is_known_to_be("data.source_lawful", value=False):
        return here.requires(reason="the holder collected the training data itself, on the ground of PIPL 13")
    return here.requires("source-lawfulness", reason="training data come from a lawful source")


READINGS: Mapping[str, Reading] = MappingProxyType({"7": article_7})
"""Our readings by article."""
