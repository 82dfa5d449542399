"""The coded instruments. Adding one is its TOML, its Python, and one line here."""

import hashlib
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType

from lockgate.laws import advice
from lockgate.laws.body import Laws
from lockgate.laws.charter import charter
from lockgate.laws.cn import (
    algorithm_provisions,
    app_method,
    app_necessary_information,
    assessment_measures,
    audit_measures,
    automotive_provisions,
    childrens_provisions,
    cii_regulations,
    credit_reporting_measures,
    credit_reporting_regulation,
    criminal_law,
    cross_border_provisions,
    csl,
    data_resource_accounting,
    deep_synthesis_provisions,
    dsl,
    e_commerce_law,
    facial_recognition_measures,
    generative_ai_measures,
    genetic_resources_regulations,
    government_data_sharing_regulations,
    labelling_measures,
    minors_regulations,
    network_data_regulations,
    network_data_risk_assessment_measures,
    pipl,
    standard_contract_measures,
    video_regulations,
)
from lockgate.laws.eu import gdpr
from lockgate.laws.flow import Flow
from lockgate.laws.instrument import Here, Reading, parse_instrument
from lockgate.laws.kr import pipa
from lockgate.laws.us import data_broker_act, part_202
from lockgate.terms.errors import LawDataError

_Rules = tuple[str, Mapping[str, Reading], Callable[[Flow, Here], bool]]

INSTRUMENTS: tuple[_Rules, ...] = (
    ("charter/charter", charter.READINGS, charter.reaches),
    ("cn/pipl", pipl.READINGS, pipl.reaches),
    ("cn/dsl", dsl.READINGS, dsl.reaches),
    ("cn/csl", csl.READINGS, csl.reaches),
    ("cn/network_data_regulations", network_data_regulations.READINGS, network_data_regulations.reaches),
    ("cn/cii_regulations", cii_regulations.READINGS, cii_regulations.reaches),
    ("cn/cross_border_provisions", cross_border_provisions.READINGS, cross_border_provisions.reaches),
    ("cn/facial_recognition_measures", facial_recognition_measures.READINGS, facial_recognition_measures.reaches),
    ("cn/assessment_measures", assessment_measures.READINGS, assessment_measures.reaches),
    ("cn/standard_contract_measures", standard_contract_measures.READINGS, standard_contract_measures.reaches),
    ("cn/certification_measures", advice.READINGS, advice.reaches),
    ("cn/greater_bay_area_contract", advice.READINGS, advice.reaches),
    ("cn/audit_measures", audit_measures.READINGS, audit_measures.reaches),
    (
        "cn/network_data_risk_assessment_measures",
        network_data_risk_assessment_measures.READINGS,
        network_data_risk_assessment_measures.reaches,
    ),
    ("cn/criminal_law", criminal_law.READINGS, criminal_law.reaches),
    (
        "cn/government_data_sharing_regulations",
        government_data_sharing_regulations.READINGS,
        government_data_sharing_regulations.reaches,
    ),
    ("cn/data_resource_accounting", data_resource_accounting.READINGS, data_resource_accounting.reaches),
    ("cn/cybersecurity_review_measures", advice.READINGS, advice.reaches),
    ("cn/public_data_operation", advice.READINGS, advice.reaches),
    ("cn/public_data_registration", advice.READINGS, advice.reaches),
    ("cn/data_twenty", advice.READINGS, advice.reaches),
    ("cn/industry_data_measures", advice.READINGS, advice.reaches),
    ("cn/banking_data_measures", advice.READINGS, advice.reaches),
    ("cn/central_bank_data_measures", advice.READINGS, advice.reaches),
    ("cn/incident_reporting_measures", advice.READINGS, advice.reaches),
    ("cn/small_handler_measures", advice.READINGS, advice.reaches),
    ("cn/large_handlers_draft", advice.READINGS, advice.reaches),
    ("cn/app_collection_draft", advice.READINGS, advice.reaches),
    ("cn/gbt_35273", advice.READINGS, advice.reaches),
    ("cn/gbt_37964", advice.READINGS, advice.reaches),
    ("cn/gbt_42460", advice.READINGS, advice.reaches),
    ("cn/gbt_43697", advice.READINGS, advice.reaches),
    ("cn/gbt_45574", advice.READINGS, advice.reaches),
    ("cn/credit_reporting_regulation", credit_reporting_regulation.READINGS, credit_reporting_regulation.reaches),
    ("cn/credit_reporting_measures", credit_reporting_measures.READINGS, credit_reporting_measures.reaches),
    ("cn/automotive_provisions", automotive_provisions.READINGS, automotive_provisions.reaches),
    ("cn/app_necessary_information", app_necessary_information.READINGS, app_necessary_information.reaches),
    ("cn/app_method", app_method.READINGS, app_method.reaches),
    ("cn/algorithm_provisions", algorithm_provisions.READINGS, algorithm_provisions.reaches),
    ("cn/deep_synthesis_provisions", deep_synthesis_provisions.READINGS, deep_synthesis_provisions.reaches),
    ("cn/generative_ai_measures", generative_ai_measures.READINGS, generative_ai_measures.reaches),
    ("cn/labelling_measures", labelling_measures.READINGS, labelling_measures.reaches),
    ("cn/minors_regulations", minors_regulations.READINGS, minors_regulations.reaches),
    ("cn/childrens_provisions", childrens_provisions.READINGS, childrens_provisions.reaches),
    ("cn/genetic_resources_regulations", genetic_resources_regulations.READINGS, genetic_resources_regulations.reaches),
    ("cn/video_regulations", video_regulations.READINGS, video_regulations.reaches),
    ("cn/e_commerce_law", e_commerce_law.READINGS, e_commerce_law.reaches),
    ("eu/gdpr", gdpr.READINGS, gdpr.reaches),
    ("kr/pipa", pipa.READINGS, pipa.reaches),
    ("us/part_202", part_202.READINGS, part_202.reaches),
    ("us/data_broker_act", data_broker_act.READINGS, data_broker_act.reaches),
)
"""Each instrument by its files' stem, with its readings by article and the reading of its scope."""

GOVERNS: Mapping[str, Callable[[Flow, Here], bool]] = MappingProxyType({"us/part_202": part_202.governs})
"""Instruments that are no general law of their places, with the reading of the flows that they cover there."""


@cache
def load_laws() -> Laws:
    """Return all coded instruments, read once from the package.

    Raises:
        LawDataError: If law data do not hold together.
    """
    root = files("lockgate.laws")
    instruments = []
    for stem, readings, reaches in INSTRUMENTS:
        try:
            data = tomllib.loads(root.joinpath(f"{stem}.toml").read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:  # not there, not UTF-8, or no TOML
            raise LawDataError(f"law data `{stem}.toml` cannot be read: {error}", "install lockgate anew") from error
        instruments.append(parse_instrument(data, readings, reaches, GOVERNS.get(stem)))
    contents = sorted(_contents(root, ""))
    return Laws(tuple(instruments), _stamp(contents), MappingProxyType(_digests(contents)))


def _stamp(contents: Sequence[tuple[str, bytes]]) -> str:
    """Return the hash of law texts and lines of reading: whatever a decision may hang on."""
    digest = hashlib.sha256()
    for name, content in contents:
        digest.update(b"%d %s %d " % (len(name), name.encode(), len(content)) + content)
    return digest.hexdigest()[:16]


def _digests(contents: Sequence[tuple[str, bytes]]) -> dict[str, str]:
    """Return the hash of each instrument's text and reading by their stem, and that of all other files as `shared`."""
    instruments = {stem for stem, _, _ in INSTRUMENTS}
    parts: dict[str, list[tuple[str, bytes]]] = {}
    for name, content in contents:
        stem = name.rpartition(".")[0]
        parts.setdefault(stem if stem in instruments else "shared", []).append((name, content))
    return {stem: _stamp(files) for stem, files in parts.items()}


def _contents(folder: Traversable, prefix: str) -> Iterator[tuple[str, bytes]]:
    for item in folder.iterdir():
        if item.is_dir():
            yield from _contents(item, f"{prefix}{item.name}/")
        elif item.name.endswith((".toml", ".py")):
            yield f"{prefix}{item.name}", item.read_bytes()
