"""Departments' lists at the counter: as on the bus, an answer for each row, nothing that tells who is elsewhere."""

from typing import Any

import pytest
from httpx import AsyncClient, Response
from sqlalchemy import text

from shared.db.engine import Database
from tests.registry.builders import FAR, TOWN, VILLAGE, a_number, a_person
from tests.registry.conftest import Client, Events
from tests.registry.person_imports.conftest import Lists, Work, figures
from tests.registry.steps import BENEFITS, FAR_CLERK, PERSONS, TAGS, given
from tests.registry.tables import text_of

IMPORTS = "/registry/v1/list-imports"


class Counter(Lists):
    """Lists of one kind and area, handed in by one caller."""

    def __init__(self, client: AsyncClient, work: Work, area: str = VILLAGE) -> None:
        super().__init__(client, work, IMPORTS)
        self.area = area
        self.as_of = "2026-03-10"

    async def begun(self, data: bytes, area: str = "") -> Response:
        file = (await self.client.post("/registry/v1/files", content=data)).json()["id"]
        body = {"file": file, "area": area or self.area, "kind": "minimum_living", "as_of": self.as_of}
        return await self.client.post(IMPORTS, json=body)

    async def handed_in(self, *rows: dict[str, str], as_of: str) -> dict[str, Any]:
        self.as_of = as_of
        return await self.taken(text_of(rows))


@pytest.fixture
def counter(officer: AsyncClient, do_work: Work) -> Counter:
    return Counter(officer, do_work)


def by_id(person: str, **what: str) -> dict[str, str]:
    empty = {"姓名": "", "证件号码": "", "享受起始日期": "2026-01-01", "级别": "", "月补助金额": ""}
    return {"居民编号": person, **empty, **what}


def by_number(number: str, name: str, **what: str) -> dict[str, str]:
    return by_id("", 证件号码=number, 姓名=name, **what)


async def registered(client: AsyncClient, number: str, name: str = "韦示例", area: str = VILLAGE) -> str:
    places = {"residence": {"area": area}, "registration": {"area": area}}
    body = a_person(name=name, document={"number": number}, **places)
    return str(given(await client.post(PERSONS, json=body), 201)["id"])


async def held(client: AsyncClient) -> dict[str, tuple[str, str | None]]:
    """Status and grade of benefits of the village, by person; the count says as many."""
    items = given(await client.get(BENEFITS, params={"area": VILLAGE}))["items"]
    assert given(await client.get(f"{BENEFITS}/count", params={"area": VILLAGE}))["count"] == len(items)
    return {one["person"]["id"]: (one["status"], one["level"]) for one in items}


async def open_tags(client: AsyncClient, person: str) -> list[tuple[str, str | None]]:
    items = given(await client.get(f"{PERSONS}/{person}/tags"))["items"]
    return [(one["code"], one["level"]) for one in items if one["ended_on"] is None]


async def test_each_row_is_answered_and_who_is_elsewhere_is_unknown_like_who_is_nowhere(
    counter: Counter, officer: AsyncClient, client_of: Client, committed: Database, events: Events
) -> None:
    numbers = [a_number(), a_number(), a_number(), a_number()]
    one, other = [await registered(officer, number) for number in numbers[:2]]
    elsewhere = await registered(client_of(*FAR_CLERK), numbers[2], area=FAR)
    rows = [
        by_id(one, 级别="2", 月补助金额="640"),
        by_number(numbers[1].lower(), "韦 示例"),
        by_number(numbers[2], "韦示例"),
        by_number(numbers[3], "韦示例"),
        by_number(numbers[1][:-1] + ("0" if numbers[1][-1] != "0" else "1"), "韦示例"),
        by_number(numbers[0], "覃示例"),
        by_id(elsewhere),
        by_id(one),
        by_number(a_number(), ""),
        by_id(""),
        by_id(other, 享受起始日期="2026-02-30"),
    ]
    checked = await counter.checked(text_of(rows))
    assert sorted(await counter.findings(checked)) == [
        (4, "C", "unknown"),
        (5, "C", "unknown"),
        (6, "C", "checksum"),
        (7, "C", "unknown"),
        (8, "C", "unknown"),
        (9, "C", "duplicate"),
        (10, "B", "missing"),
        (11, "C", "missing"),
        (12, "D", "not_a_day"),
    ]
    assert figures(checked) == ("checked", 2, 9, 0, 0, 0)
    assert (await held(officer), await open_tags(officer, one)) == ({}, []), "a check changes nothing"
    done = await counter.committed(checked)
    assert figures(done) == ("done", 2, 9, 2, 0, 0)
    assert await held(officer) == {one: ("held", "2"), other: ("held", None)}
    assert await open_tags(officer, one) == [("minimum_living", "2")]
    assert await events("registry.list_outcome.") == [], "nothing of a list goes on the bus"
    assert len(await events("registry.tag.")) == 2
    asked = text(
        "SELECT action, count(*) FROM access_log WHERE subject = 'importer' AND action LIKE '%list_benefit'"
        " GROUP BY action ORDER BY action"
    )
    async with committed.session() as session:
        assert [tuple(row) for row in await session.execute(asked)] == [("check_list_benefit", 6), ("list_benefit", 2)]


async def test_an_id_with_the_name_of_somebody_else_means_nobody(counter: Counter, officer: AsyncClient) -> None:
    """A column that slipped by a row would else give each one's benefit to the next."""
    one = await registered(officer, a_number())
    checked = await counter.checked(text_of([by_id(one, 姓名="覃示例")]))
    assert await counter.findings(checked) == [(2, "C", "unknown")]
    done = await counter.handed_in(by_id(one, 姓名="韦 示例"), as_of="2026-03-11")
    assert figures(done)[:2] == ("done", 1)
    assert await held(officer) == {one: ("held", None)}


async def test_who_is_missing_waits_for_a_clerk_and_only_if_every_row_could_be_read(
    counter: Counter, officer: AsyncClient
) -> None:
    one, other = [await registered(officer, a_number()) for _ in range(2)]
    await counter.handed_in(by_id(one), by_id(other), as_of="2026-02-10")
    broken = await counter.handed_in(by_id(one), by_id("示例"), as_of="2026-02-20")
    assert figures(broken)[:3] == ("done", 1, 1)
    assert await held(officer) == {one: ("held", None), other: ("held", None)}, "who stands in the broken row?"
    again = await counter.handed_in(by_id(one), as_of="2026-02-20")
    assert figures(again)[0] == "done", "a list that was left incomplete is handed in again, of the same day"
    assert await held(officer) == {one: ("held", None), other: ("missing", None)}
    assert await open_tags(officer, other) == [("minimum_living", None)], "the tag holds until a clerk has decided"
    whole = await counter.handed_in(by_id(other), by_number(a_number(), "无此人"), as_of="2026-03-01")
    assert figures(whole)[:3] == ("done", 1, 1)
    assert await held(officer) == {one: ("missing", None), other: ("held", None)}, "who is unknown hides nobody"


async def test_a_second_delivery_and_an_older_list_are_refused_and_change_nothing(
    counter: Counter, officer: AsyncClient
) -> None:
    one = await registered(officer, a_number())
    await counter.handed_in(by_id(one), as_of="2026-03-10")
    for as_of, status, code in (
        ("2026-03-10", 409, "list_outdated"),
        ("2026-03-09", 409, "list_outdated"),
        ("2026-03-17", 422, "as_of_invalid"),
    ):
        counter.as_of = as_of
        answer = await counter.begun(text_of([by_id(one)]))
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    counter.as_of = "2026-03-11"
    checked = await counter.checked(text_of([by_id(one)]))
    later = await counter.handed_in(by_id(one), as_of="2026-03-12")
    assert (later["taken"], later["unchanged"]) == (0, 1), "it says the same"
    done = await counter.committed(checked)
    assert figures(done) == ("done", 1, 0, 0, 0, 1), "a newer list came between the check and the taking in"
    assert [code for *_, code in await counter.findings(done)] == ["list_outdated"]


async def test_newer_knowledge_stands(counter: Counter, officer: AsyncClient) -> None:
    one, other = [await registered(officer, a_number()) for _ in range(2)]
    body = {"code": "minimum_living", "level": "1", "started_on": "2026-02-01"}
    tag = given(await officer.post(f"{PERSONS}/{one}/tags", json=body), 201)
    given(await officer.post(f"{TAGS}/{tag['id']}/end", json={"ended_on": "2026-03-12"}))
    done = await counter.handed_in(by_id(one), by_id(other, 级别="9"), as_of="2026-03-10")
    assert figures(done) == ("done", 2, 0, 1, 0, 1)
    assert [(row, code) for row, _, code in await counter.findings(done)] == [(2, "newer_known")]
    assert await open_tags(officer, one) == []


async def test_numbers_that_are_asked_are_paid_for(counter: Counter, committed: Database) -> None:
    rows = [by_number(a_number(), "韦示例") for _ in range(40)]
    await counter.checked(text_of(rows))
    asked = text("SELECT tokens FROM rate_buckets WHERE name = 'person_number' AND caller = 'importer'")
    async with committed.session() as session:
        assert await session.scalar(asked) == pytest.approx(1000 - 40)


async def test_nobody_hands_in_lists_of_areas_of_others(
    client_of: Client, do_work: Work, county: None, officer: AsyncClient
) -> None:
    rows = text_of([by_number(a_number(), "韦示例")])
    for client, area, status in (
        (client_of(*FAR_CLERK), VILLAGE, 404),
        (client_of("village_clerk", VILLAGE), TOWN, 404),
        (client_of("grid_worker", VILLAGE), VILLAGE, 403),
        (client_of("village_clerk", VILLAGE), VILLAGE, 201),
        (officer, "450481100999", 422),
    ):
        assert (await Counter(client, do_work).begun(rows, area)).status_code == status
