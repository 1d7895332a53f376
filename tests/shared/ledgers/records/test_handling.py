"""Records are handled: the full product of steps, four eyes, reasons, levels, corrections, reopening, many at once."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import yaml

from shared.ids import new_id
from shared.ledgers.records.domain import MAX_BULK
from shared.testing.doors import a_principal
from tests.grid.builders import (
    CLERK,
    HANDLER,
    HEAD,
    OTHER_VILLAGE,
    REGISTRAR,
    STRANGER,
    TOWN_OFFICER,
    VILLAGE,
    WORKER,
)
from tests.shared.ledgers.records.conftest import RECORDS, Facts, Published, Send, code_of, wrong
from tests.shared.ledgers.records.definitions import MEDIATIONS, compiled

Opened = Callable[..., Awaitable[dict[str, Any]]]

SECOND_CLERK = a_principal("village_clerk", VILLAGE, subject="second-clerk")

PATHS: dict[str, tuple[str, ...]] = {
    "registered": (),
    "mediating": ("mediate",),
    "waiting": ("mediate", "suspend"),
    "closed": ("mediate", "close"),
    "dismissed": ("dismiss",),
}
FILLED: dict[str, dict[str, Any]] = {"close": {"outcome": "agreed", "agreed_on": "2026-03-12"}}
VERBS = sorted(compiled(MEDIATIONS).steps)


@pytest.fixture
def do(send: Send) -> Callable[..., Awaitable[Any]]:
    """Takes a step as somebody who may: the town's officer, and another one where four eyes are asked."""

    async def step(record: str, verb: str, who: Any = None, *, seen: int | None = None, **body: Any) -> Any:
        who = who or (HEAD if verb == "mediate" else TOWN_OFFICER)
        body = {"values": FILLED.get(verb, {}), "reason": "理由", **body}
        return await send(who, "post", f"{RECORDS}/{record}/steps/{verb}", body, seen=seen)

    return step


async def bring(do: Callable[..., Awaitable[Any]], record: str, status: str) -> None:
    for verb in PATHS[status]:
        answer = await do(record, verb)
        assert answer.status_code == 200, f"{verb}: {answer.text}"


@pytest.mark.parametrize("status", PATHS)
async def test_from_every_status_the_steps_of_the_definition_lead_on_and_no_others(
    opened: Opened, do: Callable[..., Awaitable[Any]], send: Send, facts: Facts, status: str
) -> None:
    for verb in VERBS:
        record = (await opened())["id"]
        await bring(do, record, status)
        step = compiled(MEDIATIONS).steps[verb]
        answer = await do(record, verb)
        if status in step.origins:
            assert (answer.status_code, answer.json()["status"]) == (200, step.to), answer.text
            assert step.to in answer.json()["entered"]
            last = (await facts(record))[-1]
            assert (last.type, getattr(last, "step", None), last.state.status) == (
                "grid.record.stepped",
                verb,
                step.to,
            )
        else:
            assert code_of(answer) == (409, "record_transition_not_allowed"), verb
            assert (await send(CLERK, "get", f"{RECORDS}/{record}")).json()["status"] == status


async def test_a_step_that_the_ledger_has_not_is_unknown(opened: Opened, do: Callable[..., Awaitable[Any]]) -> None:
    record = (await opened())["id"]
    assert code_of(await do(record, "burn")) == (404, "record_step_unknown")


async def test_whoever_took_the_step_before_may_not_close(opened: Opened, do: Callable[..., Awaitable[Any]]) -> None:
    record = (await opened())["id"]
    assert (await do(record, "mediate", CLERK)).status_code == 200
    assert code_of(await do(record, "close", CLERK)) == (403, "record_four_eyes")
    assert (await do(record, "close", SECOND_CLERK)).status_code == 200


async def test_a_reason_is_asked_where_the_definition_says_so_and_always_to_reopen(
    opened: Opened, do: Callable[..., Awaitable[Any]]
) -> None:
    record = (await opened())["id"]
    answer = await do(record, "dismiss", reason=None)
    assert (code_of(answer), wrong(answer)) == ((422, "reason_required"), [("reason", "missing")])
    await bring(do, record, "closed")
    assert code_of(await do(record, "reopen", reason=None)) == (422, "reason_required")
    assert (await do(record, "reopen")).status_code == 200


async def test_a_reopened_record_is_no_longer_closed(
    opened: Opened, do: Callable[..., Awaitable[Any]], facts: Facts
) -> None:
    record = (await opened())["id"]
    await bring(do, record, "closed")
    answer = await do(record, "reopen")
    assert set(answer.json()["entered"]) == {"registered", "mediating"}
    assert set((await facts(record))[-1].state.entered) == {"registered", "mediating"}


async def test_a_step_of_a_level_asks_for_a_grant_at_this_level(
    opened: Opened, do: Callable[..., Awaitable[Any]], send: Send
) -> None:
    record = (await opened())["id"]
    await bring(do, record, "closed")
    assert code_of(await do(record, "reopen", SECOND_CLERK)) == (403, "forbidden")
    assert (await send(SECOND_CLERK, "get", f"{RECORDS}/{record}")).json()["steps"] == []
    assert (await send(TOWN_OFFICER, "get", f"{RECORDS}/{record}")).json()["steps"] == ["reopen"]


async def test_a_step_fills_what_the_definition_names_and_asks_for_what_the_status_needs(
    opened: Opened, do: Callable[..., Awaitable[Any]]
) -> None:
    record = (await opened())["id"]
    assert wrong(await do(record, "mediate", values={"amount": 5})) == [("values", "not_filled_here")]
    assert (await do(record, "mediate", values={"contact": "张三"})).status_code == 200
    assert wrong(await do(record, "close", values={})) == [("values.outcome", "missing")]
    broken = {"outcome": "agreed", "agreed_on": "2026-03-01"}
    assert wrong(await do(record, "close", values=broken)) == [("values.agreed_on", "rule")]
    answer = await do(record, "close")
    assert (answer.json()["values"]["outcome"], answer.json()["values"]["days_open"]) == ("agreed", 10)


async def test_a_worker_may_not_take_a_step_of_the_clerk_nor_anything_elsewhere(
    opened: Opened, do: Callable[..., Awaitable[Any]]
) -> None:
    record = (await opened())["id"]
    assert code_of(await do(record, "dismiss", WORKER)) == (403, "forbidden")
    elsewhere = a_principal("village_clerk", OTHER_VILLAGE)
    assert code_of(await do(record, "dismiss", elsewhere)) == (404, "not_found")
    assert code_of(await do(str(new_id()), "dismiss")) == (404, "not_found")


async def test_a_correction_names_the_version_that_was_seen(opened: Opened, send: Send, facts: Facts) -> None:
    record = await opened(amount=5)
    path = f"{RECORDS}/{record['id']}/correct"
    assert code_of(await send(CLERK, "post", path, {"values": {"amount": 7}})) == (428, "precondition_required")
    assert code_of(await send(CLERK, "post", path, {"values": {"amount": 7}}, seen=2)) == (412, "version_mismatch")
    answer = await send(CLERK, "post", path, {"values": {"amount": 7}, "note": "登记时选错"}, seen=1)
    assert (answer.json()["version"], answer.json()["values"]["amount"]) == (2, 7)
    same = await send(CLERK, "post", path, {"values": {"amount": 7}}, seen=2)
    assert same.json()["version"] == 2, "what changes nothing makes no version"
    emptied = await send(CLERK, "post", path, {"values": {"amount": None}}, seen=2)
    assert "amount" not in emptied.json()["values"]
    assert [fact.type.rpartition(".")[2] for fact in await facts(record["id"])] == ["opened", "corrected", "corrected"]


async def test_zero_is_not_empty(opened: Opened, send: Send) -> None:
    record = await opened()
    answer = await send(CLERK, "post", f"{RECORDS}/{record['id']}/correct", {"values": {"amount": 0}}, seen=1)
    assert (answer.json()["version"], answer.json()["values"]["amount"]) == (2, 0)


async def test_a_record_that_has_ended_is_reopened_before_it_is_corrected(
    opened: Opened, do: Callable[..., Awaitable[Any]], send: Send
) -> None:
    record = (await opened())["id"]
    await bring(do, record, "closed")
    answer = await send(CLERK, "post", f"{RECORDS}/{record}/correct", {"values": {"amount": 7}}, seen=3)
    assert code_of(answer) == (409, "record_final")


async def test_a_masked_value_is_not_taken_for_the_value(opened: Opened, send: Send) -> None:
    record = await opened(contact="张三丰", phone="13800138000", matter="争地", parties=[{"name": "李四"}])
    path = f"{RECORDS}/{record['id']}/correct"
    shown = record["values"]
    for name in ("phone", "matter"):
        answer = await send(CLERK, "post", path, {"values": {name: shown[name]}}, seen=1)
        assert wrong(answer) == [(f"values.{name}", "masked_value")]
    for name in ("contact", "parties"):
        assert (await send(CLERK, "post", path, {"values": {name: shown[name]}}, seen=1)).status_code == 422


async def test_the_history_tells_every_line_with_its_words(
    opened: Opened, do: Callable[..., Awaitable[Any]], send: Send
) -> None:
    record = (await opened(contact="张三"))["id"]
    await send(CLERK, "post", f"{RECORDS}/{record}/correct", {"values": {"amount": 7}, "note": "补登"}, seen=1)
    await do(record, "dismiss", reason="不属调解范围")
    full = {"view": "full", "purpose": "case_handling"}
    lines = (await send(CLERK, "get", f"{RECORDS}/{record}/history", params=full)).json()["items"]
    assert [(one["version"], one["step"], one["status"], one["fields"], one["note"]) for one in lines] == [
        (1, "open", "registered", ["contact", "found_on", "kind"], None),
        (2, "correct", "registered", ["amount"], "补登"),
        (3, "dismiss", "dismissed", [], "不属调解范围"),
    ]
    assert [one["actor"] for one in lines] == [WORKER.subject, CLERK.subject, TOWN_OFFICER.subject]


async def test_a_record_handed_to_a_department_is_seen_by_this_department(
    opened: Opened, do: Callable[..., Awaitable[Any]], send: Send
) -> None:
    record = (await opened())["id"]
    for who in (HANDLER, STRANGER):
        assert code_of(await send(who, "get", f"{RECORDS}/{record}")) == (404, "not_found")
    assert (await do(record, "mediate", values={"department": "urban_management"})).status_code == 200
    assert (await send(HANDLER, "get", f"{RECORDS}/{record}")).status_code == 200
    assert (await do(record, "suspend", HANDLER)).status_code == 200
    assert code_of(await send(STRANGER, "get", f"{RECORDS}/{record}")) == (404, "not_found")
    assert (await send(STRANGER, "get", f"{RECORDS}/count")).json()["total"] == 0
    away = await send(HANDLER, "post", f"{RECORDS}/{record}/correct", {"values": {"department": "water"}}, seen=3)
    assert code_of(away) == (404, "not_found"), "a department corrects nothing into another's hands"


async def test_a_correction_of_nothing_is_refused(opened: Opened, send: Send, facts: Facts) -> None:
    record = await opened()
    path, said = f"{RECORDS}/{record['id']}", len(await facts())
    for note in ({}, {"note": "无"}):
        body: dict[str, Any] = {"values": {}, **note}
        answer = await send(CLERK, "post", f"{path}/correct", body, seen=1)
        assert code_of(answer) == (422, "invalid_request")
        assert [(one["path"], one["code"]) for one in answer.json()["errors"]] == [("values", "empty_correction")]
    assert ((await send(CLERK, "get", path)).json()["version"], len(await facts())) == (1, said)


async def test_null_empties_each_field_that_may_be_empty_and_leaves_the_others(opened: Opened, send: Send) -> None:
    whole = {
        "tags": ["hot"], "amount": 5, "matter": "事由", "contact": "张三", "phone": "13800138000", "remark": "备注",
        "number": "45048119900307019X", "secret": "内情", "department": "urban_management", "agreed_on": "2026-03-05",
        "place": {"longitude": 111.005, "latitude": 22.905}, "beside": OTHER_VILLAGE, "outcome": "agreed",
        "parties": [{"name": "李四", "share": 1}],
    }  # fmt: skip
    record = await opened(REGISTRAR, **whole)
    path, full = f"{RECORDS}/{record['id']}", {"view": "full", "purpose": "case_handling"}
    elsewhere = {"kind", "found_on", "paper", "earlier", "days_open"}
    ledger = compiled(MEDIATIONS)
    assert whole.keys() | elsewhere == ledger.fields.keys() | ledger.rows.keys() | {"days_open"}
    before = (await send(REGISTRAR, "get", path, params=full)).json()
    for name in whole:
        body: dict[str, Any] = {"values": {name: [] if name in ledger.rows else None}}
        answer = await send(REGISTRAR, "post", f"{path}/correct", body, seen=before["version"])
        assert answer.status_code == 200, (name, answer.text)
        after = (await send(REGISTRAR, "get", path, params=full)).json()
        assert after["values"].get(name) in (None, []), name
        same = ledger.fields.keys() | ledger.rows.keys() - {name}
        assert all(after["values"].get(one) == before["values"].get(one) for one in same - {name}), name
        before = after
    for name in ("kind", "found_on"):
        answer = await send(REGISTRAR, "post", f"{path}/correct", {"values": {name: None}}, seen=before["version"])
        assert code_of(answer) == (422, "invalid_request")
        assert [(one["path"], one["code"]) for one in answer.json()["errors"]] == [(f"values.{name}", "missing")]


async def test_of_two_at_once_one_step_is_taken(opened: Opened, do: Callable[..., Awaitable[Any]]) -> None:
    record = (await opened())["id"]
    answers = await asyncio.gather(*(do(record, verb) for verb in ("mediate", "dismiss", "mediate", "dismiss")))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]


async def test_of_two_corrections_of_one_version_one_is_taken(opened: Opened, send: Send) -> None:
    record = await opened()
    path = f"{RECORDS}/{record['id']}/correct"
    answers = await asyncio.gather(
        *(send(CLERK, "post", path, {"values": {"amount": amount}}, seen=1) for amount in range(1, 5))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412]


async def test_a_step_for_many_answers_each_and_leaves_the_others_alone(
    opened: Opened, do: Callable[..., Awaitable[Any]], send: Send, facts: Facts
) -> None:
    ready = [(await opened())["id"] for _ in range(3)]
    for record in ready:
        await bring(do, record, "mediating")
    early, gone = (await opened())["id"], str(new_id())
    away = (await opened(TOWN_OFFICER, area=OTHER_VILLAGE))["id"]
    wrongly = {"outcome": "agreed", "agreed_on": "2026-03-01"}
    body = {
        "reason": "集中办结",
        "records": [
            {"id": ready[0], "version": 2, "values": FILLED["close"]},
            {"id": ready[1], "version": 1, "values": FILLED["close"]},
            {"id": ready[2], "values": wrongly},
            *({"id": one, "values": FILLED["close"]} for one in (early, gone, away)),
        ],
    }
    answer = await send(SECOND_CLERK, "post", "/ledgers/mediations/bulk-steps/close", body)
    assert answer.status_code == 200, answer.text
    items = answer.json()["items"]
    assert [one["id"] for one in items] == [*ready, early, gone, away]
    assert [(one["done"], one["code"]) for one in items] == [
        (True, None),
        (False, "version_mismatch"),
        (False, "invalid_request"),
        (False, "record_transition_not_allowed"),
        (False, "not_found"),
        (False, "not_found"),
    ]
    assert items[2]["errors"][0]["path"] == "values.agreed_on"
    assert (items[0]["version"], items[0]["status"]) == (3, "closed")
    for record, status in zip(ready, ("closed", "mediating", "mediating"), strict=True):
        assert (await send(CLERK, "get", f"{RECORDS}/{record}")).json()["status"] == status
        assert (await facts(record))[-1].state.status == status
    twice = {"records": [{"id": early}, {"id": early}]}
    assert wrong(await send(SECOND_CLERK, "post", "/ledgers/mediations/bulk-steps/close", twice)) == [
        ("records", "repeated")
    ]


async def test_a_step_is_taken_for_500_records_at_most(opened: Opened, send: Send) -> None:
    path, record = "/ledgers/mediations/bulk-steps/dismiss", (await opened())["id"]
    asked = [{"id": record}, *({"id": str(new_id())} for _ in range(MAX_BULK))]
    refused = await send(TOWN_OFFICER, "post", path, {"reason": "误登", "records": asked})
    assert wrong(refused) == [("records", "too_long")]
    answer = await send(TOWN_OFFICER, "post", path, {"reason": "误登", "records": asked[:MAX_BULK]})
    assert answer.status_code == 200, answer.text
    items = answer.json()["items"]
    assert [one["id"] for one in items] == [one["id"] for one in asked[:MAX_BULK]]
    assert [one["done"] for one in items] == [True, *[False] * (MAX_BULK - 1)]
    assert MAX_BULK == 500


async def test_a_record_moves_to_a_later_version_with_its_next_change(
    opened: Opened, send: Send, published: Published
) -> None:
    record = await opened()
    await published.publish(MEDIATIONS, number=2)
    assert (await send(CLERK, "get", f"{RECORDS}/{record['id']}")).json()["ledger_version"] == 1
    answer = await send(CLERK, "post", f"{RECORDS}/{record['id']}/correct", {"values": {"amount": 1}}, seen=1)
    assert answer.json()["ledger_version"] == 2


async def test_whoever_opened_it_is_no_reason_to_see_it(opened: Opened, send: Send) -> None:
    record = await opened(a_principal("grid_worker", VILLAGE, subject="moved"))
    moved = a_principal("grid_worker", OTHER_VILLAGE, subject="moved")
    assert code_of(await send(moved, "get", f"{RECORDS}/{record['id']}")) == (404, "not_found")


async def test_a_record_of_a_version_that_is_not_additive_stays_with_its_own(
    opened: Opened, send: Send, published: Published, do: Callable[..., Awaitable[Any]]
) -> None:
    """The later version has no step `dismiss`: the record that was taken before it can still be dismissed."""
    record = await opened()
    definition = yaml.safe_load(MEDIATIONS)
    steps = [step for step in definition["steps"] if step["verb"] != "dismiss"]
    statuses = [status for status in definition["statuses"] if status["code"] != "dismissed"]
    await published.publish(MEDIATIONS, number=2, additive=False, steps=steps, statuses=statuses)
    assert code_of(await do((await opened())["id"], "dismiss")) == (404, "record_step_unknown")
    answer = await do(record["id"], "dismiss")
    assert (answer.status_code, answer.json()["ledger_version"]) == (200, 1)


async def test_in_a_retired_ledger_nothing_is_opened_and_what_stands_there_is_handled_to_its_end(
    opened: Opened, send: Send, published: Published, do: Callable[..., Awaitable[Any]]
) -> None:
    record = (await opened())["id"]
    await published.retire("mediations")
    answer = await send(CLERK, "post", RECORDS, {"area": VILLAGE, "values": {"kind": "land"}})
    assert code_of(answer) == (409, "ledger_retired")
    assert (await do(record, "dismiss")).status_code == 200
    assert (await send(CLERK, "get", f"{RECORDS}/{record}")).json()["status"] == "dismissed"
