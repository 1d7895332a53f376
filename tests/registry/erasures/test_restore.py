"""A register that was restored to before a decision learns of it by the services' answers, and erases again."""

import pytest
from httpx import AsyncClient
from sqlalchemy import text

from services.registry.features import SPEC
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.ids import new_id
from shared.testing.clock import FrozenClock
from tests.registry.conftest import Client, Events, Work
from tests.registry.erasures.erasing import ASKER, DECIDER, OTHERS, Answers, asking, erasure_of, gone, order
from tests.registry.steps import Json, given, move_out, person_of, register


@pytest.fixture
def answers(committed: Database, clock: FrozenClock, crypto: Crypto) -> Answers:
    return Answers(committed, clock, crypto)


@pytest.fixture
def clerk(client_of: Client, county: None) -> AsyncClient:
    role, area, subject = ASKER
    return client_of(role, area, subject=subject)


async def test_what_nobody_decided_here_is_carried_out_again_by_an_answer(
    clerk: AsyncClient, answers: Answers, events: Events
) -> None:
    person = await gone(clerk)
    lost: Json = {"id": str(new_id())}
    await answers.take("grid", lost, [person["id"]], version=3, records=1)
    again = await erasure_of(clerk, lost)
    assert (again["status"], again["origin"], again["requested_by"]) == ("ordered", "restore", "system:erasures")
    assert (await person_of(clerk, person["id"]))["name"] == "已清除"
    assert {one["service"] for one in again["answers"] if one["done_at"]} == {"registry", "grid"}
    for service in (one for one in OTHERS if one != "grid"):
        await answers.take(service, lost, [person["id"]])
    assert (await erasure_of(clerk, lost))["status"] == "done"
    told = await events("registry.erasure.", lost["id"])
    assert [one["type"].rpartition(".")[2] for one in told] == ["recovered", "answered", "answered", "completed"]
    assert [one["sequence"] for one in told] == [1, 2, 3, 4]


async def test_a_request_that_waits_in_the_backup_is_decided_by_an_answer(clerk: AsyncClient, answers: Answers) -> None:
    person = await gone(clerk)
    made = given(await asking(clerk, person["id"]), 201)
    await answers.take("services_hall", made, [person["id"]], done=False, kept=1)
    again = await erasure_of(clerk, made)
    assert (again["status"], again["decided_by"], again["requested_by"]) == ("ordered", "system:erasures", "asks")
    assert (await person_of(clerk, person["id"]))["name"] == "已清除"


async def test_who_belongs_to_the_restored_register_is_erased_once_gone_again(
    clerk: AsyncClient, answers: Answers, work: Work
) -> None:
    person = await register(clerk, occurred_on="2010-01-01")
    lost: Json = {"id": str(new_id())}
    for service in OTHERS:
        await answers.take(service, lost, [person["id"]])
    waits = await erasure_of(clerk, lost)
    assert waits["status"] == "ordered"
    assert (await person_of(clerk, person["id"]))["name"] == "覃*英"
    await work(lambda registry: registry.erasure_answers.erase_left())
    assert (await erasure_of(clerk, lost))["version"] == waits["version"]
    given(await move_out(clerk, person["id"], "2019-01-01"))
    await work(lambda registry: registry.erasure_answers.erase_left())
    assert (await erasure_of(clerk, lost))["status"] == "done"
    assert (await person_of(clerk, person["id"]))["name"] == "已清除"


async def test_of_somebody_whom_the_backup_does_not_know_the_erasure_alone_is_kept(
    answers: Answers, committed: Database, county: None
) -> None:
    lost: Json = {"id": str(new_id())}
    for service in OTHERS:
        await answers.take(service, lost, [str(new_id())])
    async with committed.session() as session:
        kept = await session.execute(text("SELECT status FROM erasures"))
        assert [row.status for row in kept] == ["done"]


async def test_said_again_a_decision_has_the_ids_still(
    client_of: Client, clerk: AsyncClient, committed: Database
) -> None:
    """A service that was restored is told by `republish` whom to erase."""
    person = await gone(clerk)
    made = given(await asking(clerk, person["id"]), 201)
    given(await order(client_of(*DECIDER[:2], subject=DECIDER[2]), made))
    async with committed.session() as session:
        (fact,) = await SPEC.restate["registry.erasure"](session, None, 10)
    assert [str(one) for one in fact.state.persons] == [person["id"]]
    assert (fact.state.status, fact.state.version) == ("ordered", 2)
