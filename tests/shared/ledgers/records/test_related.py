"""Nobody learns what they may not see by correcting what is judged together with it."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from tests.grid.builders import CLERK, REGISTRAR, VILLAGE, WORKER
from tests.shared.ledgers.builders import choices, compiled, field
from tests.shared.ledgers.records.conftest import Published, Send, code_of, wrong

RECORDS = "/ledgers/guesses/records"
GUESSES = """
code: guesses
title: 猜测
owner: grid
source: 测试
levels: [village]
fields:
  - {name: floor, title: 下限, type: integer}
  - {name: bar, title: 标准, type: integer}
  - {name: ceiling, title: 上限, type: integer}
  - {name: least, title: 最低, type: integer}
  - {name: apart, title: 无关, type: integer}
  - {name: age, title: 年龄, type: integer, privacy: personal}
  - {name: income, title: 收入, type: integer, privacy: restricted}
  - {name: illness, title: 病种, type: choice, privacy: personal, choices: [
      {code: heart, title: 心脏}, {code: mind, title: 精神}]}
  - {name: care, title: 照料, type: choice, depends_on: illness, choices: [
      {code: walk, title: 散步, parent: heart}, {code: talk, title: 谈话, parent: mind}]}
rows:
  - name: children
    title: 子女
    fields:
      - {name: age, title: 年龄, type: integer, privacy: personal, required: true}
rules:
  - {id: above, message: 年龄须高于下限,
     that: 'record.age == null || record.floor == null || record.age > record.floor'}
  - {id: below, message: 收入须低于上限,
     that: 'record.income == null || record.ceiling == null || record.income < record.ceiling'}
  - {id: children, each: children, message: 子女年龄须高于最低, that: 'record.least == null || row.age > record.least'}
computed:
  - {name: over, title: 达到标准, type: boolean,
     value: 'record.age == null || record.bar == null ? null : record.age >= record.bar'}
statuses:
  - {code: open, title: 在办, initial: true}
  - {code: done, title: 办结, final: true}
steps:
  - {verb: close, title: 办结, from: [open], to: done, permission: record.write, fills: [floor]}
"""
HELD = {"age": 40, "income": 500, "illness": "mind", "children": [{"age": 12}]}
OTHER = {"age": 20, "income": 900, "illness": "heart", "children": [{"age": 3}]}
GUESSED = {"floor": 30, "bar": 30, "care": "talk", "least": 9}
"""Each divides the two."""

Ask = Callable[..., Awaitable[httpx.Response]]


@pytest.fixture
async def records(published: Published, send: Send, villages: None) -> list[str]:
    """Two records that differ in what is sealed."""
    await published.publish(GUESSES)
    found = []
    for values in (HELD, OTHER):
        answer = await send(REGISTRAR, "post", RECORDS, {"area": VILLAGE, "values": values})
        assert answer.status_code == 201, answer.text
        found.append(answer.json()["id"])
    return found


@pytest.fixture
def correct(send: Send) -> Ask:
    async def ask(who: Any, record: str, **values: Any) -> httpx.Response:
        return await send(who, "post", f"{RECORDS}/{record}/correct", {"values": values}, headers={"If-Match": "*"})

    return ask


def told(answer: httpx.Response, record: str) -> tuple[int, Any]:
    """An answer without what differs between any two of them."""
    body = answer.json()
    return answer.status_code, {key: value for key, value in body.items() if key not in ("request_id", "id")}


@pytest.mark.parametrize("name", GUESSED)
async def test_two_records_that_differ_in_what_is_sealed_answer_a_guess_alike(
    records: list[str], correct: Ask, send: Send, name: str
) -> None:
    answers = [await correct(WORKER, record, **{name: GUESSED[name]}) for record in records]
    assert [code_of(answer) for answer in answers] == [(403, "record_field_related")] * 2
    assert [wrong(answer) for answer in answers] == [[(f"values.{name}", "record_field_related")]] * 2
    assert told(answers[0], records[0]) == told(answers[1], records[1])
    histories = [(await send(WORKER, "get", f"{RECORDS}/{record}/history")).json()["items"] for record in records]
    assert [len(one) for one in histories] == [1, 1]


async def test_a_step_that_fills_it_is_no_way_round(records: list[str], send: Send) -> None:
    body = {"values": {"floor": 30}}
    for record in records:
        assert code_of(await send(WORKER, "post", f"{RECORDS}/{record}/steps/close", body)) == (
            403,
            "record_field_related",
        )
    many = {"records": [{"id": record, **body} for record in records]}
    items = (await send(WORKER, "post", "/ledgers/guesses/bulk-steps/close", many)).json()["items"]
    assert [one["code"] for one in items] == ["record_field_related"] * 2


async def test_who_may_see_it_is_judged_by_the_rule(records: list[str], correct: Ask) -> None:
    for name, value in GUESSED.items():
        statuses = {(await correct(CLERK, record, **{name: value})).status_code for record in records}
        assert statuses == ({200} if name == "bar" else {200, 422}), name
    assert code_of(await correct(CLERK, records[0], ceiling=600)) == (403, "record_field_related")
    answers = [await correct(REGISTRAR, record, ceiling=600) for record in records]
    assert [answer.status_code for answer in answers] == [200, 422]


async def test_what_is_sent_together_is_judged_by_what_was_sent(records: list[str], correct: Ask) -> None:
    assert wrong(await correct(WORKER, records[0], floor=30, age=25, bar=1)) == [("values", "rule")]
    for record in records:
        answer = await correct(WORKER, record, floor=30, age=35, bar=1)
        assert answer.status_code == 200, answer.text


async def test_what_is_related_to_nothing_unseen_and_what_stays_as_it_is_are_taken(
    records: list[str], correct: Ask
) -> None:
    assert (await correct(CLERK, records[0], floor=30)).status_code == 200
    assert (await correct(WORKER, records[0], floor=30, apart=1)).status_code == 200
    assert (await correct(WORKER, records[0], floor=31, apart=1)).status_code == 403


async def test_that_an_unseen_value_was_the_same_is_not_told(records: list[str], correct: Ask) -> None:
    """What changes nothing makes no version: whoever saw that would have guessed."""
    answers = [await correct(WORKER, record, age=40) for record in records]
    assert [(answer.status_code, answer.headers["ETag"]) for answer in answers] == [
        (200, answers[0].headers["ETag"])
    ] * 2


async def test_that_a_restricted_field_is_filled_is_not_told_by_emptying_it(
    records: list[str], correct: Ask, send: Send
) -> None:
    empty = (await send(REGISTRAR, "post", RECORDS, {"area": VILLAGE, "values": {}})).json()["id"]
    for record in (records[0], empty):
        assert code_of(await correct(CLERK, record, income=None)) == (403, "record_field_not_yours")


def test_what_is_judged_together_is_found_through_computed_fields_and_tables() -> None:
    fields = [field("a", "integer", privacy="personal"), field("b", "integer"), field("c", "integer")]
    rows = [{"name": "people", "title": "人", "fields": [field("d", "integer", privacy="restricted"), field("e")]}]
    computed = [
        {"name": "sum", "title": "和", "type": "integer", "value": "record.a == null ? 0 : record.a"},
        {"name": "open", "title": "开", "type": "integer", "value": "record.c == null ? 0 : record.c"},
    ]
    rules = [
        {"id": "one", "message": "一", "that": "record.sum == null || record.b == null || record.sum > record.b"},
        {"id": "two", "message": "二", "that": "record.open == 0 || size(record.people.d) > 0"},
        {"id": "three", "message": "三", "that": "record.open == 0 || size(record.people.e) > 0"},
        {"id": "four", "message": "四", "that": "record.a == null || record.a > 0"},
    ]
    ledger = compiled(fields=[*fields, field("kind", "choice", choices=choices("x"))], rows=rows, computed=computed,
                      rules=rules)  # fmt: skip
    assert [set(one) for one in ledger.related] == [{"a", "b"}, {"c", "people"}]
    assert ledger.related[1]["people"].value == "restricted"
