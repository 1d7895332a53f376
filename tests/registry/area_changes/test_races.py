"""Several at the same villages at once: nobody is left in one that has gone over, and no change is half done."""

import asyncio

from tests.registry.area_changes.steps import a_plan, assert_balanced, change, listed, undo, whole
from tests.registry.builders import FAR, SISTER, VILLAGE, a_household, a_person
from tests.registry.conftest import Client
from tests.registry.steps import HOUSEHOLDS, PERSONS, REGISTRAR, die, found, given, members_of, move_in, register


async def test_who_comes_at_the_same_moment_goes_along_or_is_refused(client_of: Client, county: None) -> None:
    client = client_of(*REGISTRAR)
    family = await found(client)
    mover = (await register(client, residence={"area": FAR}, registration={"area": FAR}))["id"]
    answers = await asyncio.gather(
        change(client, a_plan("merge", whole(VILLAGE, SISTER))),
        client_of(*REGISTRAR).post(PERSONS, json=a_person()),
        move_in(client_of(*REGISTRAR), mover, "2026-03-12", residence=VILLAGE, registration=VILLAGE),
        die(client_of(*REGISTRAR), members_of(family)[1], "2026-03-11"),
        client_of(*REGISTRAR).post(HOUSEHOLDS, json=a_household({"relation": "02", "person": a_person()})),
    )
    merged, entered, moved, died, founded = (one.status_code for one in answers)
    assert merged == 201, answers[0].text
    assert entered in (201, 422), answers[1].text
    assert moved in (200, 422), answers[2].text
    assert died == 200, answers[3].text
    assert founded in (201, 422), answers[4].text
    assert set((await listed(client, VILLAGE)).values()) == {0}
    people = 1 + (entered == 201) + (moved == 200) + (founded == 201)
    assert await listed(client, SISTER) == {
        "residence": people,
        "registration": people,
        "households": 1 + (founded == 201),
    }
    await assert_balanced(client_of, VILLAGE, SISTER, FAR)


async def test_of_two_changes_of_one_village_one_is_done(client_of: Client, county: None) -> None:
    client = client_of(*REGISTRAR)
    await found(client)
    answers = await asyncio.gather(
        change(client, a_plan("merge", whole(VILLAGE, SISTER))),
        change(client_of(*REGISTRAR), a_plan("merge", whole(VILLAGE, FAR))),
    )
    assert sorted(one.status_code for one in answers) == [201, 409]
    await assert_balanced(client_of, VILLAGE, SISTER, FAR)
    (made,) = [one.json() for one in answers if one.status_code == 201]
    undone = await asyncio.gather(*(undo(client_of(*REGISTRAR), made) for _ in range(3)))
    assert sorted(one.status_code for one in undone) == [200, 409, 409]
    assert given(await client.get(f"{PERSONS}/count", params={"area": VILLAGE, "book": "residence"}))["count"] == 2
    await assert_balanced(client_of, VILLAGE, SISTER, FAR)
