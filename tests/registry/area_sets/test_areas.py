"""Area sets through changes of areas: heirs take the seats of members, and give them back when the change is undone."""

from typing import Any

from shared.db.engine import Database
from tests.registry.area_sets.forming import AREA_SETS, form, spans, stepped
from tests.registry.builders import FAR, FARTHER, SISTER, TOWN, VILLAGE
from tests.registry.conftest import Client, Events
from tests.registry.steps import AREA_CHANGES, AREAS, REGISTRAR, Json, given, know_grid

NEW, OTHER_NEW = "450481100210", "450481100211"
DAY = "2026-03-10"
OPENS = [{"code": NEW, "name": "合并村"}]


def merged(*origins: str, to: str = NEW, **what: Any) -> Json:
    """The plan of a merger on DAY, into a new village unless another is named."""
    body: Json = {"kind": "merge", "effective_on": DAY, "opens": OPENS if to == NEW else []}
    return body | {"moves": [{"origin": one, "to": to} for one in origins]} | what


async def changed(client: Any, plan: Json) -> Json:
    return given(await client.post(AREA_CHANGES, json=plan), 201)


async def now(client: Any, one: Json) -> list[tuple[str, str, str | None]]:
    return spans(given(await client.get(f"{AREA_SETS}/{one['id']}")))


async def test_a_merged_village_hands_its_seat_on_and_has_it_again(
    client_of: Client, county: None, events: Events
) -> None:
    client = client_of(*REGISTRAR)
    made, line = await form(client, VILLAGE, SISTER), await form(client, SISTER, kind="demonstration_line")
    change = await changed(client, merged(VILLAGE, SISTER))
    after = [(VILLAGE, "2026-01-05", DAY), (SISTER, "2026-01-05", DAY), (NEW, DAY, None)]
    assert await now(client, made) == after
    assert await now(client, line) == [after[1], after[2]]
    told = [one for one in await events("registry.area_set.") if one["type"].endswith("boundary_changed")]
    assert [len(one["state"]["members"]) for one in told] == [3, 2]
    assert [one["area"] for one in (given(await client.get(f"{AREA_SETS}/{made['id']}")),)] == [NEW]
    assert (await stepped(client, made, "undo")).json()["code"] == "area_set_nothing_to_undo"
    given(await client.post(f"{AREA_CHANGES}/{change['id']}/undo"))
    assert await now(client, made) == [(VILLAGE, "2026-01-05", None), (SISTER, "2026-01-05", None)]
    assert await now(client, line) == [(SISTER, "2026-01-05", None)]
    assert given(await client.get(f"{AREA_SETS}/{made['id']}"))["area"] == TOWN


async def test_what_two_sets_claim_belongs_to_neither(client_of: Client, county: None) -> None:
    client = client_of(*REGISTRAR)
    one, other = await form(client, VILLAGE), await form(client, SISTER, name="另一个")
    lines = [await form(client, village, kind="pilot", name=village) for village in (VILLAGE, SISTER)]
    change = await changed(client, merged(VILLAGE, SISTER))
    assert await now(client, one) == [(VILLAGE, "2026-01-05", DAY)]
    assert await now(client, other) == [(SISTER, "2026-01-05", DAY)]
    assert [(await now(client, line))[-1] for line in lines] == [(NEW, DAY, None)] * 2, "pilots may overlap"
    given(await stepped(client, one, "change-members", on=DAY, joins=[NEW]))
    rested = await client.post(f"{AREA_CHANGES}/{change['id']}/undo")
    assert (rested.status_code, rested.json()["code"]) == (409, "area_change_rested_on")
    given(await stepped(client, one, "undo"))
    given(await client.post(f"{AREA_CHANGES}/{change['id']}/undo"))
    assert await now(client, one) == [(VILLAGE, "2026-01-05", None)]


async def test_an_heir_keeps_the_set_it_has_and_joins_one_if_it_has_none(client_of: Client, county: None) -> None:
    client = client_of(*REGISTRAR)
    one, other = await form(client, VILLAGE), await form(client, SISTER, name="另一个")
    change = await changed(client, merged(VILLAGE, to=SISTER))
    assert await now(client, one) == [(VILLAGE, "2026-01-05", DAY)]
    assert await now(client, other) == [(SISTER, "2026-01-05", None)]
    given(await client.post(f"{AREA_CHANGES}/{change['id']}/undo"))
    given(await stepped(client, other, "dissolve", dissolved_on="2026-02-10"))
    await changed(client, merged(VILLAGE, to=SISTER))
    assert await now(client, one) == [(VILLAGE, "2026-01-05", DAY), (SISTER, DAY, None)]


async def test_new_villages_of_a_divided_member_are_members_and_old_ones_are_not(
    client_of: Client, county: None, committed: Database
) -> None:
    client, grid = client_of(*REGISTRAR), f"{VILLAGE}001"
    await know_grid(committed, grid)
    await know_grid(committed, f"{VILLAGE}002")
    one, part = await form(client, VILLAGE), await form(client, grid, kind="pilot")
    rest = await form(client, f"{VILLAGE}002", kind="service_radius")
    plan: Json = {"kind": "regroup", "effective_on": DAY, "opens": OPENS}
    plan["moves"] = [{"origin": VILLAGE, "shares": [{"to": NEW, "grids": [grid]}, {"to": SISTER}]}]
    change = await changed(client, plan)
    assert await now(client, one) == [(VILLAGE, "2026-01-05", None), (NEW, DAY, None)]
    assert await now(client, part) == [(grid, "2026-01-05", DAY), (f"{NEW}001", DAY, None)]
    assert await now(client, rest) == [(f"{VILLAGE}002", "2026-01-05", None)]
    given(await client.post(f"{AREA_CHANGES}/{change['id']}/undo"))
    assert await now(client, one) == [(VILLAGE, "2026-01-05", None)]
    assert await now(client, part) == [(grid, "2026-01-05", None)]


async def test_an_undo_of_what_was_done_before_a_change_keeps_who_came_by_it(client_of: Client, county: None) -> None:
    client = client_of(*REGISTRAR)
    one = await form(client, VILLAGE, SISTER)
    given(await stepped(client, one, "change-members", on="2026-02-02", leaves=[SISTER]))
    plan = {
        "kind": "split",
        "effective_on": DAY,
        "opens": OPENS,
        "moves": [{"origin": VILLAGE, "shares": [{"to": NEW}]}],
    }
    change = await changed(client, plan)
    given(await stepped(client, one, "undo"))
    both = [(VILLAGE, "2026-01-05", None), (SISTER, "2026-01-05", None)]
    assert await now(client, one) == [*both, (NEW, DAY, None)], "no step had taken it in"
    given(await client.post(f"{AREA_CHANGES}/{change['id']}/undo"))
    assert await now(client, one) == both


async def test_a_village_that_ends_leaves_its_seat_empty_unless_one_carries_it_on(
    client_of: Client, county: None
) -> None:
    client = client_of(*REGISTRAR)
    made = await form(client, FAR, FARTHER)
    for number, successors in enumerate(([FARTHER], [VILLAGE, SISTER], [])):
        body = {"valid_to": DAY, "successors": successors}
        given(await client.post(f"{AREAS}/{FAR}/abolish", json=body))
        assert await now(client, made) == [(FAR, "2026-01-05", DAY), (FARTHER, "2026-01-05", None)], successors
        (change,) = [
            one
            for one in given(await client.get(AREA_CHANGES, params={"area": "450481"}))["items"]
            if one["status"] == "done"
        ]
        given(await client.post(f"{AREA_CHANGES}/{change['id']}/undo"))
        assert await now(client, made) == [(FAR, "2026-01-05", None), (FARTHER, "2026-01-05", None)], number


async def test_what_was_done_since_stays_done_when_a_change_is_undone(client_of: Client, county: None) -> None:
    """An heir that left the set, or a set that was dissolved: the old village left it on the same day."""
    client = client_of(*REGISTRAR)
    one, other = await form(client, VILLAGE, SISTER), await form(client, FAR, FARTHER, name="另一个")
    change = await changed(client, merged(VILLAGE, to=FARTHER, kind="regroup"))
    assert await now(client, one) == [(VILLAGE, "2026-01-05", DAY), (SISTER, "2026-01-05", None)]
    given(await client.post(f"{AREA_CHANGES}/{change['id']}/undo"))
    given(await stepped(client, other, "withdraw"))
    plan = merged(VILLAGE, to=FARTHER, kind="regroup")
    change = await changed(client, plan)
    assert (await now(client, one))[-1] == (FARTHER, DAY, None)
    given(await stepped(client, one, "change-members", on="2026-03-12", leaves=[FARTHER]))
    given(await client.post(f"{AREA_CHANGES}/{change['id']}/undo"))
    assert await now(client, one) == [(VILLAGE, "2026-01-05", "2026-03-12"), (SISTER, "2026-01-05", None)]
    change = await changed(client, merged(SISTER, to=FARTHER, kind="regroup"))
    given(await stepped(client, one, "dissolve", dissolved_on="2026-03-13"))
    given(await client.post(f"{AREA_CHANGES}/{change['id']}/undo"))
    assert (await now(client, one))[-1] == (SISTER, "2026-01-05", "2026-03-13")


async def test_an_undo_brings_back_no_village_that_is_no_more(client_of: Client, county: None) -> None:
    client = client_of(*REGISTRAR)
    made = await form(client, VILLAGE, SISTER)
    given(await stepped(client, made, "change-members", on="2026-02-02", leaves=[VILLAGE]))
    change = await changed(client, merged(VILLAGE, to=FAR, kind="regroup"))
    answer = await stepped(client, made, "undo")
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_area")
    given(await client.post(f"{AREA_CHANGES}/{change['id']}/undo"))
    assert spans(given(await stepped(client, made, "undo"))) == spans(made)
