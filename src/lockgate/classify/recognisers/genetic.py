"""Genetic data: sequences, variants, markers of a person.

Source: HGVS nomenclature (c., g., p. notation), dbSNP (rs numbers); Regulation (EU) 2016/679, article 4(13); PRC
Regulation on human genetic resources. A variant of a plant has the same form, so that the header leads.
"""

from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

RECOGNISER = Recogniser(
    type="genetic",
    category=Category.GENETIC,
    role=ColumnRole.SENSITIVE,
    headers=phrases(
        "dna, genome, genotype, genetic, genetic data, genetic test, gene test, gene mutation, snp, haplotype",
        "str profile, karyotype",
        "基因, 基因型, 基因检测, 基因检测结果, 遗传信息, 遗传病, 유전자, 유전정보, 유전자검사, dna정보",
    ),
    form=(
        r"^(?:rs[0-9]{3,}.*|[cgmnpr]\..+|[ACGTN]{2,}(?:/[ACGTN]+)?|[ACGT]/[ACGT]|46,X[XY].*|.*\p{Han}.*|."
        r"*\p{Hangul}.*)$"
    ),
    strong=r"^(?:rs[0-9]{4,}|[cg]\.[0-9]+(?:[ACGT]>[ACGT]|del|dup|ins).*)$",
    chance=0.1,
    strong_chance=0.002,
    strong_weight=3.5,
    contextual=True,
)
