"""The tree on a phone: asked for once, then only what changed; compressed on the way; not read again if it is known."""

import gzip
import zlib

from httpx import AsyncClient
from sqlalchemy import text

from shared.db.engine import Database
from tests.registry.area_changes.steps import a_plan, change, opened, undo, whole
from tests.registry.builders import COUNTY, FAR, OTHER_TOWN, SISTER, TOWN, VILLAGE, a_person
from tests.registry.conftest import Client
from tests.registry.steps import (
    AREAS,
    BOOK_CLOSINGS,
    OFFICER,
    PERSONS,
    REGISTRAR,
    Json,
    assert_refused,
    given,
    taken_back,
)

TREE = f"{AREAS}/{COUNTY}/subtree"


class Phone:
    """What a phone keeps: the areas by code, and how far it knows them."""

    def __init__(self, client: AsyncClient, path: str = TREE) -> None:
        self.client, self.path = client, path
        self.areas: dict[str, Json] = {}
        self.seen: int | None = None

    async def refresh(self) -> list[str]:
        """The codes that came."""
        answer = given(
            await self.client.get(self.path, params={} if self.seen is None else {"changed_since": self.seen})
        )
        if answer["whole"]:
            self.areas.clear()
        self.areas |= {one["code"]: one for one in answer["items"]}
        self.seen = answer["newest_change"]
        return [one["code"] for one in answer["items"]]

    async def is_current(self) -> bool:
        """Whether it holds what a phone that asks for everything gets."""
        fresh = Phone(self.client, self.path)
        await fresh.refresh()
        return (self.areas, self.seen) == (fresh.areas, fresh.seen)


async def test_a_phone_that_asks_for_changes_has_the_tree_that_everybody_has(client_of: Client, county: None) -> None:
    """Opened, renamed, ended, undone: each is told once, and what ended is among it."""
    registrar, phone = client_of(*REGISTRAR), Phone(client_of("grid_worker", VILLAGE))
    town = Phone(client_of(*OFFICER), f"{AREAS}/{OTHER_TOWN}/subtree")
    assert (len(await phone.refresh()), len(await town.refresh())) == (7, 3)
    assert await phone.refresh() == []
    given(await registrar.post(f"{AREAS}/{SISTER}/rename", json={"name": "甲村委会", "renamed_on": "2026-03-01"}))
    assert await phone.refresh() == [SISTER]
    given(await registrar.post(f"{AREAS}/{FAR}/abolish", json={"valid_to": "2026-03-10", "successors": []}))
    assert await phone.refresh() == [FAR]
    assert (phone.areas[FAR]["valid_to"], phone.areas[SISTER]["name"]) == ("2026-03-10", "甲村委会")
    code = "450481100001"
    made = given(await change(registrar, a_plan("convert", whole(VILLAGE, code), opens=(opened(code),))), 201)
    assert await phone.refresh() == [code, VILLAGE]
    given(await undo(registrar, made))
    assert await phone.refresh() == [code, VILLAGE]
    given(await taken_back(registrar, f"{AREAS}/{SISTER}", "undo-rename"))
    assert await phone.refresh() == [SISTER]
    assert await phone.is_current()
    assert await town.refresh() == [FAR]
    assert await town.is_current()


async def test_a_phone_that_knows_more_than_a_restored_database_gets_all(client_of: Client, county: None) -> None:
    phone = Phone(client_of(*OFFICER))
    await phone.refresh()
    assert phone.seen is not None
    phone.seen += 5
    phone.areas["450481100299"] = {"code": "450481100299"}
    assert len(await phone.refresh()) == 7
    assert await phone.is_current()


async def test_changes_are_asked_for_by_a_number_and_not_of_a_day(client_of: Client, county: None) -> None:
    client = client_of(*OFFICER)
    answer = await client.get(TREE, params={"on": "2026-03-01", "changed_since": "0"})
    assert_refused(answer, "invalid_request", [("query.changed_since", "not_with_on")])
    for wrong, code in (("-1", "greater_than_equal"), ("x", "int_parsing"), (str(2**64), "less_than_equal")):
        answer = await client.get(TREE, params={"changed_since": wrong})
        assert_refused(answer, "invalid_request", [("query.changed_since", code)])
    assert (await client.get(f"{AREAS}/450482/subtree", params={"changed_since": "0"})).status_code == 404
    for tag in ("*", '"0.0.0"'):
        unknown = await client.get(f"{AREAS}/450482/subtree", headers={"if-none-match": tag})
        assert unknown.status_code == 404, "what is not there is not as it was"


async def test_a_tree_that_is_known_is_not_read(client_of: Client, county: None, committed: Database) -> None:
    """What the tag is made of is counted; the areas are not looked at."""
    client = client_of(*OFFICER)
    for params in ({}, {"on": "2026-03-01"}, {"changed_since": "1"}):
        tag = (await client.get(TREE, params=params)).headers["etag"]
        async with committed.session() as session:
            await session.execute(text("UPDATE areas SET name = name || '！' WHERE code = :code"), {"code": VILLAGE})
            await session.commit()
        known = await client.get(TREE, params=params, headers={"if-none-match": tag})
        assert (known.status_code, known.content, known.headers["etag"].removeprefix("W/")) == (
            304,
            b"",
            tag.removeprefix("W/"),
        )
        assert known.headers["cache-control"] == "private, max-age=60"
    given(await client_of(*REGISTRAR).post(f"{AREAS}/{SISTER}/rename", json={"name": "甲", "renamed_on": "2026-03-01"}))
    assert (await client.get(TREE, headers={"if-none-match": tag})).status_code == 200


async def test_a_closed_month_changes_the_tag_with_the_version_that_is_shown(client_of: Client, county: None) -> None:
    client = client_of(*OFFICER)
    before = await client.get(f"{AREAS}/{TOWN}/subtree")
    closed = await client_of(*REGISTRAR).post(BOOK_CLOSINGS, json={"area": VILLAGE, "month": "2026-01"})
    assert closed.status_code == 201, closed.text
    after = await client.get(f"{AREAS}/{TOWN}/subtree", headers={"if-none-match": before.headers["etag"]})
    assert after.json() != before.json()


async def raw(client: AsyncClient, path: str, accepted: str) -> tuple[bytes, dict[str, str]]:
    async with client.stream("GET", path, headers={"accept-encoding": accepted}) as answer:
        return b"".join([part async for part in answer.aiter_raw()]), dict(answer.headers)


async def test_a_large_public_answer_is_compressed_for_whoever_takes_it(client_of: Client, county: None) -> None:
    client = client_of(*OFFICER)
    for path in (TREE, f"{AREAS}/{TOWN}/children", "/registry/v1/code-lists"):
        plain, headers = await raw(client, path, "identity")
        assert (headers["vary"], headers.get("content-encoding")) == ("Accept-Encoding", None)
        packed, told = await raw(client, path, "br;q=1.0, gzip;q=0.8, *;q=0.1")
        if len(plain) < 1024:
            assert packed == plain
            continue
        assert (told["content-encoding"], told["content-length"]) == ("gzip", str(len(packed)))
        assert (gzip.decompress(packed), told["etag"]) == (plain, f"W/{headers['etag']}")
        assert len(packed) < len(plain) / 2
        for tag in (headers["etag"], told["etag"]):
            same = await client.get(path, headers={"if-none-match": tag})
            assert (same.status_code, same.headers["vary"]) == (304, "Accept-Encoding")


async def test_what_is_of_a_person_is_never_compressed(client_of: Client, county: None) -> None:
    client = client_of(*REGISTRAR)
    for _ in range(4):
        given(await client.post(PERSONS, json=a_person(name="覃秀英")), 201)
    body, headers = await raw(client, f"{PERSONS}?area={COUNTY}", "gzip")
    assert len(body) > 1024
    assert "content-encoding" not in headers
    assert "vary" not in headers
    assert len(zlib.compress(body)) < len(body)
