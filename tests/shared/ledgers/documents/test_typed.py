"""The typed document of each ledger that ships: valid, with examples that its own schemas and the ledger take."""

import importlib
from datetime import date
from functools import cache
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from shared.errors import Invalid
from shared.ledgers.accounts.schemas import SendPosting
from shared.ledgers.accounts.service.posting import _movements
from shared.ledgers.compiler import Ledger, compile_ledger
from shared.ledgers.documents.typed import typed_document
from shared.ledgers.grammar.definition import Definition
from shared.testing.settings import settings_for
from tests.shared.ledgers.builders import choices, compiled, definition, field
from tests.shared.ledgers.mutations import SHIPPED

LAST = date(2999, 12, 31)
ALL = pytest.mark.parametrize("code", [one["code"] for one in SHIPPED])


@cache
def service(owner: str) -> dict[str, Any]:
    settings = settings_for(owner, "postgresql+asyncpg://nobody@/nothing")
    document: dict[str, Any] = importlib.import_module(f"services.{owner}.app").create_app(settings).openapi()
    return document


@cache
def shipped(code: str) -> tuple[Ledger, dict[str, Any]]:
    drafted = next(one for one in SHIPPED if one["code"] == code)
    ledger = compile_ledger(Definition.model_validate(drafted), version=1)
    return ledger, typed_document(service(ledger.owner), ledger)


@ALL
def test_it_is_valid_and_names_the_ledger_in_its_paths(code: str) -> None:
    ledger, document = shipped(code)
    validate(document)
    base = f"/{ledger.owner.replace('_', '-')}/v1/ledgers/{code}/records"
    assert {base, f"{base}/{{id}}", f"{base}/{{id}}/correct"} <= set(document["paths"])
    assert not [path for path in document["paths"] if "{code}" in path or "{verb}" in path]
    for verb, step in ledger.steps.items():
        operation = document["paths"][f"{base}/{{id}}/steps/{verb}"]["post"]
        assert (operation["operationId"], operation["x-permission"]) == (f"stepRecord_{verb}", step.permission)
        assert set(document["components"]["schemas"][f"Filled_{verb}"]["properties"]) == set(step.fills)
    identifiers = [one["operationId"] for path in document["paths"].values() for one in path.values()]
    assert len(set(identifiers)) == len(identifiers)


@ALL
def test_files_are_read_where_the_ledger_takes_any(code: str) -> None:
    ledger, document = shipped(code)
    of_files = [path for path in document["paths"] if "/files/" in path]
    assert len(of_files) == (2 if ledger.takes_files else 0)
    if code == "disputes":
        told = document["components"]["schemas"]["SentValues"]["properties"]["agreement"]
        assert "uploadFile" in told["description"]
        assert (told["anyOf"][0]["format"], len(of_files)) == ("uuid", 2)


@ALL
def test_every_body_has_an_example_that_its_schema_accepts(code: str) -> None:
    _, document = shipped(code)
    tried = 0
    for operations in document["paths"].values():
        for operation in operations.values():
            for body in (operation.get("requestBody", {}), *operation["responses"].values()):
                for kind, media in body.get("content", {}).items():
                    if not kind.endswith("json"):
                        continue
                    schema = {**media["schema"], "components": document["components"]}
                    assert not [error.message for error in Draft202012Validator(schema).iter_errors(media["example"])]
                    tried += 1
    assert tried > 10


@ALL
def test_the_example_of_a_new_record_is_one_that_the_ledger_takes(code: str) -> None:
    ledger, document = shipped(code)
    base = f"/{ledger.owner.replace('_', '-')}/v1/ledgers/{code}/records"
    media = document["paths"][base]["post"]["requestBody"]["content"]["application/json"]
    values = media["example"]["values"]
    assert values
    taken = ledger.accept(values, today=LAST)
    assert {name for name in taken if taken[name] is not None} >= set(ledger.required("")) - set(ledger.rows)


@ALL
def test_accounts_are_told_where_the_ledger_keeps_any(code: str) -> None:
    ledger, document = shipped(code)
    base = f"/{ledger.owner.replace('_', '-')}/v1/ledgers/{code}"
    accounts, schemas = ledger.definition.accounts, document["components"]["schemas"]
    found = {path for path in document["paths"] if not path.startswith((f"{base}/records", f"{base}/bulk-steps"))}
    if accounts is None:
        assert not {path for path in found if "disclosed" not in path}
        assert "SendPosting" not in schemas
        return
    assert {f"{base}/postings", f"{base}/accounts/{{id}}/statement", f"{base}/statement-exports"} <= found
    assert (f"{base}/closings" in found) == accounts.closes_monthly
    kinds = [one.code for one in accounts.kinds]
    for name, field_ in (("SendSide", "account"), ("AccountView", "kind"), ("SideView", "account")):
        assert schemas[name]["properties"][field_]["enum"] == kinds
    [asked] = [one for one in document["paths"][f"{base}/accounts"]["get"]["parameters"] if one["name"] == "kind"]
    assert asked["schema"]["anyOf"][0]["enum"] == kinds
    body = document["paths"][f"{base}/postings"]["post"]["requestBody"]["content"]["application/json"]["example"]
    posting = SendPosting.model_validate(body).content()
    kind = next(one for one in accounts.postings if one.code == posting.kind)
    movements = _movements(code, accounts, kind, posting.sides)
    assert sum(one.amount for one in movements) == 0
    balance = schemas["StatementLineView"]["properties"]["balance"]["description"]
    assert {"fen": "分", "minute": "分钟", "piece": "件"}[accounts.unit] in balance


def test_its_schemas_refuse_what_the_ledger_refuses() -> None:
    ledger = compiled(
        fields=[
            field(
                "kind", "choice", required=True, choices=[*choices("a"), {"code": "z", "title": "旧", "retired": True}]
            ),
            field("count", "integer", bounds={"min": 0}),
            field("rate", "percent", scale=1),
        ],
        rows=[{"name": "parties", "title": "人", "max": 1, "fields": [field("age", "integer", required=True)]}],
    )
    document = typed_document(service("grid"), ledger)
    schema = {**document["components"]["schemas"]["SentValues"], "components": document["components"]}
    judge = Draft202012Validator(schema)
    good: dict[str, Any] = {"kind": "a", "count": 0, "rate": "1.5", "parties": [{"age": 3}]}
    assert not list(judge.iter_errors(good))
    assert ledger.accept(good, today=LAST)
    changes: list[dict[str, Any]] = [{"kind": "z"}, {"kind": "b"}, {"count": -1}, {"rate": "1.55"}, {"rate": 1.5}]
    changes += [{"parties": [{}]}, {"parties": [{"age": 1}] * 2}, {"more": 1}, {"kind": None}]
    for wrong in ({**good, **part} for part in changes):
        assert list(judge.iter_errors(wrong)), wrong
        with pytest.raises(Invalid):
            ledger.accept(wrong, today=LAST)


def test_a_step_that_hands_over_asks_where_to_and_no_other_does() -> None:
    step = {"title": "移交", "from": ["open"], "permission": "record.write"}
    passing = {"verb": "pass_on", "to": "open", "hands_over": True, "reason": True, **step}
    ledger = compiled(steps=[passing, {"verb": "close", "to": "done", **step}])
    document = typed_document(service("grid"), ledger)
    validate(document)
    schemas = document["components"]["schemas"]
    assert schemas["StepRecord_pass_on"]["required"] == ["area", "reason"]
    assert "area" not in schemas["StepRecord_close"]["properties"]
    post = document["paths"]["/grid/v1/ledgers/rounds/records/{id}/steps/pass_on"]["post"]
    media = post["requestBody"]["content"]["application/json"]
    judge = Draft202012Validator({**media["schema"], "components": document["components"]})
    assert not list(judge.iter_errors(media["example"]))
    assert list(judge.iter_errors({**media["example"], "area": None}))


def test_what_is_disclosed_and_what_is_not_differ_in_their_paths() -> None:
    assert not [path for path in typed_document(service("grid"), compiled())["paths"] if "disclosed" in path]
    open_one = compiled(
        fields=[field("kind", privacy="public"), *definition()["fields"][1:]],
        access={"disclosed": {"fields": ["kind"], "after": ["done"]}},
    )
    document = typed_document(service("grid"), open_one)
    assert [path for path in document["paths"] if "disclosed" in path]
    assert set(document["components"]["schemas"]["DisclosedValues"]["properties"]) == {"kind"}
