"""Names, numbers and phones planted in every personal field of shipped ledgers are found nowhere outside of them."""

import json
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import generate_latest
from sqlalchemy import text

from shared.contracts.catalogue import TOPICS
from shared.ledgers.compiler import Ledger, compile_ledger
from shared.ledgers.grammar.definition import Definition
from shared.ledgers.grammar.fields import FieldDefinition
from shared.ledgers.grammar.words import ATTACHED, TEXTS, FieldType, Privacy
from tests.shared.ledgers.compiler.test_counting import TODAY, ledger_of
from tests.shared.ledgers.shipped.conftest import HouseOf
from tests.shared.ledgers.shipped.house import (
    COUNTY,
    FIRST,
    SECOND,
    SHIPPED,
    TOWN,
    VILLAGES,
    House,
    definition_of,
    owner_of,
)

PLANTED = {
    FieldType.NAME: "欧阳植入",
    FieldType.PHONE: "13912345678",
    FieldType.IDENTITY_NUMBER: "450481199003075417",
    FieldType.ADDRESS: "植入街 7 号",
}
WORD, INNER = "植入", "内部词语"
SECRETS = (*PLANTED.values(), WORD)
"""What speaks of people. Words of other fields (`INNER`) stand in the open in the service's own tables only."""
AREAS = {"village": VILLAGES[0], "town": TOWN, "county": COUNTY, "grid": VILLAGES[0]}
PERSONAL = ("name", "phone", "identity_number", "address")
OWN: dict[str, Any] = {
    "code": "own_people",
    "title": "自建人员台账",
    "owner": "grid",
    "source": "测试",
    "levels": ["village"],
    "unique": [["number"]],
    "fields": [
        {"name": "name", "title": "姓名", "type": "name", "privacy": "personal", "search": True},
        {"name": "phone", "title": "电话", "type": "phone", "privacy": "personal", "search": True},
        {"name": "number", "title": "证件号码", "type": "identity_number", "privacy": "personal", "search": True},
        {"name": "other", "title": "另一证件", "type": "identity_number", "privacy": "restricted"},
        {"name": "home", "title": "住址", "type": "address", "privacy": "personal"},
    ],
    "rows": [
        {
            "name": "kin",
            "title": "亲属",
            "fields": [{"name": one, "title": one, "type": one, "privacy": "personal"} for one in PERSONAL],
        }
    ],
    "statuses": [
        {"code": "kept", "title": "在册", "initial": True},
        {"code": "gone", "title": "离册", "final": True},
    ],
    "steps": [
        {
            "verb": "leave",
            "title": "离册",
            "from": ["kept"],
            "to": "gone",
            "permission": "record.write",
            "reason": True,
            "fills": ["number"],
        }
    ],
}
"""A ledger of the county's own: identity numbers and addresses as well, also in a small table and a unique key."""
TABLES = ("outbox", "ledger_record_steps", "ledger_index", "ledger_keys", "idempotency_keys", "jobs")
IMPORTED = ("imports", "import_findings", "imported_rows")


def found_in(said: str, *, inside: bool = False) -> list[str]:
    """Which secrets stand in it, also where JSON wrote them in escapes. `inside`: of the service's own tables."""
    secrets = SECRETS if inside else (*SECRETS, INNER)
    return [secret for secret in secrets if secret in said or json.dumps(secret)[1:-1] in said]


def value_of(field: FieldDefinition) -> Any:
    """Something planted where it speaks of people, also in the words of everybody; else the definition's example."""
    if field.type in PLANTED:
        return PLANTED[field.type]
    if field.type in (FieldType.TEXT, FieldType.LONG_TEXT):
        return WORD if field.privacy in (Privacy.PERSONAL, Privacy.RESTRICTED) else INNER
    if field.type is FieldType.DATE:
        return min(str(field.example), TODAY.isoformat())
    return [field.example] if field.type is FieldType.CHOICES else field.example


def values_of(ledger: Ledger) -> dict[str, Any]:
    """Every field that can be written, and two rows of each small table."""
    kept = {FieldType.POINT, *ATTACHED}
    values = {name: value_of(field) for name, field in ledger.fields.items() if field.type not in kept}
    for name, rows in ledger.rows.items():
        row = {column.name: value_of(column) for column in rows.fields if column.type not in kept}
        values[name] = [row] * max(2, rows.min)
    return {name: value for name, value in values.items() if value is not None}


async def everything_is_done(house: House, ledger: Ledger) -> list[str]:
    """Opened, refused, looked at, stepped with a reason, searched, imported and refused: what errors said."""
    path, area = f"/ledgers/{ledger.code}/records", AREAS[ledger.definition.levels[-1].value]
    values, errors = values_of(ledger), []
    async with house.door.client(FIRST) as one, house.door.client(SECOND) as other:
        opened = await one.post(path, json={"area": area, "values": values, "note": WORD})
        assert opened.status_code == 201, opened.text
        record = opened.json()["id"]
        for name, field in ledger.fields.items():  # each field's own refusal: something else, with the secret in it
            broken = {"secret": PLANTED[FieldType.NAME]} if field.type in PLANTED else [f"{WORD}{'x' * 6_000}"]
            answer = await one.post(path, json={"area": area, "values": {**values, name: broken}})
            assert answer.status_code in (409, 422), (name, answer.text)
            errors.append(answer.text)
        errors.append((await one.post(path, json={"area": area, "values": values | {WORD: WORD}})).text)
        errors.append((await one.post(path, json={"area": WORD, "values": values})).text)
        errors.append((await one.get(path, params={"field": PLANTED[FieldType.PHONE], "value": WORD})).text)
        for name in ledger.search_fields:
            body = {"field": name, "value": str(values.get(name)), "purpose": "audit"}
            assert (await one.post(f"{path}/search", json=body)).status_code in (200, 422)
        shown = {"view": "full", "purpose": "case_handling"}
        assert (await one.get(f"{path}/{record}", params=shown)).status_code == 200
        for step in ledger.steps_from(ledger.initial):
            call = {"values": {name: values[name] for name in step.fills if name in values}, "reason": WORD}
            answer = await other.post(f"{path}/{record}/steps/{step.verb}", json=call)
            if answer.status_code == 200:
                break
            errors.append(answer.text)
        titles = [field.title for field in ledger.fields.values() if field.type in PLANTED or field.required]
        row = [PLANTED[FieldType.NAME]] * len(titles)
        table = ",".join(["所属区划", *titles]) + "\n" + ",".join([area, *row]) + "\n"
        file = (await one.post("/files", content=table.encode())).json()["id"]
        at = f"/ledgers/{ledger.code}/imports"
        begun = (await one.post(at, json={"file": file, "area": COUNTY})).json()
        await house.work()
        errors.append((await one.get(f"{at}/{begun['id']}")).text)
        errors.append((await one.get(f"{at}/{begun['id']}/findings")).text)
        errors.append((await one.post(f"{at}/{begun['id']}/commit")).text)
    return errors


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
async def test_what_was_planted_is_in_no_error_no_log_no_metric_no_table_and_on_no_topic(
    path: Path, house_of: HouseOf, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    house = await house_of(owner_of(path))
    await house.publish(definition_of(path))
    await nothing_is_told(house, ledger_of(path), capsys, caplog)


async def test_identity_numbers_and_addresses_of_a_countys_own_ledger_are_told_nowhere(
    house_of: HouseOf, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """Few that ship ask for them: a ledger with a field of every type that speaks of people, searched by each."""
    house = await house_of("grid")
    await house.publish(OWN)
    ledger = compile_ledger(Definition.model_validate_json(json.dumps(OWN)), version=1)
    values = values_of(ledger)
    assert set(PLANTED.values()) == {values[name] for name in ("name", "phone", "number", "home")}
    assert set(PLANTED.values()) == set(values["kin"][0].values())
    assert {"name", "phone", "number"} == ledger.search_fields.keys()
    await nothing_is_told(house, ledger, capsys, caplog)


async def nothing_is_told(
    house: House, ledger: Ledger, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """After everything is done to a record with planted words, they stand nowhere but in its sealed values."""
    errors = await everything_is_done(house, ledger)
    assert [found_in(error) for error in errors if found_in(error)] == []
    said = capsys.readouterr()
    assert found_in(said.out + said.err + caplog.text + generate_latest().decode()) == []
    assert len(said.out) > 1_000, "something was logged"
    async with house.database.session() as session:
        for table in (*TABLES, *IMPORTED):
            rows = (await session.execute(text(f"SELECT row_to_json(t)::text FROM {table} t"))).scalars().all()
            assert [found_in(row, inside=True) for row in rows if found_in(row, inside=True)] == [], table
    facts = await house.facts()
    assert {"ledger", "record"} <= {fact.state.noun.rpartition(".")[2].removeprefix("restricted_") for fact in facts}
    for fact in facts:
        assert found_in(fact.model_dump_json()) == [], fact.type
    names_nobody(ledger, facts)


def names_nobody(ledger: Ledger, facts: list[Any]) -> None:
    """What county systems may read, joined by every id: of a ledger about persons not a record; of others no words."""
    sealed = {name for name, privacy in ledger.privacy.items() if privacy in (Privacy.PERSONAL, Privacy.RESTRICTED)}
    records = [fact for fact in facts if fact.state.noun.endswith("record")]
    assert records
    for fact in records:
        assert sealed.isdisjoint(fact.state.values)
        assert fact.state.subject_id is None or ledger.about_persons
        for value in fact.state.values.values():
            assert not isinstance(value, str) or value.isascii(), "codes, days and numbers only"
        if ledger.travels_restricted:
            topic = TOPICS[fact.state.noun].name
            assert topic.endswith("records_restricted"), "a topic that county systems do not read"


def test_every_personal_field_of_the_ledgers_that_ship_is_planted() -> None:
    """And there are such fields, in most of them. Sealed choices and days hold no words, and are on no topic."""
    planted = 0
    for path in SHIPPED:
        ledger = ledger_of(path)
        values = values_of(ledger)
        for name, field in ledger.fields.items():
            if field.privacy in (Privacy.PERSONAL, Privacy.RESTRICTED) and field.type in TEXTS:
                assert any(secret in str(values[name]) for secret in SECRETS), (path.name, name)
                planted += 1
    assert planted >= 10
