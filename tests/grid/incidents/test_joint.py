"""联合处置: assisting units with orders of their own, what they see, one closure; and duplicates that are merged."""

import asyncio

from shared.testing.clock import FrozenClock
from tests.grid.builders import (
    CLERK,
    COUNTY_OFFICER,
    HANDLER,
    OTHER_CLERK,
    OTHER_VILLAGE,
    STRANGER,
    TOWN_OFFICER,
    WORKER,
)
from tests.grid.conftest import Facts
from tests.grid.hotline import Hotline, a_request
from tests.grid.incidents.steps import code_of, report
from tests.grid.incidents.whole import Whole, a_unit


async def test_the_assisting_unit_has_its_order_and_the_leading_one_closes_for_both(whole: Whole, facts: Facts) -> None:
    incident = await whole.bring("accepted")
    assert await whole.listed(STRANGER) == []
    stands = await whole.do(incident, "order")
    assert [(one["number"], one["department"], one["status"]) for one in stands["orders"]] == [(1, "water", "ordered")]
    assert await whole.listed(STRANGER) == [incident]
    assert (await whole.detail(incident, STRANGER))["steps"][-1]["note"] == "协助清淤"
    assert code_of(await whole.ask(incident, "feedback")) == (409, "incident_orders_open")
    assert code_of(await whole.ask(incident, "feedback", STRANGER)) == (409, "incident_held_elsewhere")
    assert code_of(await whole.ask(incident, "take_order", HANDLER)) == (409, "incident_held_elsewhere")
    stands = await whole.do(incident, "take_order", "finish_order")
    (order,) = stands["orders"]
    assert (order["status"], order["reason"], order["taken_at"] is None, order["ended_at"] is None) == (
        "finished", "done", False, False,
    )  # fmt: skip
    for step in ("take_order", "return_order", "withdraw_order"):
        assert code_of(await whole.ask(incident, step)) == (409, "incident_order_not_allowed")
    await whole.do(incident, "feedback", "check", "close")
    assert [fact.state.assisting for fact in await facts("grid.incident", incident)] == [0] * 4 + [1] * 6


async def test_who_assisted_does_not_check_it(whole: Whole) -> None:
    incident = await whole.bring("accepted")
    await whole.do(incident, "order")
    assert (await whole.ask(incident, "take_order", COUNTY_OFFICER)).status_code == 200
    assert (await whole.ask(incident, "finish_order", COUNTY_OFFICER)).status_code == 200
    await whole.do(incident, "feedback")
    assert code_of(await whole.ask(incident, "check", COUNTY_OFFICER)) == (403, "incident_check_by_handler")


async def test_an_order_that_went_back_is_seen_no_more_and_can_be_taken_back(whole: Whole) -> None:
    incident = await whole.bring("handling")
    await whole.do(incident, "order", "return_order")
    assert await whole.listed(STRANGER) == []
    assert code_of(await whole.ask(incident, "take_order")) == (404, "not_found")
    assert (await whole.undo(incident, STRANGER)).status_code == 200
    assert await whole.listed(STRANGER) == [incident]
    await whole.do(incident, "withdraw_order", "order")
    numbers = [(one["number"], one["status"]) for one in (await whole.read(incident))["orders"]]
    assert numbers == [(1, "withdrawn"), (2, "ordered")]
    async with whole.door.client(STRANGER) as client:
        assert code_of(await client.post(f"/incidents/{incident}/orders/7/take", json={})) == (404, "not_found")


async def test_a_unit_assists_once_and_not_the_one_that_leads(whole: Whole) -> None:
    incident = await whole.bring("accepted")
    await whole.do(incident, "order")
    for unit in (whole.assistant, whole.unit):
        answer = await whole.ask(incident, "order", unit_id=unit)
        assert code_of(answer) == (409, "incident_order_taken")
        assert answer.json()["errors"][0]["path"] == "unit_id"


async def test_a_unit_of_another_town_does_not_assist(whole: Whole, facts: Facts) -> None:
    incident = await whole.bring("accepted")
    foreign = await a_unit(whole.door, "450481101", "water", "水利站")
    before = await facts()
    for who, refusal in ((TOWN_OFFICER, "unit_unknown"), (COUNTY_OFFICER, "unit_out_of_area")):
        assert code_of(await whole.ask(incident, "order", who, unit_id=foreign)) == (422, refusal)
    assert await facts() == before


async def test_similar_ones_are_near_in_place_category_and_time(whole: Whole, clock: FrozenClock) -> None:
    near = {"longitude": 111.0052, "latitude": 22.9052}
    one, other, away, order = [
        await report(whole.door, point=near),
        await report(whole.door, point=None, area="450481100201001"),
        await report(whole.door, point={"longitude": 111.008, "latitude": 22.905}),
        await report(whole.door, point=near, category="order"),
    ]
    async with whole.door.client(CLERK) as client:
        found = (await client.get(f"/incidents/{one}/similar")).json()["items"]
        assert [(item["incident"]["id"], item["metres"]) for item in found] == [(whole.other, 30)]
        assert (await client.get(f"/incidents/{order}/similar")).json()["items"] == []
        assert (await client.get(f"/incidents/{away}/similar")).json()["items"] == []
        found = (await client.get(f"/incidents/{other}/similar")).json()["items"]
        assert {item["incident"]["id"] for item in found} == {whole.other, one, away}
        assert {item["metres"] for item in found} == {None}
    clock.advance(days=8)
    late = await report(whole.door, point=near)
    async with whole.door.client(CLERK) as client:
        assert (await client.get(f"/incidents/{late}/similar")).json()["items"] == []
    async with whole.door.client(OTHER_CLERK) as client:
        assert code_of(await client.get(f"/incidents/{late}/similar")) == (404, "not_found")


async def test_whoever_reported_the_merged_one_is_told_how_the_other_fares(whole: Whole, facts: Facts) -> None:
    own = await whole.reported_by_resident()
    merged = await whole.do(own, "merge")
    assert (merged["status"], merged["merged_into"], merged["act_by"]) == ("merged", whole.other, None)
    assert (await whole.read(whole.other))["duplicates"] == 1
    assert (await whole.detail(own, whole.resident))["main"]["status"] == "reported"
    await whole.do(whole.other, "file", "dispatch")
    progress = (await whole.detail(own, whole.resident))["main"]
    assert (progress["status"], progress["due_at"]) == ("dispatched", "2026-03-18T18:00:00+08:00")
    async with whole.door.client(whole.resident) as client:
        assert code_of(await client.get(f"/incidents/{whole.other}")) == (404, "not_found")
    assert (await facts("grid.incident", own))[-1].type == "grid.incident.merged"
    assert (await whole.undo(own)).json()["status"] == "reported"
    assert (await whole.read(whole.other))["duplicates"] == 0
    assert (await whole.detail(own))["main"] is None


async def test_the_hotline_is_told_of_the_one_that_goes_on(hotline: Hotline, whole: Whole) -> None:
    taken = await hotline.send(a_request())
    await whole.do(str(taken.incident_id), "merge")
    await whole.do(whole.other, "file", "dispatch")
    states = [str(state.incident_status) for _, state in await hotline.outcomes()]
    assert states[0] == "reported"
    assert states[-2:] == ["filed", "dispatched"]
    assert [state.version for _, state in await hotline.outcomes()] == list(range(1, len(states) + 1))


async def test_what_cannot_be_merged(whole: Whole) -> None:
    one = await whole.bring("reported")
    for into in (one, await whole.bring("closed"), await whole.bring("merged")):
        answer = await whole.ask(one, "merge", into=into)
        assert code_of(answer) == (409, "incident_merge_wrong")
    assert code_of(await whole.ask(whole.other, "merge", into=one)) == (409, "incident_merge_wrong")  # has a duplicate
    foreign = await report(whole.door, COUNTY_OFFICER, point=None, area=OTHER_VILLAGE)
    answer = await whole.ask(one, "merge", into=foreign)
    assert (code_of(answer), answer.json()["errors"][0]["path"]) == ((404, "not_found"), "into")
    helped = await whole.bring("accepted")
    await whole.do(helped, "order")
    assert code_of(await whole.ask(helped, "merge")) == (409, "incident_orders_open")


async def test_two_that_are_merged_into_each_other_at_once_leave_one(whole: Whole) -> None:
    one, other = await whole.bring("reported"), await whole.bring("reported")
    answers = await asyncio.gather(
        whole.ask(one, "merge", CLERK, into=other), whole.ask(other, "merge", TOWN_OFFICER, into=one)
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    statuses = sorted([(await whole.read(one))["status"], (await whole.read(other))["status"]])
    assert statuses == ["merged", "reported"]


async def test_of_two_units_that_accept_at_once_one_does(whole: Whole) -> None:
    incident = await whole.bring("dispatched")
    answers = await asyncio.gather(*(whole.ask(incident, "accept", who) for who in (HANDLER, TOWN_OFFICER, WORKER)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
