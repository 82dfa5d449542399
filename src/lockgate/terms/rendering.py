"""Hand-over types as JSON values: enums by value, days in ISO form, sequences as arrays."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from typing import Any

from lockgate.terms.measure import Measure
from lockgate.terms.privacy_model import PrivacyModel, model_as_json


def as_json(value: object) -> Any:
    """Return the value with JSON types only; members of a record keep their names and order.

    Args:
        value: A frozen type of `terms`, or a JSON value, date, enum, mapping or sequence of such.

    Raises:
        TypeError: If a type has no JSON form.
    """
    if isinstance(value, Measure):
        return value.as_json()
    if isinstance(value, PrivacyModel):
        return model_as_json(value)
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, date):
        return value.isoformat()
    return _container_as_json(value)


def _container_as_json(value: object) -> Any:
    if isinstance(value, Mapping):
        return {str(key): as_json(item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [as_json(item) for item in value]
    if is_dataclass(value):
        return {item.name: as_json(getattr(value, item.name)) for item in fields(value)}
    raise TypeError(f"no JSON form for {type(value).__name__}")
