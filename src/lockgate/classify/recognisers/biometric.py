"""Biometric templates and features of a kind that is not told: iris, gait, hand, palm.

Source: ISO/IEC 2382-37 (biometric feature, template); GB/T 40660-2021; Regulation (EU) 2016/679, article 4(14).
"""

from lockgate.classify.recogniser import NUMERIC, Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

RECOGNISER = Recogniser(
    type="biometric",
    category=Category.BIOMETRIC,
    role=ColumnRole.SENSITIVE,
    headers=phrases(
        "biometric, biometrics, biometric data, biometric template, biometric id, iris, iris code, iris scan",
        "retina, palm print, palm vein, gait, hm",
        "生物特征, 生物识别, 生物识别信息, 虹膜, 虹膜特征, 掌纹, 掌静脉, 步态, 耳廓, 생체정보, 홍채, 홍채정보",
        "장정맥, 지정맥, 걸음걸이",
    ),
    not_headers=frozenset(phrases("type, device, sepal, petal, enabled")),
    form=r"^(?:.*\p{L}.*|[0-9].{7,})$",
    chance=0.5,
    contextual=False,
    kinds=NUMERIC,
)
