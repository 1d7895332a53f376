"""A newer file is carried out whole: residents follow the answers, each change is undone by itself, twice is once."""

from asyncio import gather
from typing import Any

from shared.testing.clock import FrozenClock
from tests.registry.area_changes.steps import assert_balanced, listed, tree, undo
from tests.registry.area_editions.comparing import EDITIONS, apply, compared, edition, goes
from tests.registry.builders import COUNTY, FAR, FARTHER, OTHER_TOWN, SISTER, TOWN, VILLAGE
from tests.registry.conftest import Client, Events
from tests.registry.steps import (
    AREA_CHANGES,
    AREAS,
    CLERK,
    HOUSEHOLDS,
    PERSONS,
    REGISTRAR,
    Json,
    assert_not_found,
    assert_refused,
    found,
    given,
    register,
)

NEW, NEWER = "450481100203", "450481100204"


def places(person: Json) -> tuple[str, str]:
    return (person["residence"][-1]["area"], person["registration"][-1]["area"])


async def test_an_edition_is_carried_out_and_residents_follow(
    client_of: Client, county: None, events: Events, clock: FrozenClock
) -> None:
    """Merged, moved with its name, renamed, opened, ended empty: one request; somebody belongs to two of them."""
    client = client_of(*REGISTRAR)
    household = await found(client)
    split = (await register(client, residence={"area": VILLAGE}, registration={"area": FAR}))["id"]
    sister = (await register(client, residence={"area": SISTER}, registration={"area": SISTER}))["id"]
    file = edition(
        VILLAGE, FAR, FARTHER, _450481100202="木榔新村委会", _450481102203="善村村委会", _450481102204="空村委会"
    )
    seen = await compared(client, file)
    answers = (goes(VILLAGE, SISTER), goes(FAR, "450481102203"), goes(FARTHER, None))
    done = given(await apply(client, file, *answers, digest=seen["digest"]))
    assert (done["opened"], done["ended"], done["renamed"], len(done["changes"])) == (2, 3, 1, 3)
    kinds = [given(await client.get(f"{AREA_CHANGES}/{one}"))["kind"] for one in done["changes"]]
    assert kinds == ["abolish", "merge", "regroup"]
    clock.advance(seconds=11)
    assert await tree(client, "2026-03-09") == [VILLAGE, SISTER, FAR, FARTHER]
    assert await tree(client, "2026-03-10") == [SISTER, "450481102203", "450481102204"]
    assert given(await client.get(f"{AREAS}/{SISTER}"))["name"] == "木榔新村委会"
    assert given(await client.get(f"{AREAS}/{SISTER}", params={"on": "2026-03-09"}))["name"] == "木榔村委会"
    assert places(given(await client.get(f"{PERSONS}/{split}"))) == (SISTER, "450481102203")
    assert places(given(await client.get(f"{PERSONS}/{sister}"))) == (SISTER, SISTER)
    assert given(await client.get(f"{HOUSEHOLDS}/{household['id']}"))["area"] == SISTER
    assert await listed(client, COUNTY) == {"residence": 4, "registration": 4, "households": 1}
    await assert_balanced(client_of, SISTER, "450481102203")

    before = await events()
    again = await apply(client, file, *answers, digest=seen["digest"])
    assert given(again) == {"opened": 0, "ended": 0, "renamed": 0, "changes": []}
    assert (await compared(client, file))["unchanged"] == 6
    assert await events() == before

    for one in reversed(done["changes"]):
        given(await undo(client, {"id": one}))
    assert places(given(await client.get(f"{PERSONS}/{split}"))) == (VILLAGE, FAR)
    await assert_balanced(client_of, VILLAGE, FAR)


async def test_every_area_that_ends_is_answered_for(client_of: Client, county: None, events: Events) -> None:
    client = client_of(*REGISTRAR)
    await register(client)
    before = await events()
    file = edition(VILLAGE, SISTER, _450481100203="思孟村委会")
    assert_refused(
        await apply(client, file),
        "area_edition_unanswered",
        [(f"ended.{VILLAGE}", "unanswered"), (f"ended.{SISTER}", "unanswered")],
    )
    assert_refused(
        await apply(client, file, goes(VILLAGE, NEW)), "area_edition_unanswered", [(f"ended.{SISTER}", "unanswered")]
    )
    populated = await apply(client, file, goes(SISTER, None), goes(VILLAGE, None))
    assert_refused(populated, "area_populated", [("moves.1.to", "area_populated")])
    assert await events() == before, "the village that is empty did not end either"
    given(await apply(client, file, goes(SISTER, None), goes(VILLAGE, NEW)))


async def test_answers_name_what_ends_and_who_goes_on(client_of: Client, county: None, events: Events) -> None:
    client = client_of(*REGISTRAR)
    before = await events()
    file = edition(VILLAGE, _450481100203="新村委会")
    for moves, errors in (
        ([goes(VILLAGE, "450481100299")], [("moves.0.to", "not_in_file")]),
        ([goes(VILLAGE, VILLAGE)], [("moves.0.to", "not_in_file")]),
        ([goes(VILLAGE, OTHER_TOWN)], [("moves.0.to", "level")]),
        ([goes(VILLAGE, NEW), goes(VILLAGE, SISTER)], [("moves.1.origin", "duplicate")]),
        ([goes(VILLAGE, NEW), goes(SISTER, NEW)], [("moves.1.origin", "not_ended")]),
        ([goes(VILLAGE, NEW), goes("431024100201", NEW)], [("moves.1.origin", "not_ended")]),
        ([goes(VILLAGE, None, shares=[{"to": NEW}])], [("moves.0.to", "missing")]),
    ):
        assert_refused(await apply(client, file, *moves), "invalid_request", errors)
    assert await events() == before


async def test_what_was_not_seen_is_not_done(client_of: Client, county: None, events: Events) -> None:
    client = client_of(*REGISTRAR)
    file = edition(VILLAGE)
    seen = await compared(client, file)
    given(await client.post(f"{AREAS}/{SISTER}/rename", json={"name": "甲村委会", "renamed_on": "2026-03-01"}))
    before = await events()
    assert_refused(await apply(client, file, goes(VILLAGE, SISTER), digest=seen["digest"]), "area_edition_changed")
    later = edition(VILLAGE, on="2026-03-17")
    answer = await apply(client, later, goes(VILLAGE, SISTER))
    assert_refused(answer, "event_in_future", [("effective_on", "event_in_future")])
    assert await events() == before


async def test_a_name_is_not_older_than_the_present_one(client_of: Client, county: None, events: Events) -> None:
    client = client_of(*REGISTRAR)
    given(await client.post(f"{AREAS}/{SISTER}/rename", json={"name": "甲村委会", "renamed_on": "2026-03-12"}))
    before = await events()
    answer = await apply(client, edition(_450481100202="乙村委会"))
    assert_refused(answer, "invalid_request", [("rows.6.name", "area_renamed_since")])
    assert await events() == before


async def test_a_town_goes_over_with_its_villages(client_of: Client, county: None) -> None:
    client = client_of(*REGISTRAR)
    person = (await register(client, residence={"area": FAR}, registration={"area": FAR}))["id"]
    town = {"_450481103": "马路镇", "_450481103201": "善村村委会", "_450481103202": "昙容村委会"}
    file = edition(OTHER_TOWN, FAR, FARTHER, **town)
    seen = await compared(client, file)
    assert [[heir["code"] for heir in one["heirs"]] for one in seen["ended"]] == [
        ["450481103"],
        ["450481103201"],
        ["450481103202"],
    ]
    done = given(
        await apply(
            client,
            file,
            goes(OTHER_TOWN, "450481103"),
            goes(FAR, "450481103201"),
            goes(FARTHER, "450481103202"),
        )
    )
    (change,) = done["changes"]
    assert given(await client.get(f"{AREA_CHANGES}/{change}"))["kind"] == "transfer"
    assert await tree(client, "2026-03-10", level=9) == [TOWN, "450481103"]
    assert places(given(await client.get(f"{PERSONS}/{person}"))) == ("450481103201", "450481103201")


async def test_a_town_ends_after_its_villages_have_gone_elsewhere(client_of: Client, county: None) -> None:
    client = client_of(*REGISTRAR)
    await register(client, residence={"area": FAR}, registration={"area": FAR})
    file = edition(
        OTHER_TOWN, FAR, FARTHER, _450481100001="善村居委会", _450481104="新镇", _450481104201="新镇新村委会"
    )
    done = given(await apply(client, file, goes(OTHER_TOWN, None), goes(FAR, "450481100001"), goes(FARTHER, None)))
    kinds = [given(await client.get(f"{AREA_CHANGES}/{one}"))["kind"] for one in done["changes"]]
    assert kinds == ["abolish", "transfer", "abolish"]
    assert await tree(client, "2026-03-10") == ["450481100001", VILLAGE, SISTER, "450481104201"]


async def test_a_village_is_divided_and_goes_on(client_of: Client, county: None) -> None:
    client = client_of(*REGISTRAR)
    first, second = await found(client), await found(client)
    file = edition(_450481100203="新村委会")
    share = {"to": NEW, "households": [first["id"]]}
    done = given(await apply(client, file, goes(VILLAGE, None, shares=[share])))
    (change,) = done["changes"]
    assert given(await client.get(f"{AREA_CHANGES}/{change}"))["kind"] == "split"
    areas = [given(await client.get(f"{HOUSEHOLDS}/{one['id']}"))["area"] for one in (first, second)]
    assert areas == [NEW, VILLAGE]
    strange = {"to": NEW, "households": ["019d0000-0000-7000-8000-000000000000"]}
    file = edition(SISTER, _450481100203="新村委会", _450481100204="又一村委会")
    answer = await apply(client, file, goes(SISTER, NEWER), goes(VILLAGE, None, shares=[strange]))
    assert answer.status_code == 404
    assert [one["path"] for one in answer.json()["errors"]] == ["moves.1.shares.0.households.0"]
    assert given(await client.get(f"{AREAS}/{SISTER}"))["valid_to"] is None


async def test_villages_become_communities(client_of: Client, county: None) -> None:
    client = client_of(*REGISTRAR)
    file = edition(VILLAGE, _450481100001="思孟居委会")
    done = given(await apply(client, file, goes(VILLAGE, "450481100001")))
    (change,) = done["changes"]
    assert given(await client.get(f"{AREA_CHANGES}/{change}"))["kind"] == "convert"


async def test_only_ones_own_areas_are_changed(client_of: Client, county: None, events: Events) -> None:
    registrar, before = client_of(*REGISTRAR), await events()
    file = edition(FAR)
    digest = (await compared(registrar, file))["digest"]
    answer = await apply(client_of("county_registrar", TOWN), file, goes(FAR, FARTHER), digest=digest)
    assert_not_found(answer)
    assert_refused(await apply(client_of(*CLERK), file, goes(FAR, FARTHER), digest=digest), "forbidden")
    assert await events() == before


async def test_an_edition_under_a_key_happens_once(client_of: Client, county: None, events: Events) -> None:
    client = client_of(*REGISTRAR)
    file = edition(VILLAGE)
    body: dict[str, Any] = {**file, "digest": (await compared(client, file))["digest"]}
    body["moves"] = [goes(VILLAGE, SISTER)]
    first = await client.post(f"{EDITIONS}/apply", json=body, headers={"idempotency-key": "edition"})
    before = await events()
    second = await client.post(f"{EDITIONS}/apply", json=body, headers={"idempotency-key": "edition"})
    assert (given(first)["ended"], second.content) == (1, first.content)
    assert await events() == before


async def test_a_code_that_was_never_in_force_opens(client_of: Client, county: None) -> None:
    """The change that opened it was undone; whether somebody goes there or not."""
    client = client_of(*REGISTRAR)
    file = edition(VILLAGE, _450481100203="新村委会", _450481100204="又一村委会")
    done = given(await apply(client, file, goes(VILLAGE, NEW)))
    given(await undo(client, {"id": done["changes"][0]}))
    assert_refused(
        await client.post(f"{AREAS}/{NEWER}/rename", json={"name": "x", "renamed_on": "2026-01-01"}),
        "invalid_request",
        [("renamed_on", "before_opening")],
    )
    without = edition(_450481100204="又一村委会", _450481100203="新村委会", on="2026-03-12")
    given(await apply(client, without))
    area = given(await client.get(f"{AREAS}/{NEW}"))
    assert (area["valid_from"], area["valid_to"], area["name"]) == ("2026-03-12", None, "新村委会")


async def test_two_who_carry_the_same_file_out_do_it_once(client_of: Client, county: None, events: Events) -> None:
    client = client_of(*REGISTRAR)
    await register(client)
    file = edition(VILLAGE, _450481100203="思孟村委会", _450481100202="木榔新村委会")
    digest = (await compared(client, file))["digest"]
    answers = await gather(*(apply(client_of(*REGISTRAR), file, goes(VILLAGE, NEW), digest=digest) for _ in range(3)))
    done = sorted((given(one)["opened"], given(one)["ended"], given(one)["renamed"]) for one in answers)
    assert done == [(0, 0, 0), (0, 0, 0), (1, 1, 1)]
    assert len(await events("registry.area.abolished")) == len(await events("registry.area.renamed")) == 1
