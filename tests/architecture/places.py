"""Places that a change names: areas, points, and ids of what lies somewhere, found in the documents of the services.

Each service's tests have a table of them (`test_second_places.py`): a new operation without its line fails there.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import httpx

from tests.architecture.operations import app_of, operations

VILLAGE, GRID = "450481100201", "450481100201001"
BY_NAME = frozenset({"code", "parent_code", "longitude", "polygon"})
"""Fields whose schema does not tell that a place is meant; of a point the longitude stands for both."""


A_LEDGER = "the ledger's own code, which lies in no area"
IN_DEFINITION = "a name inside the definition: names no place"
HANDED = "tests/shared/ledgers/records/test_handing_over.py"
ACCOUNTS = "tests/shared/ledgers/accounts"
SHEETS = "tests/shared/ledgers/sheets"
FORMS = "tests/shared/ledgers/forms"

DEFINITION: Mapping[str, str] = {
    "definition.code": "the ledger's own code, asked for over the county: `tests/shared/ledgers/definitions`",
    **{
        f"definition.{named}": IN_DEFINITION
        for named in (
            "accounts.kinds[].code",
            "accounts.measures[].code",
            "accounts.postings[].code",
            "fields[].bounds.max",
            "fields[].bounds.min",
            "fields[].choices[].code",
            "measures[].code",
            "ratios[].code",
            "rows[].fields[].bounds.max",
            "rows[].fields[].bounds.min",
            "rows[].fields[].choices[].code",
            "statuses[].code",
        )
    },
}

LEDGERS: Mapping[str, Mapping[str, str]] = {
    "openRecord": {"area": "asked for: `tests/shared/ledgers/records/test_opening.py`", "path.code": A_LEDGER},
    "stepRecord": {
        "area": f"asked for: `{HANDED}`",
        "path.code": A_LEDGER,
        "path.id": "asked for: `tests/shared/ledgers/records/test_handling.py`",
        "path.verb": "a step of the ledger, the same everywhere",
    },
    "stepRecords": {
        "path.code": A_LEDGER,
        "path.verb": "a step of the ledger, the same everywhere",
        "records[].area": f"asked for: `{HANDED}`",
        "records[].id": "asked for, each by itself: `tests/shared/ledgers/records/test_handling.py`",
    },
    "beginImport": {
        "area": f"asked for: `{SHEETS}/test_importing.py::test_who_may_import_where`",
        "file": f"asked for: `{SHEETS}/test_importing.py::test_a_file_of_somebody_else_is_not_imported`",
        "path.code": A_LEDGER,
    },
    "beginExport": {
        "area": f"asked for: `{SHEETS}/test_exporting.py::test_who_may_not_take_out_takes_nothing`",
        "path.code": A_LEDGER,
    },
    "beginStatementExport": {
        "account_id": f"asked for: `{ACCOUNTS}/test_statement_exports.py::test_who_may_not_take_out_takes_nothing`",
        "path.code": A_LEDGER,
    },
    "createLedgerPosting": {
        "path.code": A_LEDGER,
        "sides[].area": f"asked for: `{ACCOUNTS}/test_scope.py::test_each_holder_is_asked_for`",
        "sides[].record_id": f"asked for: `{ACCOUNTS}/test_scope.py::test_each_holder_is_asked_for`",
    },
    "closeLedgerMonth": {
        "area": f"asked for: `{ACCOUNTS}/test_months.py::test_who_may_not_decide_closes_and_reopens_nothing`",
        "path.code": A_LEDGER,
    },
    "draftLedger": DEFINITION,
    "draftLedgerFromXlsForm": {
        "file": f"the caller's own: `{FORMS}/test_xlsform_door.py::test_a_file_of_somebody_else_is_not_there`"
    },
    "redraftLedger": {"path.code": A_LEDGER, **DEFINITION},
}
"""Places that the operations of ledgers name, the same in every service, and where they are asked for."""


Place = Callable[[str, Mapping[str, Any]], bool]
"""Whether a field of this name and schema names a place."""


def second_places(service: str) -> Mapping[str, frozenset[str]]:
    """By operation: where a body names a place, and, if it does, where the path does. Changes and questions alike."""
    return _by_operation(service, _is_place, in_path=True)


def grid_places(service: str) -> Mapping[str, frozenset[str]]:
    """By operation: where a body names a village or a grid in it."""
    return _by_operation(service, _is_village_or_grid, in_path=False)


def names(place: str, answer: httpx.Response) -> bool:
    """Whether a refusal names a place by the path of it in the body; of several which one it is."""
    path = re.escape(place).replace(re.escape("[]"), r"[.][0-9]+")
    return any(re.fullmatch(path, error["path"]) for error in answer.json()["errors"])


def _by_operation(service: str, is_place: Place, *, in_path: bool) -> Mapping[str, frozenset[str]]:
    document = app_of(service).openapi()
    found: dict[str, frozenset[str]] = {}
    for operation in operations():
        if operation.service != service or not operation.has_body:
            continue
        schema = operation.spec["requestBody"]["content"]["application/json"]["schema"]
        named = set(_places(schema, "", document, (), is_place))
        if named:
            addressed = {f"path.{one['name']}" for one in operation.parameters if in_path and one["in"] == "path"}
            found[operation.id] = frozenset(named | addressed)
    return found


def _places(
    schema: Mapping[str, Any], path: str, document: Mapping[str, Any], above: tuple[str, ...], is_place: Place
) -> Iterator[str]:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        if name not in above:
            yield from _places(document["components"]["schemas"][name], path, document, (*above, name), is_place)
        return
    for several in ("anyOf", "oneOf", "allOf"):
        for one in schema.get(several, ()):
            yield from _places(one, path, document, above, is_place)
    for name, one in schema.get("properties", {}).items():
        yield from _places(one, f"{path}.{name}" if path else name, document, above, is_place)
    if path.endswith("polygon") and schema.get("type") == "array":
        if is_place is _is_place:
            yield path
    elif isinstance(schema.get("items"), dict):
        yield from _places(schema["items"], f"{path}[]", document, above, is_place)
    elif is_place(path.rpartition(".")[2].removesuffix("[]"), schema):
        yield path


def _is_place(name: str, schema: Mapping[str, Any]) -> bool:
    if "properties" in schema or schema.get("type") not in ("string", "number"):
        return False
    if schema.get("format") == "uuid" or name in BY_NAME:
        return True
    pattern: str = schema.get("pattern", "")
    return bool(pattern) and not re.search(pattern, "x") and any(re.search(pattern, code) for code in (VILLAGE, GRID))


def _is_village_or_grid(name: str, schema: Mapping[str, Any]) -> bool:
    pattern: str = schema.get("pattern", "")
    return bool(pattern) and [bool(re.search(pattern, code)) for code in (VILLAGE, GRID, VILLAGE[:6], "x")] == [
        True, True, False, False,
    ]  # fmt: skip
