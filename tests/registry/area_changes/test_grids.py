"""Grids of villages that change get codes of their new villages: who lives in one stays in it."""

import pytest

from services.registry.area_changes.domain import MOST_GRIDS, Move, Plan, Share, abolition, recoded
from services.registry.life_events.domain import REGISTERED_PLACE, Place
from services.registry.wiring import UseCases
from shared.contracts.registry.area_changes import AreaChangeKind, AreaChangeState
from shared.db.engine import Database
from tests.registry.area_changes.steps import ON, a_plan, change, opened, undo, whole
from tests.registry.builders import BOOKS_OPENED_ON, SISTER, TOWN, VILLAGE, a_new_person
from tests.registry.conftest import Client, Events, Work
from tests.registry.steps import PERSONS, REGISTRAR, Json, given, know_grid

NEW = f"{TOWN}298"
OLD = (f"{VILLAGE}001", f"{VILLAGE}002", f"{SISTER}001")


async def settled(committed: Database, work: Work) -> list[str]:
    """One person in each of three grids that registry knows; their ids."""
    for code in OLD:
        await know_grid(committed, code)

    async def admit(registry: UseCases) -> list[str]:
        people = [
            a_new_person(residence=Place(code, "registered"), registration=Place(code[:12], REGISTERED_PLACE))
            for code in OLD
        ]
        return [str(one.id) for one in await registry.admissions.admit(people)]

    return list(await work(admit))


async def homes(client_of: Client, people: list[str]) -> list[str]:
    found = [given(await client_of(*REGISTRAR).get(f"{PERSONS}/{one}")) for one in people]
    return [one["residence"][-1]["area"] for one in found]


async def test_who_lives_in_a_grid_stays_in_it_under_its_code_of_the_new_village(
    client_of: Client, county: None, committed: Database, work: Work, events: Events
) -> None:
    people = await settled(committed, work)
    client = client_of(*REGISTRAR)
    made = given(
        await change(client, a_plan("merge", whole(VILLAGE, NEW), whole(SISTER, NEW), opens=(opened(NEW),))), 201
    )
    codes = {OLD[0]: f"{NEW}001", OLD[1]: f"{NEW}002", OLD[2]: f"{NEW}003"}
    assert {one["origin"]: one["to"] for one in made["grids"]} == codes
    assert await homes(client_of, people) == list(codes.values())
    (told,) = await events("registry.area_change.")
    state = AreaChangeState.model_validate(told["state"])
    assert ({one.origin: one.to for one in state.grids}, str(state.effective_on)) == (codes, ON)
    assert {one.origin: one.to for one in state.moves} == {VILLAGE: NEW, SISTER: NEW}
    given(await undo(client, made))
    assert await homes(client_of, people) == list(OLD)
    assert [one["type"].rpartition(".")[2] for one in await events("registry.area_change.")] == [
        "carried_out",
        "undone",
    ]


async def test_a_village_that_goes_on_gives_away_grids_with_who_lives_there(
    client_of: Client, county: None, committed: Database, work: Work, events: Events
) -> None:
    people = await settled(committed, work)
    move: Json = {"origin": VILLAGE, "shares": [{"to": SISTER, "grids": [OLD[0]]}]}
    given(await change(client_of(*REGISTRAR), a_plan("split", move)), 201)
    assert await homes(client_of, people) == [f"{SISTER}002", OLD[1], OLD[2]]
    (told,) = await events("registry.area_change.")
    assert [one["to"] for one in told["state"]["moves"]] == [None]


async def test_more_grids_than_one_change_tells_of_are_refused(
    client_of: Client, county: None, monkeypatch: pytest.MonkeyPatch, committed: Database
) -> None:
    monkeypatch.setattr("services.registry.area_changes.service.changes.MOST_GRIDS", 2)
    for code in OLD:
        await know_grid(committed, code)
    plan = a_plan("merge", whole(VILLAGE, NEW), whole(SISTER, NEW), opens=(opened(NEW),))
    answer = await change(client_of(*REGISTRAR), plan)
    assert (answer.status_code, answer.json()["code"]) == (409, "area_change_too_large")
    assert MOST_GRIDS * 60 < 64 * 1024


def test_a_grid_keeps_its_number_if_the_village_has_never_had_one_of_it() -> None:
    plan = Plan(AreaChangeKind.MERGE, BOOKS_OPENED_ON, (), (Move(VILLAGE, SISTER),))
    assert recoded(plan, OLD[:2], [f"{SISTER}001"]) == {OLD[0]: f"{SISTER}002", OLD[1]: f"{SISTER}003"}
    assert recoded(plan, OLD[:2], []) == {OLD[0]: f"{SISTER}001", OLD[1]: f"{SISTER}002"}


def test_a_share_takes_its_grids_and_several_heirs_none() -> None:
    move = Move(VILLAGE, None, (Share(SISTER, grids=(OLD[1],)),))
    assert recoded(Plan(AreaChangeKind.SPLIT, BOOKS_OPENED_ON, (), (move,)), OLD[:2], []) == {OLD[1]: f"{SISTER}002"}
    assert recoded(abolition(VILLAGE, BOOKS_OPENED_ON, (SISTER, NEW)), OLD[:2], []) == {}
