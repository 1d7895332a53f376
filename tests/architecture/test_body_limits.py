"""How large the body of each operation may be: an ordinary one is small, and what takes more says so on its route."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from shared.http.bodies import BULK, ROWS
from shared.ledgers.forms.openrosa.multipart_body import MAX_SUBMISSION
from tests.architecture.operations import Operation, app_of, operations, services

ROOT = Path(__file__).parents[2]
UNIT = {"k": 1024, "m": 1024 * 1024}
ORDINARY = 128 * 1024
LARGER = {
    **dict.fromkeys(("openRecord", "correctRecord", "stepRecord"), ROWS),
    **dict.fromkeys(("stepRecords", "draftLedger", "redraftLedger", "importAreas", "drawGrids", "changeAreas"), BULK),
    **dict.fromkeys(("draftItemVersion", "takeItemCollection", "reviseDictionaryDraft"), BULK),
    **dict.fromkeys(("drawGeoJson", "changeGrids", "placeResidents", "compareAreaEdition", "applyAreaEdition"), BULK),
}
"""Everything that takes more than an ordinary body, said once more by hand."""
IN_PARTS = {
    "draftItemVersion",
    "takeItemCollection",
    "importAreas",
    "drawGrids",
    "drawGeoJson",
    "changeGrids",
    "changeAreas",
    "applyAreaEdition",
}
"""What may be larger than it may be sent: a county's file, and a county's change of areas, are sent in parts; so are
items, if each field of their forms has all choices that it may have."""
UNBOUNDED = {"searchRecords", *LARGER} - IN_PARTS - {"compareAreaEdition", "placeResidents", "reviseDictionaryDraft"}
"""Bodies whose schema does not say how large they get: a ledger's definition does."""
WIDE = 3
"""Bytes of a Chinese character."""


def limit_of(operation: Operation) -> int:
    limit = operation.spec["x-max-body-bytes"]
    assert isinstance(limit, int)
    return limit


def largest(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> float:
    """Bytes of the largest compact JSON text that a schema admits; infinite if it does not say."""
    if "$ref" in schema:
        return largest(schemas[schema["$ref"].rpartition("/")[2]], schemas)
    if kinds := schema.get("anyOf") or schema.get("oneOf"):
        return max(largest(kind, schemas) for kind in kinds)
    if words := schema.get("enum") or ([schema["const"]] if "const" in schema else ()):
        return max(len(str(word)) for word in words) + 2
    match schema.get("type"):
        case "object" if "properties" in schema:
            return 2 + sum(len(name) + 4 + largest(kind, schemas) for name, kind in schema["properties"].items())
        case "object" if "maxProperties" in schema and "patternProperties" in schema:
            widest = max(largest(kind, schemas) for kind in schema["patternProperties"].values())
            return 2 + float(schema["maxProperties"]) * (44 + widest)
        case "array" if "prefixItems" in schema:
            return 2 + sum(1 + largest(kind, schemas) for kind in schema["prefixItems"])
        case "array" if "maxItems" in schema:
            return 2 + float(schema["maxItems"]) * (1 + largest(schema["items"], schemas))
        case "string" if "maxLength" in schema:
            return 2 + float(schema["maxLength"]) * (1 if "pattern" in schema else WIDE)
        case "string" if "format" in schema or "pattern" in schema:
            return 40
        case "integer" | "number" | "boolean" | "null":
            return 24
    return float("inf")


def test_an_ordinary_body_is_small_and_what_takes_more_is_known_by_name() -> None:
    assert {app_of(service).state.kit.settings.max_body_bytes for service in services()} == {ORDINARY}
    found = {one.id: limit_of(one) for one in operations() if one.has_body}
    assert {name: limit for name, limit in found.items() if limit != ORDINARY} == LARGER


def test_what_an_operation_may_be_sent_fits_its_limit() -> None:
    unbounded = set()
    for operation in operations():
        if operation.has_body:
            schema = operation.spec["requestBody"]["content"]["application/json"]["schema"]
            size = largest(schema, app_of(operation.service).openapi()["components"]["schemas"])
            if size == float("inf"):
                unbounded.add(operation.id)
            elif operation.id not in IN_PARTS:
                assert size <= limit_of(operation), operation
    assert unbounded == UNBOUNDED


def test_the_proxies_let_through_what_the_operations_take() -> None:
    most = max(limit_of(one) for one in operations() if one.has_body)
    nginx = (ROOT / "deploy/compose/nginx.conf").read_text(encoding="utf-8")
    common = re.search(r"^  client_max_body_size (\d+)([km]);", nginx, re.MULTILINE)
    assert common
    assert int(common[1]) * UNIT[common[2]] >= most
    files = app_of("grid").state.kit.settings.max_file_bytes
    for page in ("configure.md", "configure.zh-CN.md"):
        text = (ROOT / "docs/operations" / page).read_text(encoding="utf-8")
        (found,) = re.findall(r"proxy-body-size: (\d+)([km])", text)
        assert int(found[0]) * UNIT[found[1]] > max(most, MAX_SUBMISSION, files)
        for size in (
            f"{ORDINARY // 1024} KiB",
            f"{most >> 20} MiB",
            f"{MAX_SUBMISSION >> 20} MiB",
            f"{files >> 20} MiB",
        ):
            assert size in text
