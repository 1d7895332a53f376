"""Search by name: by the name, each of its readings, the initials; within one's areas; and nothing legible at rest."""

from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from sqlalchemy import text

from services.registry.persons.schedules import fill_names
from services.registry.persons.service import names
from shared.auth.access_log import AccessNotes
from shared.crypto.keyring import KeyRing
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.messaging.context import PlainContext
from shared.messaging.outbox.writer import Outbox
from shared.testing.clock import FrozenClock
from tests.registry.builders import COUNTY, FAR, TOWN, VILLAGE, a_household
from tests.registry.conftest import Client
from tests.registry.steps import (
    CLERK,
    FAR_CLERK,
    HOUSEHOLDS,
    PERSONS,
    REGISTRAR,
    Json,
    all_pages,
    assert_not_found,
    assert_refused,
    correct,
    given,
    register,
)

FAR_AWAY = {"residence": {"area": FAR}, "registration": {"area": FAR}}


async def named(client: AsyncClient, name: str, **what: Any) -> list[str]:
    """Ids of those who are so called."""
    return [one["id"] for one in (await asked(client, name, **what))["items"]]


async def asked(client: AsyncClient, name: str, **what: Any) -> Json:
    body = {"name": name, "purpose": "case_handling", **what}
    return given(await client.post(f"{PERSONS}/search-by-name", json=body))


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("覃秀英", ("覃秀英", " 覃 秀英", "qinxiuying", "tan xiu ying", "QXY", "txy", "Qín Xiùyīng")),
        ("曾经", ("曾经", "zengjing", "zj")),
        ("尉迟恭", ("yuchigong", "ycg")),
        ("吕布", ("lvbu", "lü bu", "lyubu", "lubu", "lb")),
        ("阿不都•热合曼", ("阿不都·热合曼", "abudureheman")),
        ("John Smith", ("john smith", "JOHN SMITH", "johnsmith", "js")),
    ],
)
async def test_a_name_is_found_by_every_way_to_write_it(
    client_of: Client, county: None, name: str, typed: tuple[str, ...]
) -> None:
    client = client_of(*CLERK)
    person = await register(client, name=name)
    await register(client, name="莫大山", sex="1", birth_date="1958-03-02")
    for one in typed:
        assert await named(client, one) == [person["id"]], one
    for one in ("cengjing", "莫大", "qinxiu", "覃秀", "weichi", "jing"):
        assert await named(client, one) == [], one


async def test_what_is_found_is_masked(client_of: Client, county: None) -> None:
    client = client_of(*CLERK)
    await register(client)
    (found,) = (await asked(client, "覃秀英"))["items"]
    assert (found["name"], found["full"], found["birth_date"]) == ("覃*英", False, None)


async def test_only_those_of_the_callers_areas_are_found(client_of: Client, county: None) -> None:
    here, far = await register(client_of(*CLERK)), await register(client_of(*FAR_CLERK), **FAR_AWAY)
    registrar = client_of(*REGISTRAR)
    assert await named(client_of(*CLERK), "qxy") == [here["id"]]
    assert await named(client_of(*FAR_CLERK), "覃秀英") == [far["id"]]
    assert await named(registrar, "qxy") == sorted([here["id"], far["id"]])
    assert await named(registrar, "qxy", area=TOWN) == [here["id"]]
    body = {"name": "qxy", "purpose": "case_handling", "area": FAR}
    assert_not_found(await client_of(*CLERK).post(f"{PERSONS}/search-by-name", json=body))


@pytest.mark.usefixtures("unguarded")
async def test_a_corrected_name_is_found_and_the_old_one_is_not(client_of: Client, county: None) -> None:
    client = client_of(*CLERK)
    person = await register(client)
    after = given(await correct(client, person, name="谭秀英"))
    assert await named(client, "覃秀英") == []
    assert await named(client, "谭秀英") == [person["id"]]
    given(await correct(client, after, phone=None))
    assert await named(client, "谭秀英") == [person["id"]]


async def test_new_members_of_a_household_are_found(client_of: Client, county: None) -> None:
    client = client_of(*CLERK)
    household = given(await client.post(HOUSEHOLDS, json=a_household()), 201)
    assert await named(client, "qindashan") == [household["members"][1]["person_id"]]


async def test_more_than_are_shown_is_said(client_of: Client, county: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "MOST", 2)
    client = client_of(*CLERK)
    three = sorted([(await register(client))["id"] for _ in range(3)])
    answer = await asked(client, "qxy")
    assert [one["id"] for one in answer["items"]] == three[:2]
    assert answer["more"] is True
    rows = await all_pages(client_of("auditor", COUNTY), f"{PERSONS}/{three[2]}/accesses")
    assert "search_name" not in {one["action"] for one in rows}, "who was not shown was not looked at"


async def test_every_search_stands_in_the_access_log(client_of: Client, county: None, committed: Database) -> None:
    client = client_of(*CLERK)
    person = await register(client)
    await named(client, "qxy")
    await named(client, "nobody at all")
    rows = await all_pages(client_of("auditor", COUNTY), f"{PERSONS}/{person['id']}/accesses")
    assert ("search_name", "case_handling") in {(one["action"], one["purpose"]) for one in rows}
    async with committed.session() as session:
        nothing = text("SELECT result FROM access_log WHERE action = 'search_name' AND object_id IS NULL")
        assert list((await session.execute(nothing)).scalars()) == ["not_found"]


async def test_nothing_legible_is_at_rest_and_two_persons_share_what_they_must(
    client_of: Client, county: None, committed: Database, crypto: Crypto
) -> None:
    await register(client_of(*CLERK))
    async with committed.session() as session:
        stored = str((await session.execute(text("SELECT * FROM person_names"))).all())
        tokens = (await session.execute(text("SELECT tokens FROM person_names"))).scalar_one()
    assert not any(letters in stored for letters in ("qin", "qxy", "覃"))
    assert {len(one) for one in tokens} == {2 * names.LENGTH}
    assert len(set(tokens)) == len(tokens)
    (tokens_of_it,) = names.tokens_of(crypto, "覃秀英").values()
    assert set(tokens) == set(tokens_of_it)


async def test_names_are_filled_in_under_a_new_key_and_the_old_ones_go(
    client_of: Client, county: None, committed: Database, crypto: Crypto, clock: FrozenClock
) -> None:
    client = client_of(*CLERK)
    person = await register(client)
    old, new = bytes([2]) * 32, bytes([9]) * 32

    async def fill(ring: dict[str, bytes]) -> tuple[bool, list[str]]:
        keys = Crypto(KeyRing({"f1": bytes([1]) * 16}), KeyRing(ring))
        async with committed.session() as session:
            outbox = Outbox(session, owner="registry", clock=clock)
            context = PlainContext(session=session, clock=clock, outbox=outbox, crypto=keys, access=AccessNotes(clock))
            more = await fill_names(context)
            await session.commit()
            kept = await session.execute(text("SELECT key_id FROM person_names ORDER BY key_id"))
            return more, list(kept.scalars())

    assert await fill({"i1": old}) == (False, ["i1"])
    assert await fill({"i2": new, "i1": old}) == (True, ["i1", "i2"])
    assert await fill({"i2": new, "i1": old}) == (False, ["i1", "i2"])
    assert await named(client, "qxy") == [person["id"]]
    assert await fill({"i2": new}) == (False, ["i2"])


async def test_searches_are_limited(client_of: Client, county: None, app: FastAPI) -> None:
    app.state.kit.settings = app.state.kit.settings.model_copy(update={"rate_per_minute": 1})
    client = client_of("village_clerk", VILLAGE, subject="curious")
    await named(client, "qxy")
    body = {"name": "qxy", "purpose": "case_handling"}
    assert_refused(await client.post(f"{PERSONS}/search-by-name", json=body), "rate_limited")
