"""Rows that contradict each other, the calendar or a clerk; areas that end; merges: nothing is half done or lost."""

from typing import Any

import pytest
from prometheus_client import REGISTRY

from services.registry.inbound_lists.domain import Authorities
from shared.auth.access_log import AccessLogUnavailable
from shared.testing.clock import FrozenClock
from tests.registry.area_changes.steps import a_plan, change, whole
from tests.registry.builders import COUNTY, SISTER, TOWN, VILLAGE
from tests.registry.conftest import Client, Events
from tests.registry.duplicates.test_api import merged, separated
from tests.registry.inbound_lists.civil_affairs import SOURCE, TOWN_SOURCE, CivilAffairs, a_list, results
from tests.registry.inbound_lists.test_events import benefits, numbered, tags
from tests.registry.steps import BENEFITS, CLERK, PERSONS, REGISTRAR, TAGS, given
from tests.registry.tag_contacts.entering import entered, of_tag, official, tags_of

DISABLED = Authorities.parse(f"{SOURCE}={COUNTY}:disabled")


async def test_a_row_with_a_wrong_grade_is_refused_alone_and_the_right_one_behind_it_is_applied(
    client_of: Client, office: CivilAffairs, events: Events
) -> None:
    clerk = client_of(*CLERK)
    office.authorities = DISABLED
    person, _ = await numbered(clerk)
    body = {"code": "disabled", "level": "1", "started_on": "2026-02-01"}
    given(await clerk.post(f"{PERSONS}/{person}/tags", json=body), 201)
    wrong = {"row": "1", "person_id": person, "level": "9"}
    answer = await office.send(a_list(wrong, kind="disabled", list_id="A", as_of="2026-03-14"))
    assert results(answer) == {"1": "unknown_tag_level"}
    assert [one["type"] for one in await events("registry.tag.")] == ["registry.tag.started"], "nothing is half done"
    right = {"row": "2", "person_id": person, "level": "2"}
    answer = await office.send(a_list(wrong, right, kind="disabled", list_id="B", as_of="2026-03-16"))
    assert (answer.status, results(answer)) == ("accepted", {"1": "unknown_tag_level", "2": "applied"})
    assert await tags(clerk, person) == [
        ("disabled", "1", "2026-02-01", "2026-03-16"),
        ("disabled", "2", "2026-03-16", None),
    ]


@pytest.mark.parametrize("since", ["9999-12-31", "2026-03-17", "0001-01-01", "1960-05-16"])
async def test_a_benefit_that_begins_after_today_or_before_birth_is_refused_beside_an_open_tag_too(
    client_of: Client, office: CivilAffairs, since: str
) -> None:
    clerk = client_of(*CLERK)
    person, _ = await numbered(clerk)
    body = {"code": "minimum_living", "level": "2", "started_on": "2026-02-01"}
    given(await clerk.post(f"{PERSONS}/{person}/tags", json=body), 201)
    answer = await office.send(a_list({"row": "1", "person_id": person, "level": "2", "since": since}))
    assert results(answer) == {"1": "tag_dates"}
    assert await benefits(clerk) == []


async def test_an_end_that_a_clerk_entered_after_the_day_of_a_list_stands_on_whichever_day_it_was(
    client_of: Client, office: CivilAffairs, clock: FrozenClock
) -> None:
    clerk = client_of(*CLERK)
    person, _ = await numbered(clerk)
    body = {"code": "minimum_living", "level": "2", "started_on": "2026-02-01"}
    tag = given(await clerk.post(f"{PERSONS}/{person}/tags", json=body), 201)
    given(await clerk.post(f"{TAGS}/{tag['id']}/end", json={"ended_on": "2026-03-01"}))
    row = {"row": "1", "person_id": person, "level": "2"}
    assert results(await office.send(a_list(row))) == {"1": "newer_known"}, "as of the 10th; the clerk said so later"
    assert await tags(clerk, person) == [("minimum_living", "2", "2026-02-01", "2026-03-01")]
    newer = await office.send(a_list(row, list_id="B", as_of="2026-03-16"))
    assert results(newer) == {"1": "applied"}


async def test_whoever_a_list_of_the_same_name_has_no_more_is_missing(client_of: Client, office: CivilAffairs) -> None:
    """A list between them that never became whole had said nothing of it."""
    clerk = client_of(*CLERK)
    person, _ = await numbered(clerk)
    await office.send(a_list({"row": "1", "person_id": person}, list_id="DB"))
    await office.send(a_list(list_id="half", as_of="2026-03-12", parts=2))
    answer = await office.send(a_list(list_id="DB", as_of="2026-03-15"))
    assert (answer.complete, answer.missing) == (True, 1)


async def test_a_list_for_a_wider_area_is_complete_for_what_lies_in_it(client_of: Client, office: CivilAffairs) -> None:
    clerk = client_of(*CLERK)
    person, _ = await numbered(clerk)
    row = {"row": "1", "person_id": person}
    await office.send(a_list(row, list_id="A", as_of="2026-03-10"))
    await office.send(a_list(row, list_id="B", as_of="2026-03-11", area=TOWN))
    answer = await office.send(a_list(list_id="C", as_of="2026-03-15"))
    assert answer.missing == 1, "the county's list had the person, and has it no more"


async def test_lists_follow_a_change_of_areas(client_of: Client, office: CivilAffairs) -> None:
    clerk = client_of(*CLERK)
    gone, staying = [(await numbered(clerk))[0] for _ in range(2)]
    rows = [{"row": str(n), "person_id": one} for n, one in enumerate((gone, staying))]
    await office.send(a_list(*rows, area=VILLAGE, list_id="A", as_of="2026-03-09"))
    given(await change(client_of(*REGISTRAR), a_plan("merge", whole(VILLAGE, SISTER))), 201)
    over = await office.send(a_list(area=VILLAGE, list_id="B", as_of="2026-03-11"))
    assert over.code == "area_unknown", "a village that has ended has no list: everybody would be missing from it"
    answer = await office.send(a_list(rows[1], area=SISTER, list_id="C", as_of="2026-03-12"))
    assert (results(answer), answer.missing) == ({"1": "unchanged"}, 1)
    (missing,) = await benefits(client_of("village_clerk", SISTER), SISTER, status="missing")
    assert missing["person"]["id"] == gone


async def test_a_benefit_goes_over_to_the_survivor_of_a_merge_and_back(client_of: Client, office: CivilAffairs) -> None:
    registrar, second = client_of(*REGISTRAR, subject="registrar"), client_of(*REGISTRAR, subject="second")
    (one, _), (survivor, _) = [await numbered(registrar) for _ in range(2)]
    await office.send(a_list({"row": "1", "person_id": one, "level": "2"}))
    (before,) = await benefits(registrar)
    pair = await merged(registrar, second, one, survivor)
    (held,) = await benefits(registrar)
    assert (held["id"], held["person"]["id"], held["status"]) == (before["id"], survivor, "held")
    answer = await office.send(a_list(list_id="B", as_of="2026-03-14"))
    assert answer.missing == 1
    (missing,) = await benefits(registrar)
    ended = given(await registrar.post(f"{BENEFITS}/{missing['id']}/end", json={"ended_on": "2026-03-16"}))
    assert [left for *_, left in await tags(registrar, survivor)] == ["2026-03-16"], "the tag that was handed over ends"
    given(await registrar.post(f"{BENEFITS}/{missing['id']}/reopen", headers={"if-match": f'"{ended["version"]}"'}))
    await separated(second, pair)
    (back,) = await benefits(registrar)
    assert (back["person"]["id"], back["tag_id"], back["status"]) == (one, before["tag_id"], "missing")
    given(await registrar.post(f"{BENEFITS}/{back['id']}/end", json={"ended_on": "2026-03-16"}))
    assert [left for *_, left in await tags(registrar, one)] == ["2026-03-16"]


async def test_a_benefit_that_a_list_says_of_the_survivor_itself_stays_there(
    client_of: Client, office: CivilAffairs
) -> None:
    registrar, second = client_of(*REGISTRAR, subject="registrar"), client_of(*REGISTRAR, subject="second")
    (one, _), (survivor, _) = [await numbered(registrar) for _ in range(2)]
    await office.send(a_list({"row": "1", "person_id": one}))
    pair = await merged(registrar, second, one, survivor)
    answer = await office.send(a_list({"row": "1", "person_id": survivor}, list_id="B", as_of="2026-03-14"))
    assert (results(answer), answer.missing) == ({"1": "unchanged"}, 0), "nobody is missing because of a merge"
    await separated(second, pair)
    (held,) = await benefits(registrar)
    assert held["person"]["id"] == survivor


async def test_rows_are_counted_once_though_the_transaction_is_tried_again(
    client_of: Client, office: CivilAffairs, monkeypatch: pytest.MonkeyPatch
) -> None:
    person, _ = await numbered(client_of(*CLERK))
    labels = {"kind": "minimum_living", "result": "applied"}

    def counted() -> float:
        return REGISTRY.get_sample_value("xiangli_list_rows_total", labels) or 0.0

    before, record = counted(), office.record(a_list({"row": "1", "person_id": person}))

    async def away(_: Any) -> None:
        raise AccessLogUnavailable(retry_after=1)

    with monkeypatch.context() as patch:
        patch.setattr(office.accesses, "write", away)
        with pytest.raises(AccessLogUnavailable):
            await office.take(record)
    assert counted() == before, "nothing was committed"
    await office.take(record)
    assert counted() == before + 1


async def test_a_tag_that_two_departments_say_goes_on_with_the_one_that_still_says_it(
    client_of: Client, office: CivilAffairs
) -> None:
    clerk = client_of(*CLERK)
    person, _ = await numbered(clerk)
    row = {"row": "1", "person_id": person}
    await office.send(a_list(row))
    await office.send(a_list(row, area=TOWN), source=TOWN_SOURCE)
    await office.send(a_list(list_id="B", as_of="2026-03-14"))
    (missing,) = await benefits(clerk, status="missing")
    given(await clerk.post(f"{BENEFITS}/{missing['id']}/end", json={"ended_on": "2026-03-14"}))
    assert [left for *_, left in await tags(clerk, person)] == [None]
    await office.send(a_list(list_id="B", as_of="2026-03-14", area=TOWN), source=TOWN_SOURCE)
    (missing,) = await benefits(clerk, status="missing")
    given(await clerk.post(f"{BENEFITS}/{missing['id']}/end", json={"ended_on": "2026-03-15"}))
    assert [left for *_, left in await tags(clerk, person)] == ["2026-03-15"]


async def test_whom_to_ask_stays_when_a_list_says_another_grade(client_of: Client, office: CivilAffairs) -> None:
    clerk = client_of(*CLERK)
    office.authorities = DISABLED
    person, _ = await numbered(clerk)
    body = {"code": "disabled", "level": "1", "started_on": "2026-02-01"}
    tag = given(await clerk.post(f"{PERSONS}/{person}/tags", json=body), 201)
    await entered(clerk, tag, official())
    answer = await office.send(
        a_list({"row": "1", "person_id": person, "level": "2"}, kind="disabled", as_of="2026-03-16")
    )
    assert results(answer) == {"1": "applied"}
    (now,) = [one for one in await tags_of(clerk, person) if one["ended_on"] is None]
    (contact,) = await of_tag(clerk, now)
    assert (now["level"], contact["role"], contact["status"]) == ("2", "responsible", "valid")


async def test_whoever_is_on_a_newer_list_is_missing_no_more_though_the_row_is_refused(
    client_of: Client, office: CivilAffairs
) -> None:
    clerk = client_of(*CLERK)
    office.authorities = DISABLED
    person, _ = await numbered(clerk)
    row = {"row": "1", "person_id": person, "level": "1"}
    await office.send(a_list(row, kind="disabled", list_id="A"))
    await office.send(a_list(kind="disabled", list_id="B", as_of="2026-03-12"))
    assert [one["status"] for one in await benefits(clerk)] == ["missing"]
    answer = await office.send(a_list({**row, "level": "9"}, kind="disabled", list_id="C", as_of="2026-03-14"))
    assert (results(answer), answer.missing) == ({"1": "unknown_tag_level"}, 0)
    (held,) = await benefits(clerk)
    assert (held["status"], held["level"], held["list_id"]) == ("held", "1", "C")


async def test_a_list_that_names_no_grade_leaves_that_of_a_clerk(client_of: Client, office: CivilAffairs) -> None:
    clerk = client_of(*CLERK)
    person, _ = await numbered(clerk)
    body = {"code": "minimum_living", "level": "1", "started_on": "2026-02-01"}
    tag = given(await clerk.post(f"{PERSONS}/{person}/tags", json=body), 201)
    answer = await office.send(a_list({"row": "1", "person_id": person, "level": None}))
    assert results(answer) == {"1": "applied"}
    (now,) = await tags_of(clerk, person)
    assert (now["id"], now["level"], now["ended_on"]) == (tag["id"], "1", None)
