"""Names of areas by day: the code stays, every day has its name, a renaming is taken back as if it had never been."""

from typing import Any

from httpx import AsyncClient

from shared.testing.clock import FrozenClock
from tests.registry.area_changes.steps import a_plan, change, opened, undo, whole
from tests.registry.builders import COUNTY, FAR, SISTER, TOWN, VILLAGE, a_division
from tests.registry.conftest import Client, Events
from tests.registry.steps import (
    AREAS,
    CLERK,
    FIRST_VERSION,
    OFFICER,
    REGISTRAR,
    Json,
    assert_not_found,
    assert_refused,
    given,
    taken_back,
)

OLD = "思孟村委会"


async def renamed(client: AsyncClient, name: str, on: str, code: str = VILLAGE) -> Json:
    return given(await client.post(f"{AREAS}/{code}/rename", json={"name": name, "renamed_on": on}))


async def spans(client: AsyncClient, code: str = VILLAGE) -> list[tuple[str, str, str | None]]:
    found = given(await client.get(f"{AREAS}/{code}/names"))["items"]
    return [(one["name"], one["since"], one["until"]) for one in found]


async def name_on(client: AsyncClient, day: str | None, code: str = VILLAGE) -> Any:
    """The name that a look, the step above and the whole tree show: one and the same."""
    params = {"on": day} if day else {}
    names = {given(await client.get(f"{AREAS}/{code}", params=params))["name"]}
    for path in (f"{AREAS}/{code[:9]}/children", f"{AREAS}/{COUNTY}/subtree"):
        items = given(await client.get(path, params=params))["items"]
        names |= {one["name"] for one in items if one["code"] == code}
    (name,) = names
    return name


async def test_each_day_has_its_name(client_of: Client, county: None, events: Events) -> None:
    client = client_of(*REGISTRAR)
    first = await renamed(client, " 思孟新村\u3000村委会", "2026-02-01")
    assert (first["code"], first["name"], first["version"]) == (VILLAGE, "思孟新村村委会", 2)
    await renamed(client, "思孟社区居委会", "2026-03-10")
    for day, name in (
        ("2026-01-01", OLD),
        ("2026-01-31", OLD),
        ("2026-02-01", "思孟新村村委会"),
        ("2026-03-09", "思孟新村村委会"),
        ("2026-03-10", "思孟社区居委会"),
        (None, "思孟社区居委会"),
    ):
        assert await name_on(client_of(*OFFICER), day) == name, day
    assert await spans(client) == [
        (OLD, "2026-01-01", "2026-02-01"),
        ("思孟新村村委会", "2026-02-01", "2026-03-10"),
        ("思孟社区居委会", "2026-03-10", None),
    ]
    assert await spans(client, SISTER) == [("木榔村委会", "2026-01-01", None)]
    told = await events("registry.area.renamed", VILLAGE)
    assert [(one["sequence"], one["state"]["name"]) for one in told] == [(2, "思孟新村村委会"), (3, "思孟社区居委会")]
    assert_not_found(await client.get(f"{AREAS}/{VILLAGE}", params={"on": "2025-12-31"}))
    assert_not_found(await client.get(f"{AREAS}/450481100299/names"))


async def test_a_renaming_is_taken_back_the_last_one_first(client_of: Client, county: None, events: Events) -> None:
    client = client_of(*REGISTRAR)
    area, path = f"{AREAS}/{VILLAGE}", f"{AREAS}/{VILLAGE}/undo-rename"
    assert_refused(await taken_back(client, area, "undo-rename"), "area_not_renamed")
    await renamed(client, "甲村委会", "2026-02-01")
    await renamed(client, "乙村委会", "2026-03-01")
    assert_refused(await client.post(path, headers={"if-match": '"2"'}), "version_mismatch")
    back = await client.post(path, headers={"if-match": '"3"'})
    assert (given(back)["name"], back.headers["etag"]) == ("甲村委会", '"4"')
    assert await spans(client) == [(OLD, "2026-01-01", "2026-02-01"), ("甲村委会", "2026-02-01", None)]
    assert_refused(await client.post(path), "precondition_required")
    assert_refused(await client.post(path, headers={"if-match": '"3"'}), "version_mismatch")
    assert given(await taken_back(client, area, "undo-rename"))["name"] == OLD
    assert await spans(client) == [(OLD, "2026-01-01", None)]
    assert_refused(await taken_back(client, area, "undo-rename"), "area_not_renamed")
    assert await name_on(client, "2026-03-05") == OLD
    assert [one["state"]["name"] for one in await events("registry.area.renamed")][-2:] == ["甲村委会", OLD]


async def test_a_name_that_never_was_and_a_day_that_cannot_be_are_refused(
    client_of: Client, county: None, events: Events
) -> None:
    client, path = client_of(*REGISTRAR), f"{AREAS}/{VILLAGE}/rename"
    before = await events()
    for name, on, errors in (
        ("思\ufffd村委会", "2026-03-01", [("name", "lost_character")]),
        ("思？村委会", "2026-03-01", [("name", "lost_character")]),
        ("思\ue863村委会", "2026-03-17", [("name", "lost_character"), ("renamed_on", "in_future")]),
        (" 思孟 村委会", "2025-12-31", [("name", "same_name"), ("renamed_on", "before_opening")]),
        ("\u200b", "2026-03-01", [("name", "name")]),
    ):
        assert_refused(await client.post(path, json={"name": name, "renamed_on": on}), "invalid_request", errors)
    assert await events() == before
    await renamed(client, "甲村委会", "2026-03-01")
    earlier = await client.post(path, json={"name": "乙村委会", "renamed_on": "2026-02-28"})
    assert_refused(earlier, "area_renamed_since", [("renamed_on", "area_renamed_since")])
    await renamed(client, "乙村委会", "2026-03-01")  # the same day: the last one holds
    assert await spans(client) == [(OLD, "2026-01-01", "2026-03-01"), ("乙村委会", "2026-03-01", None)]


async def test_only_what_is_ones_own_and_stands_is_renamed(client_of: Client, county: None) -> None:
    body = {"name": "甲村委会", "renamed_on": "2026-03-01"}
    stranger = client_of("county_registrar", FAR)
    for code in (VILLAGE, COUNTY, "450481100299"):
        assert_not_found(await stranger.post(f"{AREAS}/{code}/rename", json=body))
        assert_not_found(await stranger.post(f"{AREAS}/{code}/undo-rename", headers=FIRST_VERSION))
    for verb in ("rename", "undo-rename"):
        path = f"{AREAS}/{VILLAGE}/{verb}"
        assert_refused(await client_of(*CLERK).post(path, json=body, headers=FIRST_VERSION), "forbidden")
    client = client_of(*REGISTRAR)
    assert_not_found(await client.post(f"{AREAS}/450481100299/rename", json=body))
    given(await client.post(f"{AREAS}/{VILLAGE}/abolish", json={"valid_to": "2026-03-10", "successors": [SISTER]}))
    assert_refused(await client.post(f"{AREAS}/{VILLAGE}/rename", json=body), "area_already_abolished")
    assert_refused(await taken_back(client, f"{AREAS}/{VILLAGE}", "undo-rename"), "area_already_abolished")


async def test_a_division_file_renames_from_its_day_on(client_of: Client, county: None) -> None:
    client = client_of(*REGISTRAR)

    async def imported(name: str, valid_from: str | None) -> Any:
        one = a_division(VILLAGE, name)
        rows = [{**one, "level": 5}]
        return await client.post(f"{AREAS}/import", json={"rows": rows, "valid_from": valid_from})

    given(await imported("甲村委会", "2026-02-01"))
    assert await spans(client) == [(OLD, "2026-01-01", "2026-02-01"), ("甲村委会", "2026-02-01", None)]
    errors = [("rows.0.name", "area_renamed_since")]
    assert_refused(await imported("乙村委会", "2026-01-31"), "invalid_request", errors)
    given(await imported("乙村委会", "2026-12-31"))  # what is new opens then; a name holds from today on
    assert (await spans(client))[-1] == ("乙村委会", "2026-03-16", None)
    given(await taken_back(client, f"{AREAS}/{VILLAGE}", "undo-rename"))
    assert (await spans(client))[-1] == ("甲村委会", "2026-02-01", None)


async def test_a_code_that_is_opened_again_has_no_names_of_before(
    client_of: Client, county: None, clock: FrozenClock
) -> None:
    """The change that opened it was undone: it was never in force, whatever it was called."""
    client, code = client_of(*REGISTRAR), "450481100001"
    made = given(await change(client, a_plan("convert", whole(VILLAGE, code), opens=(opened(code, "甲居委会"),))), 201)
    await renamed(client, "乙居委会", "2026-03-12", code)
    given(await undo(client, made))
    plan = a_plan("convert", whole(VILLAGE, code), opens=(opened(code, "丙居委会"),), on="2026-03-11")
    given(await change(client, plan), 201)
    assert await spans(client, code) == [("丙居委会", "2026-03-11", None)]
    assert await name_on(client, "2026-03-11", code) == "丙居委会"


async def test_a_town_is_renamed_and_its_villages_stay(client_of: Client, county: None) -> None:
    client = client_of(*REGISTRAR)
    await renamed(client, "岑溪街道", "2026-03-01", TOWN)
    found = given(await client.get(f"{AREAS}/{TOWN}/subtree", params={"on": "2026-02-28"}))["items"]
    assert [one["name"] for one in found] == ["岑城镇", OLD, "木榔村委会"]
