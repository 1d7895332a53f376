"""A consent that several hands are at at once, and its person meanwhile: as if one came after the other."""

import asyncio
from typing import Any

from httpx import AsyncClient

from tests.registry.bindings.binding import bound
from tests.registry.conftest import Client, Events
from tests.registry.consents.giving import (
    CONSENTS,
    give_own,
    listed,
    of_person,
    recorded,
    recording,
    seen,
    steps_of,
    undo,
    withdraw,
    withdraw_own,
)
from tests.registry.steps import CLERK, REGISTRAR, Json, die, given, move_out, register


async def whole(client: AsyncClient, events: Events, consent: Json) -> None:
    """Its versions follow one another, each told once, and the last one is what stands."""
    told = await events("registry.consent.", consent["id"])
    assert [one["sequence"] for one in told] == list(range(1, len(told) + 1))
    steps = await steps_of(client, consent)
    assert [one["version"] for one in steps] == list(range(1, len(told) + 1))
    now = await seen(client, consent)
    assert (now["version"], now["status"]) == (steps[-1]["version"], steps[-1]["status"])


async def test_of_two_withdrawals_and_an_annulment_one_is_done(client_of: Client, county: None, events: Events) -> None:
    clerk, second = client_of(*CLERK, subject="one"), client_of(*CLERK, subject="two")
    for number in range(3):
        mine, person = await bound(client_of, clerk, f"resident-{number}")
        consent = await recorded(clerk, person)
        saw: dict[str, Any] = {"headers": {"if-match": '"1"'}}
        body: dict[str, Any] = {"json": {"reason": "wrong_person"}}
        answers = await asyncio.gather(
            withdraw(clerk, consent, **saw),
            withdraw_own(mine, consent, **saw),
            second.post(f"{CONSENTS}/{consent['id']}/annul", **body, **saw),
            withdraw(second, consent, **saw),
        )
        assert sorted(one.status_code for one in answers) == [200, 412, 412, 412], [one.text for one in answers]
        await whole(clerk, events, consent)
        assert await listed(clerk) == []
        (won,) = (n for n, one in enumerate(answers) if one.status_code == 200)
        assert (await seen(clerk, consent))["status"] == ("withdrawn", "withdrawn", "annulled", "withdrawn")[won]
        if won == 1:
            return


async def test_one_consents_anew_while_the_one_before_is_withdrawn_or_brought_back(
    client_of: Client, county: None, events: Events
) -> None:
    """Whatever comes first, of one purpose one holds."""
    clerk, other = client_of(*CLERK, subject="one"), client_of(*CLERK, subject="two")
    for _ in range(3):
        person = await register(clerk)
        first = await recorded(clerk, person)
        gone, anew = await asyncio.gather(withdraw(clerk, first), recording(other, person, given_on="2026-03-11"))
        assert (gone.status_code, anew.status_code) in ((200, 201), (200, 409))
        if anew.status_code == 409:
            anew = await recording(other, person, given_on="2026-03-11")
        second = given(anew, 201)
        given(await withdraw(other, second, "2026-03-12"))
        back, third = await asyncio.gather(undo(clerk, first), recording(other, person, given_on="2026-03-13"))
        assert (back.status_code, third.status_code) in ((200, 409), (409, 201)), (back.text, third.text)
        held = [one for one in await of_person(clerk, person) if one["status"] == "valid"]
        assert len(held) == 1
        for one in await of_person(clerk, person):
            await whole(clerk, events, one)


async def test_who_dies_or_leaves_meanwhile_consents_to_nothing_that_outlives_it(
    client_of: Client, county: None, events: Events
) -> None:
    clerk = client_of(*CLERK, subject="one")
    registrar = client_of(*REGISTRAR)
    ways = ((die, registrar), (move_out, clerk))
    for number, (end, who) in enumerate(ways):
        mine, person = await bound(client_of, clerk, f"resident-{number}")
        old = await recorded(clerk, person)
        ended, wished, withdrawn = await asyncio.gather(
            end(who, person["id"], "2026-03-12"), give_own(mine), withdraw_own(mine, old)
        )
        assert ended.status_code == 200, ended.text
        assert wished.status_code in (201, 403, 404, 409), wished.text
        assert withdrawn.status_code in (200, 403, 404, 409), withdrawn.text
        for one in await of_person(registrar, person):
            assert one["status"] != "valid"
            await whole(registrar, events, one)
        assert await listed(clerk) == []
