"""The scan of the bundled tables of real people."""

from pathlib import Path

import pyarrow as pa
from classify_samples import scan_table, with_roles
from pyarrow import csv

from lockgate.classify import uniqueness
from lockgate.terms.classification import ColumnVerdict
from lockgate.terms.column import ColumnRole, Verdict

FOLDER = Path(uniqueness.__file__).parents[1] / "examples"

TITANIC = {
    "PassengerId": ("account-id", "direct-identifier"),
    "Survived": ("vital-status", "sensitive"),
    "Pclass": ("", "quasi-identifier"),
    "Name": ("person-name", "direct-identifier"),
    "Sex": ("gender", "quasi-identifier"),
    "Age": ("age", "quasi-identifier"),
    "SibSp": ("", "quasi-identifier"),
    "Parch": ("", "quasi-identifier"),
    "Ticket": ("", "quasi-identifier"),
    "Fare": ("", "quasi-identifier"),
    "Cabin": ("", "quasi-identifier"),
    "Embarked": ("", "quasi-identifier"),
}

ADULT = {
    "sex": ("gender", "quasi-identifier"),
    "age": ("age", "quasi-identifier"),
    "race": ("ethnicity", "quasi-identifier"),
    "marital-status": ("marital-status", "quasi-identifier"),
    "education": ("education", "quasi-identifier"),
    "native-country": ("nationality", "quasi-identifier"),
    "workclass": ("occupation", "quasi-identifier"),
    "occupation": ("occupation", "quasi-identifier"),
    "salary-class": ("income", "sensitive"),
}


def scanned(name: str) -> dict[str, ColumnVerdict]:
    paths = sorted(FOLDER.rglob(f"{name}.csv"))
    assert paths, f"the example {name} is bundled"
    header = paths[0].read_text(encoding="utf-8").splitlines()[0]
    delimiter = ";" if ";" in header else ","
    table = csv.read_csv(
        paths[0],
        parse_options=csv.ParseOptions(delimiter=delimiter),
        convert_options=csv.ConvertOptions(
            column_types=dict.fromkeys(header.split(delimiter), pa.string()), strings_can_be_null=True, null_values=[""]
        ),
    )
    return with_roles(table, scan_table(table))


def types_and_roles(verdicts: dict[str, ColumnVerdict]) -> dict[str, tuple[str, str]]:
    return {name: (item.type, item.role.value) for name, item in verdicts.items()}


def test_the_titanic_list_is_names_passengers_and_what_tells_them_apart() -> None:
    verdicts = scanned("titanic")
    assert types_and_roles(verdicts) == TITANIC
    assert verdicts["Name"].verdict is Verdict.CONFIRMED


def test_the_adult_extract_is_traits_of_persons_and_an_income() -> None:
    verdicts = scanned("adult")
    assert types_and_roles(verdicts) == ADULT
    assert not any(item.role is ColumnRole.DIRECT_IDENTIFIER for item in verdicts.values())
