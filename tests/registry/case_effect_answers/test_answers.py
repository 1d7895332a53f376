"""What granted cases of the hall ask for is applied under the rules of the register, or refused, and answered."""

import asyncio
from datetime import date
from typing import Any

from services.registry.case_effect_answers.schedules import again
from services.registry.case_effect_answers.service.answers import restate
from services.registry.features import ROUTES
from services.registry.wiring import use_cases
from shared.contracts.grid.grids import GridState
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.ids import new_id
from shared.testing.clock import FrozenClock
from shared.testing.doors import Arrivals
from tests.registry.builders import BOOKS_OPENED_ON, COUNTY, FAR, SISTER, VILLAGE, a_household, a_person
from tests.registry.case_effect_answers.conftest import (
    GRID,
    SQUARE,
    Answers,
    Context,
    an_effect,
    gone,
    lines,
    residence,
)
from tests.registry.conftest import Client
from tests.registry.steps import CLERK, HOUSEHOLDS, PERSONS, REGISTRAR, last_event, reverse

ELSEWHERE: dict[str, Any] = {"residence": {"area": SISTER}, "registration": {"area": SISTER}}


async def test_a_residence_is_registered_as_a_move_in_by_the_books_and_answered_once(
    client_of: Client, county: None, arrivals: Arrivals, answers: Answers, committed: Database
) -> None:
    client = client_of(*CLERK)
    person = await gone(client)
    before = await lines(committed, person)
    effect = an_effect(person)
    for revision in range(3):
        await arrivals.take(effect, revision=revision)
    assert (await residence(client, person))[-1] == (VILLAGE, "2026-03-10", None)
    assert await answers() == [(effect.id, 1, "applied", None)]
    assert len(await lines(committed, person)) == len(before) + 1, "one line of the village's book"
    events = (await client.get(f"{PERSONS}/{person}/life-events")).json()["items"]
    assert [one["kind"] for one in events] == ["enrolled", "move_out", "move_in"]


async def test_what_the_rules_of_the_register_refuse_is_answered_with_its_code_and_nothing_of_it_stays(
    client_of: Client, county: None, arrivals: Arrivals, answers: Answers
) -> None:
    clerk, registrar = client_of(*CLERK), client_of(*REGISTRAR)
    here = str((await clerk.post(PERSONS, json=a_person())).json()["id"])
    elsewhere = str((await registrar.post(PERSONS, json=a_person(**ELSEWHERE))).json()["id"])
    left, dead = await gone(clerk), str((await clerk.post(PERSONS, json=a_person())).json()["id"])
    assert (await clerk.post(f"{PERSONS}/{dead}/death", json={"occurred_on": "2026-03-01"})).is_success
    await arrivals.take(
        GridState(
            id=GRID, code=GRID, version=1, village=VILLAGE, kind="comprehensive", polygon=SQUARE,
            valid_from=BOOKS_OPENED_ON, valid_to=date(2026, 3, 1),
        )
    )  # fmt: skip
    refused = [
        (an_effect(new_id()), "resident_unknown"),
        (an_effect(here), "person_already_active"),
        (an_effect(elsewhere), "book_of_another_place"),
        (an_effect(dead), "person_deceased"),
        (an_effect(left, area="450481100299"), "unknown_area"),
        (an_effect(left, area=COUNTY), "unknown_area"),
        (an_effect(left, area=GRID), "unknown_grid"),
        (an_effect(left, starts_on=date(2026, 3, 17)), "event_in_future"),
        (an_effect(left, starts_on=date(2026, 1, 5)), "event_out_of_order"),
        (an_effect(left, area=SISTER, starts_on=date(2026, 1, 5)), "book_of_another_place"),
    ]
    found = []
    for effect, _ in refused:
        await arrivals.take(effect)
        found.append((await answers())[-1])
    assert found == [(effect.id, 1, "refused", code) for effect, code in refused]
    assert (await residence(registrar, elsewhere))[-1][0] == SISTER
    assert (await residence(registrar, left))[-1] == (VILLAGE, "2026-01-01", "2026-02-10")


async def test_who_left_their_village_lives_where_the_case_was_granted_when_asked_for_once_more(
    client_of: Client, county: None, arrivals: Arrivals, answers: Answers
) -> None:
    registrar = client_of(*REGISTRAR)
    person = str((await registrar.post(PERSONS, json=a_person(**ELSEWHERE))).json()["id"])
    first = an_effect(person)
    await arrivals.take(first)
    assert (await registrar.post(f"{PERSONS}/{person}/move-out", json={"occurred_on": "2026-03-01"})).is_success
    await arrivals.take(first.model_copy(update={"version": 3, "asked": 2}))
    told = [(first.id, 1, "refused", "book_of_another_place"), (first.id, 2, "applied", None)]
    assert await answers() == told
    assert (await residence(registrar, person))[-1][0] == VILLAGE


async def test_a_head_whom_others_need_is_refused_and_nothing_of_the_move_stays(
    client_of: Client, county: None, arrivals: Arrivals, answers: Answers
) -> None:
    """Who lives in a household of another village leaves it by a transfer, which names the next head."""
    registrar = client_of(*REGISTRAR)
    members = (
        {"relation": "02", "person": a_person(**ELSEWHERE)},
        {"relation": "10", "person": a_person(name="覃大山", sex="1", birth_date="1958-03-02", **ELSEWHERE)},
    )
    made = await registrar.post(HOUSEHOLDS, json=a_household(*members, area=SISTER))
    assert made.status_code == 201, made.text
    head = next(one["person_id"] for one in made.json()["members"] if one["relation"] == "02")
    await arrivals.take(an_effect(head))
    assert [one[2:] for one in await answers()] == [("refused", "book_of_another_place")]
    assert [area for area, _, _ in await residence(registrar, head)] == [SISTER]


async def test_a_reversal_of_what_was_applied_is_told_and_a_corrected_day_is_not(
    client_of: Client, county: None, arrivals: Arrivals, answers: Answers
) -> None:
    client = client_of(*CLERK)
    person = await gone(client)
    effect = an_effect(person)
    await arrivals.take(effect)
    moved = await reverse(
        client, person, await last_event(client, person), reason="wrong_day", corrected_on="2026-03-09"
    )
    assert moved.status_code == 201, moved.text
    assert await answers() == [(effect.id, 1, "applied", None)]
    assert (await residence(client, person))[-1] == (VILLAGE, "2026-03-09", None)
    back = await reverse(client, person, await last_event(client, person))
    assert back.status_code == 201, back.text
    assert (await answers())[1:] == [(effect.id, 1, "refused", "effect_reversed")]
    await arrivals.take(effect, revision=1)
    assert len(await answers()) == 2, "it is not applied again unless it is asked for again"
    await arrivals.take(effect.model_copy(update={"version": 4, "asked": 2}))
    assert (await answers())[2:] == [(effect.id, 2, "applied", None)]


async def test_it_waits_for_a_grid_and_a_rebuild_applies_nothing_itself(
    client_of: Client,
    county: None,
    arrivals: Arrivals,
    answers: Answers,
    committed: Database,
    clock: FrozenClock,
    crypto: Crypto,
    context: Context,
) -> None:
    client = client_of(*CLERK)
    person = await gone(client)
    shadow = Arrivals(committed, ROUTES, owner="registry", clock=clock, crypto=crypto, shadow=True)
    effect = an_effect(person, area=GRID)
    await shadow.take(effect)
    await arrivals.take(effect)
    assert await answers() == []
    grid = GridState(
        id=GRID, code=GRID, version=1, village=VILLAGE, kind="comprehensive", polygon=SQUARE, valid_from=BOOKS_OPENED_ON
    )
    await arrivals.take(grid)
    for _ in range(2):
        async with committed.session() as session:
            await again(context(session))
            await session.commit()
    assert await answers() == [(effect.id, 1, "applied", None)]
    assert (await residence(client, person))[-1][0] == GRID


async def test_a_worker_that_is_killed_has_done_all_of_it_or_nothing_and_of_several_one_answers(
    client_of: Client, county: None, arrivals: Arrivals, answers: Answers, committed: Database, context: Context
) -> None:
    client = client_of(*CLERK)
    person = await gone(client)
    effect, before = an_effect(person), await lines(committed, person)
    async with committed.session() as session:
        killed = context(session)
        await use_cases(killed).case_effect_answers.take([effect])
        await session.flush()
        await session.rollback()
    noted = [(one.action, one.object_id) for one in killed.access]
    assert noted == [("apply_case_effect", person)], "who reads the access log sees for whom, and by what"
    assert (await answers(), await lines(committed, person)) == ([], before)

    async def worker() -> None:
        async with committed.session() as session:
            await use_cases(context(session)).case_effect_answers.take([effect])
            await session.commit()

    await asyncio.gather(*(worker() for _ in range(4)))
    assert await answers() == [(effect.id, 1, "applied", None)]
    assert len(await lines(committed, person)) == len(before) + 1


async def test_answers_are_announced_again(
    client_of: Client, county: None, arrivals: Arrivals, committed: Database
) -> None:
    """Those that wait are not: nothing was said of them."""
    effect, waiting = an_effect(new_id()), an_effect(await gone(client_of(*CLERK)), area=f"{FAR}001")
    await arrivals.take(effect, waiting)
    async with committed.session() as session:
        told = await restate(session, None, 10)
        assert [(fact.state.id, str(fact.state.status)) for fact in told] == [(effect.id, "refused")]
        assert await restate(session, str(effect.id), 10) == []
