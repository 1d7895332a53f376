"""The OpenAPI document of a version of a ledger: its service's operations on records and accounts, with its fields,
steps, kinds of account and of posting.
"""

import copy
import re
from collections.abc import Iterator, Mapping
from typing import Any

from shared.contracts.examples import example
from shared.ledgers.compiler.ledger import Ledger
from shared.ledgers.documents.accounts import kind_parameter, of_accounts
from shared.ledgers.documents.values import Schema, area_schema, changed, sent, shown

RECORDS = re.compile(r"/ledgers/\{code\}/(records|bulk-steps|disclosed-records)(/|$)")
ACCOUNTS = re.compile(r"/ledgers/\{code\}/(postings|accounts|trial-balance|closings|statement-exports)(/|$)")
REFERENCE = "#/components/schemas/"


def typed_document(service: Mapping[str, Any], ledger: Ledger) -> Schema:
    """The document of a ledger out of its service's. The service's is not changed."""
    schemas = _schemas(service["components"]["schemas"], ledger)
    paths: Schema = {}
    for path, operations in service["paths"].items():
        if not RECORDS.search(path) and not _of_accounts(path, ledger):
            continue
        if "disclosed-records" in path and ledger.definition.access.disclosed is None:
            continue
        if "/files/" in path and not ledger.takes_files:
            continue
        for here, verb in _places(path, ledger):
            paths[here] = {
                method: _operation(operation, ledger, verb, schemas)
                for method, operation in operations.items()
                if isinstance(operation, Mapping)
            }
    components = {**service["components"], "schemas": _used(paths, service["components"], schemas)}
    title = f"{service['info']['title']} · {ledger.title}"
    info = {**service["info"], "title": title, "version": str(ledger.version), "description": ledger.definition.source}
    kinds = ("ledger records", *(() if ledger.definition.accounts is None else ("ledger accounts",)))
    tags = [tag for tag in service.get("tags", ()) if tag["name"] in kinds]
    kept = {key: value for key, value in service.items() if key in ("openapi", "servers", "security")}
    return {**kept, "info": info, "tags": tags, "paths": paths, "components": components}


def _of_accounts(path: str, ledger: Ledger) -> bool:
    """Whether a path is of accounts that the ledger keeps."""
    accounts = ledger.definition.accounts
    if accounts is None or not ACCOUNTS.search(path):
        return False
    return accounts.closes_monthly or "/closings" not in path


def _places(path: str, ledger: Ledger) -> Iterator[tuple[str, str | None]]:
    """A path without parameters for ledger and step: one for each step."""
    here = path.replace("{code}", ledger.code)
    if "{verb}" not in here:
        yield here, None
    else:
        for verb in ledger.steps:
            yield here.replace("{verb}", verb), verb


def _operation(operation: Mapping[str, Any], ledger: Ledger, verb: str | None, schemas: Mapping[str, Any]) -> Schema:
    found: Schema = copy.deepcopy(dict(operation))
    found["parameters"] = [
        one for one in found.get("parameters", ()) if one["in"] != "path" or one["name"] not in ("code", "verb")
    ]
    if ledger.definition.accounts is not None and "Account" in found["operationId"]:
        found["parameters"] = [
            kind_parameter(one, ledger.definition.accounts) if one["name"] == "kind" else one
            for one in found["parameters"]
        ]
    if verb is not None:
        found["operationId"] = f"{found['operationId']}_{verb}"
        found["summary"] = f"{ledger.steps[verb].title} {found['operationId']}"
        found["x-permission"] = ledger.steps[verb].permission
    bodies = [(False, found["requestBody"])] if "requestBody" in found else []
    bodies += [(True, response) for status, response in found["responses"].items() if status.startswith("2")]
    for whole, body in bodies:
        for kind, media in body.get("content", {}).items():
            if not kind.endswith("json"):
                continue
            if verb is not None and media["schema"].get("$ref") == f"{REFERENCE}StepRecord":
                media["schema"] = {"$ref": f"{REFERENCE}StepRecord_{verb}"}
            media.pop("examples", None)
            media["example"] = example(media["schema"], schemas, whole=whole)
    return found


def _schemas(own: Mapping[str, Any], ledger: Ledger) -> dict[str, Any]:
    """The service's schemas, those that hold values with the ledger's."""
    found = copy.deepcopy(dict(own))
    found |= {"SentValues": sent(ledger), "ShownValues": shown(ledger)}
    found["ChangedValues"] = changed(ledger) | {"minProperties": 1}
    _put(found, "OpenRecord", "SentValues")
    _put(found, "CorrectRecord", "ChangedValues")
    for name in ("RecordView", "RecordDetail"):
        _put(found, name, "ShownValues")
        found[name]["properties"]["status"] = {
            "type": "string",
            "enum": list(ledger.statuses),
            "x-enum-descriptions": [status.title for status in ledger.statuses.values()],
        }
    if ledger.definition.access.disclosed is not None:
        found["DisclosedValues"] = shown(ledger, ledger.definition.access.disclosed.fields)
        _put(found, "DisclosedView", "DisclosedValues")
    if ledger.definition.accounts is not None:
        of_accounts(found, ledger.code, ledger.definition.accounts)
    for verb, step in ledger.steps.items():
        name = f"StepRecord_{verb}"
        found[name] = copy.deepcopy(found["StepRecord"])
        found[name] |= {"title": name, "description": step.title}
        found[f"Filled_{verb}"] = changed(ledger, list(step.fills))
        _put(found, name, f"Filled_{verb}")
        needed = [part for part, asked in (("reason", step.reason), ("area", step.hands_over)) if asked]
        for part in needed:
            found[name]["required"] = sorted({*found[name].get("required", ()), part})
            found[name]["properties"][part] = found[name]["properties"][part]["anyOf"][0]
        if step.hands_over:
            found[name]["properties"]["area"] |= area_schema()
        else:
            del found[name]["properties"]["area"]
    return found


def _put(schemas: dict[str, Any], name: str, values: str) -> None:
    before = schemas[name]["properties"]["values"]
    schemas[name]["properties"]["values"] = {"$ref": REFERENCE + values, "description": before["description"]}


def _used(paths: Schema, components: Mapping[str, Any], schemas: Mapping[str, Any]) -> Schema:
    """The schemas that anything refers to."""
    others = {name: part for name, part in components.items() if name != "schemas"}
    found: Schema = {}
    waiting = list(_references([paths, others]))
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = schemas[name]
            waiting += _references(schemas[name])
    return dict(sorted(found.items()))


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, Mapping):
        reference = part.get("$ref")
        if isinstance(reference, str) and reference.startswith(REFERENCE):
            yield reference.removeprefix(REFERENCE)
        for inner in part.values():
            yield from _references(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _references(inner)
