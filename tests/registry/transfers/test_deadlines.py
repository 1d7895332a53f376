"""Time and transfers: what nobody decides on lapses, or is confirmed by rule, as was promised when it was asked for."""

from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI

from services.registry.transfers.domain import AfterLimit, TransferPolicy
from services.registry.wiring import UseCases
from shared.testing.clock import FrozenClock
from tests.registry.builders import FAR, TODAY, VILLAGE, a_number, a_person
from tests.registry.conftest import Client, Events, Work
from tests.registry.movements.test_books_agree import assert_books_agree
from tests.registry.steps import (
    CALENDAR,
    CLERK,
    FAR_CLERK,
    REGISTRAR,
    TRANSFERS,
    Json,
    assert_refused,
    found,
    given,
    person_of,
    register,
)
from tests.registry.transfers.asking import ask, both, confirm, withdraw

DAY = 86_400


async def sweep(work: Work) -> None:
    while await work(lambda registry: registry.transfer_deadlines.end()):
        pass


async def status(client: Any, transfer: Json) -> str:
    shown: str = given(await client.get(f"{TRANSFERS}/{transfer['id']}"))["status"]
    return shown


@pytest.fixture
def by_rule(app: FastAPI) -> Any:
    """The county's policy: what nobody has decided on is confirmed."""
    kept = app.state.transfer_policy
    app.state.transfer_policy = TransferPolicy(5, AfterLimit.CONFIRM)
    yield
    app.state.transfer_policy = kept


async def test_matched_or_not_a_request_lapses_on_the_same_day(
    client_of: Client, county: None, clock: FrozenClock, work: Work, events: Events
) -> None:
    clerk, far, number = client_of(*CLERK), client_of(*FAR_CLERK), a_number()
    await register(clerk, document={"number": number})
    requests = [await both(far, one) for one in (number, a_number())]
    clock.advance(seconds=7 * DAY)  # Monday the 23rd, the last day
    await sweep(work)
    assert [await status(far, one) for one in requests] == ["requested"] * 2
    clock.advance(seconds=DAY)
    assert_refused(await confirm(clerk, requests[0]), "transfer_decided")  # before the schedule runs
    await sweep(work)
    shown = [given(await far.get(f"{TRANSFERS}/{one['id']}")) for one in requests]
    assert [(one["status"], one["decided_by"], one["version"]) for one in shown] == [("lapsed", None, 2)] * 2
    assert len({one["decided_at"] for one in shown}) == 1
    assert_refused(await confirm(clerk, requests[0]), "transfer_decided")
    assert len(await events("registry.transfer.lapsed")) == 2


async def test_by_the_countys_rule_it_is_confirmed_and_reads_elsewhere_in_both_books(
    client_of: Client, county: None, clock: FrozenClock, work: Work, events: Events, by_rule: None
) -> None:
    clerk, far, number = client_of(*CLERK), client_of(*FAR_CLERK), a_number()
    person = (await register(clerk, document={"number": number}))["id"]
    requests = [await both(far, one) for one in (number, a_number())]
    assert {one["after_limit"] for one in requests} == {"confirm"}
    clock.advance(seconds=8 * DAY)
    await sweep(work)
    assert [await status(far, one) for one in requests] == ["confirmed", "lapsed"]
    assert (await person_of(far, person))["registration"][-1]["area"] == FAR
    for area in (VILLAGE, FAR):
        asked = {"area": area, "book": "registration", "from": "2026-03-01", "to": "2026-03-31"}
        (line,) = given(await client_of(*REGISTRAR).get("/registry/v1/postings", params={**asked, "elsewhere": True}))[
            "items"
        ]
        assert line["kind"].startswith("transfer")
    await assert_books_agree(client_of(*REGISTRAR), events, TODAY + timedelta(days=8))


async def test_what_the_rule_cannot_do_lapses_and_leaves_nothing_half_done(
    client_of: Client, county: None, clock: FrozenClock, work: Work, events: Events, by_rule: None
) -> None:
    """A head leaves members behind: nobody is there to name the next one."""
    clerk, far, number = client_of(*CLERK), client_of(*FAR_CLERK), a_number()
    head = {"relation": "02", "person": a_person(document={"number": number})}
    household = await found(clerk, head, {"relation": "10", "person": a_person(sex="1")})
    made, other = await both(far, number), await ask(far, a_number())
    clock.advance(seconds=8 * DAY)
    noted: list[Any] = []

    async def end(registry: UseCases) -> bool:
        more = await registry.transfer_deadlines.end()
        noted.extend(registry.transfer_deadlines._access.all)
        return more

    while await work(end):
        pass
    assert noted == [], "nobody was changed"
    assert [await status(far, one) for one in (made, other)] == ["lapsed", "lapsed"]
    person = household["members"][0]["person_id"]
    assert len(await events("registry.person.", person)) == 1
    await assert_books_agree(client_of(*REGISTRAR), events, TODAY + timedelta(days=8))


async def test_what_was_withdrawn_is_not_ended_again(
    client_of: Client, county: None, clock: FrozenClock, work: Work, events: Events
) -> None:
    far = client_of(*FAR_CLERK)
    made = await ask(far, a_number())
    given(await withdraw(far, made))
    clock.advance(seconds=30 * DAY)
    await sweep(work)
    assert await status(far, made) == "withdrawn"
    assert await events("registry.transfer.lapsed") == []


async def test_a_notice_of_holidays_moves_the_limit(client_of: Client, county: None, events: Events) -> None:
    far, registrar = client_of(*FAR_CLERK), client_of(*REGISTRAR)
    made, other = await ask(far, a_number()), await ask(far, a_number())
    given(await withdraw(far, other))
    body = {"holidays": ["2026-03-18"], "working_weekends": [], "provisional": False, "source": "notice-of-a-test"}
    given(await registrar.post(f"{CALENDAR}/2026/publish", json=body))
    moved = given(await far.get(f"{TRANSFERS}/{made['id']}"))
    assert (made["due_on"], moved["due_on"], moved["version"]) == ("2026-03-23", "2026-03-24", 2)
    assert given(await far.get(f"{TRANSFERS}/{other['id']}"))["due_on"] == "2026-03-23"
    assert len(await events("registry.transfer.rescheduled")) == 1
