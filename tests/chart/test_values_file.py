"""values.yaml, its comments, the schema and the page say the same. Needs no helm: part of `make test`."""

from collections.abc import Iterator
from typing import Any, Literal, get_args, get_origin

import jsonschema
import pytest
import yaml
from annotated_types import Ge, Gt, Le

from deploy.helm import readme
from deploy.helm.schema import DEFINITIONS, VALUES, document
from deploy.helm.values_file import CHART, at, defaults, described, leaves
from shared.contracts.asyncapi import SERVICES
from tests.chart.told import settings_class

OTHERS = ("servicesHall", "grid", "indicators")
"""Services whose values mean what those of registry mean."""


def known(schema: dict[str, Any] = VALUES, path: str = "") -> Iterator[str]:
    """Every path that the schema names, down to what is no object with named properties."""
    while "$ref" in schema:
        schema = DEFINITIONS[schema["$ref"].rpartition("/")[2]]
    if "properties" not in schema or path.endswith((".api", ".worker", ".resources", ".affinity", ".days")):
        yield path
        return
    for name, child in schema["properties"].items():
        yield from known(child, f"{path}.{name}" if path else name)


def documented() -> dict[str, str]:
    """Path → description of what is no group."""
    return {value.path: value.description for value in described() if not value.group}


def test_every_value_is_described_or_is_another_services_of_a_described_one() -> None:
    told = documented()
    ends = frozenset(told)
    for path in leaves(defaults(), ends):
        others = [path.replace(f"services.{name}.", "services.registry.", 1) for name in OTHERS]
        assert any(one in told for one in (path, *others)), path


def test_a_description_is_a_sentence() -> None:
    for value in described():
        assert value.description[0].isupper() or value.description[0].isalnum(), value.path
        assert value.description.endswith("."), value.path


def test_values_and_schema_name_the_same() -> None:
    named = set(known()) - {"global"}
    assert named == set(leaves(defaults(), frozenset(documented())))


def test_the_defaults_satisfy_the_schema() -> None:
    jsonschema.Draft202012Validator(document({})).validate(defaults())


@pytest.mark.parametrize("name", ["trial", "county", "province-county"])
def test_a_values_file_names_nothing_but_values(name: str) -> None:
    given = yaml.load((CHART / f"values-{name}.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader)
    jsonschema.Draft202012Validator(document({})).validate(given)


def test_every_object_of_the_schema_is_closed() -> None:
    waiting: list[Any] = [document({})]
    free = 0
    while waiting:
        schema = waiting.pop()
        if isinstance(schema, list):
            waiting.extend(schema)
        elif isinstance(schema, dict):
            if schema.get("type") == "object" and "additionalProperties" not in schema:
                assert schema.keys() <= {"type", "description"}, schema
                free += 1
            waiting.extend(schema.values())
    assert free == 5  # `global`, three affinities and `valueFrom`: helm's and Kubernetes' own


def test_the_page_shows_every_value_with_its_default() -> None:
    page = readme.page()
    assert "<!--" not in page
    rows = page.partition("\n## Values\n")[2].splitlines()
    values = defaults()
    for path, description in documented().items():
        shown = path.replace("services.registry.", "services.*.", 1)
        (row,) = (line for line in rows if line.startswith(f"| `{shown}` | "))
        assert description.replace("|", "\\|") in row
        if at(values, path) not in ("", None):
            assert row.split(" | ")[2].strip("`")


def test_what_the_schema_lets_through_the_settings_accept() -> None:
    """Bounds and words: an operator hears of a wrong one from helm, not from a pod that does not start."""
    compared = 0
    for service in SERVICES:
        for name, field in settings_class(service).model_fields.items():
            for path in readme.settings()[f"XIANGLI_{name.upper()}"]:
                schema = readme.schema_at(path)
                if get_origin(field.annotation) is Literal:
                    assert set(schema["enum"]) == set(get_args(field.annotation)), path
                    compared += 1
                for bound in field.metadata:
                    if isinstance(bound, Ge):
                        assert schema["minimum"] >= bound.ge, path
                    elif isinstance(bound, Gt):
                        assert schema["minimum"] > bound.gt, path
                    elif isinstance(bound, Le):
                        assert schema["maximum"] <= bound.le, path
                    compared += isinstance(bound, Ge | Gt | Le)
    assert compared > 30
