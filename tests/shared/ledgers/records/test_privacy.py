"""Planted names, numbers and words of records are found nowhere but where they are shown on purpose."""

from collections.abc import Awaitable, Callable
from typing import Any

import orjson
import pytest
import yaml
from sqlalchemy import text

from shared.auth.principal import Grant, Principal
from shared.db.engine import Database
from shared.testing.doors import Arrivals, Door, a_principal
from tests.grid.builders import CLERK, COUNTY_OFFICER, OTHER_CLERK, OTHER_VILLAGE, REGISTRAR, VILLAGE, WORKER
from tests.shared.ledgers.records.conftest import RECORDS, Facts, Published, Send, a_mediation, code_of
from tests.shared.ledgers.records.definitions import MEDIATIONS

Opened = Callable[..., Awaitable[dict[str, Any]]]

NUMBER = "450481199003075417"
OTHER_NUMBER = "450481198502020037"
PLANTED: dict[str, Any] = {
    "contact": "欧阳植入",
    "phone": "13912345678",
    "number": NUMBER,
    "matter": "植入事由",
    "secret": "植入内情",
    "remark": "植入备注",
    "parties": [{"name": "植入当事人", "share": 1, "file": "植入前科"}],
}
WORDS = ("欧阳植入", "13912345678", NUMBER, "植入")
FULL = {"view": "full", "purpose": "case_handling"}
AUDITOR = a_principal("auditor", "450481")


def found_in(text: str) -> list[str]:
    return [word for word in WORDS if word in text]


@pytest.fixture
async def planted(opened: Opened) -> str:
    record: str = (await opened(REGISTRAR, **PLANTED))["id"]
    return record


async def test_planted_values_are_on_no_topic_in_no_table_in_the_open_and_in_no_log(
    planted: str, send: Send, committed: Database, door: Door, caplog: pytest.LogCaptureFixture
) -> None:
    path = f"{RECORDS}/{planted}"
    body = {"values": {"matter": "植入更正"}, "note": "植入说明"}
    assert (await send(REGISTRAR, "post", f"{path}/correct", body, seen=1)).status_code == 200
    assert (await send(CLERK, "post", f"{path}/steps/dismiss", {"reason": "植入理由"})).status_code == 200
    for who in (CLERK, REGISTRAR):
        await send(who, "get", path, params=FULL)
        await send(who, "get", f"{path}/history", params=FULL)
    await send(CLERK, "post", f"{RECORDS}/search", {"field": "phone", "value": "13912345678", "purpose": "audit"})
    tables = ("outbox", "ledger_record_steps", "ledger_index", "ledger_keys", "idempotency_keys")
    async with committed.session() as session:
        for table in tables:
            rows = (await session.execute(text(f"SELECT to_jsonb(t)::text FROM {table} t"))).scalars().all()
            bare = [orjson.loads(row) for row in rows]
            assert found_in(str(bare)) == [], table
            payloads = [bytes.fromhex(one["payload"][2:]).decode() for one in bare if "payload" in one]
            assert found_in("".join(payloads)) == []
        (row,) = (await session.execute(text("SELECT to_jsonb(t) FROM ledger_records t"))).scalars().all()
    in_the_open = str({name: value for name, value in row.items() if name != "values"})
    assert found_in(in_the_open) == []
    assert set(row["values"]) == {"kind", "found_on", "remark"}
    assert found_in(caplog.text) == []
    assert found_in(str(door.accesses.entries)) == []


async def test_masked_in_full_and_under_a_permission_of_its_own(planted: str, send: Send, door: Door) -> None:
    path = f"{RECORDS}/{planted}"
    masked = (await send(CLERK, "get", path)).json()["values"]
    assert {name: masked.get(name) for name in PLANTED} == {
        "contact": "欧**入",
        "phone": "139****5678",
        "number": "450481********5417",
        "matter": "****",
        "secret": None,
        "remark": "植入备注",
        "parties": [{"name": "植**人", "share": 1}],
    }
    door.accesses.entries.clear()
    full = (await send(CLERK, "get", path, params=FULL)).json()
    assert full["masked"] is False
    assert full["values"]["contact"] == "欧阳植入"
    assert full["values"]["parties"] == [{"name": "植入当事人", "share": 1}]
    assert "secret" not in full["values"]
    whole = (await send(REGISTRAR, "get", path, params=FULL)).json()["values"]
    assert {name: whole[name] for name in PLANTED} == PLANTED
    assert [(one.action, one.detail, one.purpose, one.role) for one in door.accesses.entries] == [
        ("read", "full", "case_handling", "village_clerk"),
        ("read", "full", "case_handling", "county_registrar"),
    ]


async def test_in_full_only_by_the_permission_and_for_a_purpose(planted: str, send: Send) -> None:
    path = f"{RECORDS}/{planted}"
    for who in (WORKER, AUDITOR):
        assert code_of(await send(who, "get", path, params=FULL)) == (403, "forbidden")
    assert code_of(await send(CLERK, "get", path, params={"view": "full"})) == (422, "purpose_required")
    assert code_of(await send(OTHER_CLERK, "get", path, params=FULL)) == (404, "not_found")


async def test_the_words_of_the_history_are_shown_by_the_rule_of_the_record(
    planted: str, send: Send, door: Door
) -> None:
    path = f"{RECORDS}/{planted}"
    body = {"values": {"secret": "植入旧案"}, "note": "植入说明 13912345678"}
    assert (await send(REGISTRAR, "post", f"{path}/correct", body, seen=1)).status_code == 200
    door.accesses.entries.clear()
    for who in (WORKER, AUDITOR, CLERK, REGISTRAR):
        shown = (await send(who, "get", f"{path}/history")).json()
        assert (shown["masked"], [one["note"] for one in shown["items"]]) == (True, [None, "****"])
        assert not any("secret" in one["fields"] for one in shown["items"]), "whether it is filled is restricted, too"
    for who in (WORKER, AUDITOR):
        assert code_of(await send(who, "get", f"{path}/history", params=FULL)) == (403, "forbidden")
    assert code_of(await send(CLERK, "get", f"{path}/history", params={"view": "full"})) == (422, "purpose_required")
    assert code_of(await send(OTHER_CLERK, "get", f"{path}/history", params=FULL)) == (404, "not_found")
    for who, closed in ((CLERK, False), (REGISTRAR, True)):
        shown = (await send(who, "get", f"{path}/history", params=FULL)).json()
        assert (shown["masked"], shown["items"][1]["note"]) == (False, "植入说明 13912345678")
        assert [("secret" in one["fields"]) for one in shown["items"]] == [closed, closed]
    noted = [(one.detail, one.purpose) for one in door.accesses.entries if one.action == "read_history"]
    assert noted == [("masked", None)] * 4 + [("full", "case_handling")] * 2


async def test_a_sealed_value_is_searched_by_who_may_see_it(planted: str, send: Send, door: Door) -> None:
    """Whoever sees it masked could else try values until one is found: a middle character, four digits of a phone."""
    asked = {"field": "phone", "value": "13912345678", "purpose": "case_handling"}
    for who in (WORKER, AUDITOR):
        assert code_of(await send(who, "post", f"{RECORDS}/search", asked)) == (403, "forbidden")
    halves = Principal("halves", (Grant("grid_worker", VILLAGE), Grant("village_clerk", OTHER_VILLAGE)))
    for caller, found in ((CLERK, [planted]), (REGISTRAR, [planted]), (OTHER_CLERK, []), (halves, [])):
        items = (await send(caller, "post", f"{RECORDS}/search", asked)).json()["items"]
        assert [one["id"] for one in items] == found
    in_the_open = {"field": "kind", "value": "land", "purpose": "case_handling"}
    assert len((await send(WORKER, "post", f"{RECORDS}/search", in_the_open)).json()["items"]) == 1


async def test_a_draft_is_tried_on_records_by_who_may_see_all_that_they_hold(
    planted: str, send: Send, door: Door, published: Published
) -> None:
    """A rule of one's own asks any value: whoever reads which records break it reads the value, one guess at a time."""
    guess = {"id": "guess", "message": "猜中", "that": "record.secret != '植入内情'"}
    fields = [
        {**field, "privacy": "personal"} if field["name"] == "secret" else field
        for field in yaml.load(MEDIATIONS, yaml.CSafeLoader)["fields"]
    ]
    definition = {**yaml.load(MEDIATIONS, yaml.CSafeLoader), "fields": fields, "rows": [], "rules": [guess]}
    drafted = await send(COUNTY_OFFICER, "post", "/ledger-drafts", {"definition": definition})
    assert drafted.status_code == 201, drafted.text
    door.accesses.entries.clear()
    assert code_of(await send(COUNTY_OFFICER, "get", "/ledger-drafts/mediations/dry-run")) == (403, "forbidden")
    tried = await send(REGISTRAR, "get", "/ledger-drafts/mediations/dry-run")
    assert [one["id"] for one in tried.json()["broken"]] == [planted]
    noted = [
        (one.subject, one.action, one.object_id, one.detail) for one in door.accesses.entries if one.detail == "full"
    ]
    assert noted == [(REGISTRAR.subject, "try_draft", "mediations", "full")]
    await published.publish(MEDIATIONS, number=2, additive=False, mapping={}, title="改名")
    assert code_of(await send(COUNTY_OFFICER, "get", "/ledgers/mediations/unmoved-records")) == (403, "forbidden")
    assert (await send(REGISTRAR, "get", "/ledgers/mediations/unmoved-records")).status_code == 200


async def test_many_records_out_of_reach_are_each_not_found(planted: str, send: Send) -> None:
    answer = await send(OTHER_CLERK, "post", "/ledgers/mediations/bulk-steps/mediate", {"records": [{"id": planted}]})
    assert answer.status_code == 200, answer.text
    assert [one["code"] for one in answer.json()["items"]] == ["not_found"]


async def test_every_look_and_every_change_is_noted(planted: str, send: Send, door: Door) -> None:
    path = f"{RECORDS}/{planted}"
    door.accesses.entries.clear()
    await send(CLERK, "get", path)
    await send(CLERK, "get", RECORDS)
    await send(CLERK, "get", f"{path}/history")
    await send(CLERK, "post", f"{path}/correct", {"values": {"amount": 1}}, seen=1)
    await send(CLERK, "post", f"{path}/steps/dismiss", {"reason": "理由"})
    entries = door.accesses.entries
    assert [(one.action, one.detail) for one in entries] == [
        ("read", "masked"),
        ("list", "masked"),
        ("read_history", "masked"),
        ("correct", "write"),
        ("dismiss", "write"),
    ]
    assert {(one.noun, one.object_id, one.area, one.role) for one in entries} == {
        ("grid.record", planted, VILLAGE, "village_clerk")
    }


async def test_a_refused_value_is_not_repeated(send: Send, villages: None) -> None:
    wrongly: list[dict[str, Any]] = [
        {"contact": "欧阳植入1"},
        {"phone": "植入13912345678"},
        {"number": "450481199003075413"},
        {"植入": "植入"},
        {"parties": [{"name": "植入", "colour": "植入"}]},
        {"beside": "植入"},
    ]
    for values in wrongly:
        answer = await send(CLERK, "post", RECORDS, {"area": VILLAGE, "values": a_mediation(**values)})
        assert answer.status_code == 422, values
        assert "植入" not in answer.text
        assert "13912345678" not in answer.text
        assert "45048119900307541" not in answer.text


async def test_what_may_stand_once_is_told_within_the_scope_only(opened: Opened, send: Send, door: Door) -> None:
    mine = await opened(number=NUMBER)
    await opened(COUNTY_OFFICER, area=OTHER_VILLAGE, number=OTHER_NUMBER)
    door.accesses.entries.clear()
    for number, code in ((NUMBER, "record_exists"), (OTHER_NUMBER, "record_not_accepted_here")):
        answer = await send(CLERK, "post", RECORDS, {"area": VILLAGE, "values": a_mediation(number=number)})
        assert code_of(answer) == (409, code)
        assert number not in answer.text
    noted = [(one.action, one.object_id, one.detail, one.result) for one in door.accesses.entries]
    assert noted[0] == ("open", mine["id"], "existence", "refused")
    assert len(noted) == 2


async def test_who_asks_too_often_whether_somebody_stands_there_is_kept_waiting(
    opened: Opened, send: Send, door: Door
) -> None:
    await opened(number=NUMBER)
    body = {"area": VILLAGE, "values": a_mediation(number=NUMBER)}
    answers = [await send(CLERK, "post", RECORDS, body) for _ in range(door.kit.settings.rate_per_minute + 1)]
    assert {code_of(answer) for answer in answers[:-1]} == {(409, "record_exists")}
    assert code_of(answers[-1]) == (429, "rate_limited")


async def test_the_states_of_a_ledger_hold_no_text_point_table_or_sealed_field(
    opened: Opened, facts: Facts, arrivals: Arrivals
) -> None:
    values: dict[str, Any] = {**PLANTED, "place": {"longitude": 111.0, "latitude": 22.9}, "tags": ["hot"], "amount": 3}
    record = await opened(REGISTRAR, **values)
    (fact,) = await facts(record["id"])
    assert set(fact.state.values) == {"kind", "found_on", "tags", "amount"}
