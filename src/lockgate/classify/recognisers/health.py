"""Health: diagnoses, illnesses, medication, treatment.

Source: WHO ICD-10 (form of codes); health data under Regulation (EU) 2016/679, article 4(15).
"""

from lockgate.classify.recogniser import ANY, Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

RECOGNISER = Recogniser(
    type="health",
    category=Category.HEALTH,
    role=ColumnRole.SENSITIVE,
    headers=phrases(
        "disease name, disease code",
        "diagnosis, disease, illness, health, health status, medical, medical history, ~condition, symptom",
        "symptoms, medication, allergy, allergies, icd, icd10, disability, ~treatment, prescription",
        "diagnosis code, diagnosis name, icd code, icd10 code, icd9, health condition, chief complaint, medicine",
        "drug name, vaccination, vaccine, hiv, hiv status, pregnancy, pregnant, surgery, smoker, smoking",
        "smoking status, blood pressure, cholesterol, glucose, diabetes, bmi, mental health, medical record",
        "disease name, hearing, heart disease, stroke, cancer, test result, lab result, zd, zdmc, jbmc, bs",
        "主诉, 现病史, 既往病史, 检查结果, 检验结果, 诊断结果, 诊断名称, 体检结果, 手术, 手术名称, 处方, 疾病名称",
        "传染病, 疫苗, 残疾情况, 怀孕, 血压, 병명, 상병명, 상병코드, 투약내역, 검사결과, 복용약, 수술, 예방접종",
        "임신여부, 장애여부, 病歴, 診断, 诊断, 疾病, 病史, 症状, 用药, 过敏, 过敏史, 健康, 健康状况, 病情, 残疾",
        "진단, 진단명, 질병, 질환, 병력, 증상, 투약, 처방, 알레르기, 건강, 건강상태, 장애",
    ),
    not_headers=frozenset({"air", "weather", "item", "product", "service", "server", "check"}),
    form=r"^(?:.*\p{L}.*|[01])$",
    strong=r"^[A-TV-Z][0-9][0-9AB](?:\.[0-9A-Z]{1,4})?$",
    chance=0.5,
    strong_chance=0.05,
    strong_weight=3.0,
    kinds=ANY,
)
