"""Erasing runs over HTTP: dry run by the rules of the day, by a person's wish, decided by another at the county."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from shared.auth.principal import Principal
from shared.db.engine import Database
from shared.ids import new_id
from shared.testing.clock import FrozenClock
from shared.testing.doors import Door, a_principal
from tests.services_hall.case_erasures.conftest import CLERK, REGISTRAR, Bring, digests, sealed
from tests.services_hall.case_erasures.samples import DOCUMENT
from tests.services_hall.cases.whole import Whole
from tests.services_hall.conftest import COUNTY_OFFICER, NOT_FOUND, OTHER_VILLAGE, VILLAGE, Submit, every_page, refusal

YEAR = 365


async def ask(door: Door, who: Principal = CLERK, **body: Any) -> httpx.Response:
    async with door.client(who) as client:
        return await client.post("/case-erasures", json={"area": VILLAGE, **body})


async def does(door: Door, run: Any, verb: str, who: Principal = REGISTRAR, **body: Any) -> httpx.Response:
    async with door.client(who) as client:
        return await client.post(f"/case-erasures/{run['id']}/{verb}", json=body or None)


async def due(door: Door, who: Principal = CLERK, **query: Any) -> list[tuple[str, str]]:
    """Who is due and of which kind; the count says as many, and the report adds up."""
    async with door.client(who) as client:
        shown = await every_page(client, "/due-case-erasures", area=VILLAGE, limit=2, **query)
        counted = (await client.get("/due-case-erasures/count", params={"area": VILLAGE, **query})).json()["count"]
        report = (await client.get("/due-case-erasures/report", params={"area": VILLAGE, **query})).json()
    assert counted == len(shown) == report["due"] == sum(one["due"] for one in report["items"])
    return [(one["holder"], one["kind"]) for one in shown]


async def entries(door: Door, run: Any) -> dict[str, str | None]:
    async with door.client(CLERK) as client:
        return {
            one["holder"]: one["outcome"] for one in await every_page(client, f"/case-erasures/{run['id']}/entries")
        }


async def a_removed(door: Door, whole: Whole, case: Any) -> tuple[Any, str]:
    """The case after somebody was entered in it by mistake, and the id of that one."""
    case = await whole.do(case, "persons")
    async with door.client(COUNTY_OFFICER) as client:
        found: str = (await client.get(f"/cases/{case['id']}/persons")).json()["items"][1]["id"]
    return await whole.do(case, f"persons/{found}/remove"), found


WAYS: list[tuple[str, str | None, int]] = [
    ("withdrawn", "withdrawn", 2), ("refused", "refused", 5), ("delivered", "decided", 10), ("closed", "decided", 10),
    ("archived", "years_10", 10), ("accepted", None, 40), ("suspended", None, 40),
]  # fmt: skip


@pytest.mark.parametrize(("status", "kind", "years"), WAYS)
async def test_the_years_run_by_how_a_case_ended_and_what_goes_on_is_never_due(
    typed: Bring, door: Door, clock: FrozenClock, status: str, kind: str | None, years: int
) -> None:
    case = await typed(status)
    begun = clock.now()
    if kind is None:
        clock.set(begun.replace(year=begun.year + years))
        assert await due(door) == []
        return
    clock.set(begun.replace(year=begun.year + years, day=15))
    assert await due(door) == []
    clock.set(begun.replace(year=begun.year + years))
    assert await due(door) == [(case["id"], kind)]
    assert await due(door, kind=kind) == [(case["id"], kind)]
    assert await due(door, kind="expired") == []


async def test_a_file_that_is_kept_for_ever_is_never_due(
    typed: Bring, whole: Whole, door: Door, clock: FrozenClock
) -> None:
    ever = await whole.do(await typed("delivered"), ("archive", {"retention": "permanent"}))
    thirty = await whole.do(await typed("delivered"), ("archive", {"retention": "years_30"}))
    clock.set(clock.now().replace(year=2055))
    assert await due(door) == []
    clock.set(clock.now().replace(year=2057))
    assert await due(door) == [(thirty["id"], "years_30")]
    assert refusal(await ask(door, kind="decided"))[:2] == (409, "case_erasure_nothing_due")
    assert ever["status"] == "archived"


async def test_a_run_erases_what_is_due_by_order_of_two_and_the_case_stays(
    typed: Bring, submit: Submit, whole: Whole, door: Door, clock: FrozenClock, committed: Database
) -> None:
    gone = [await typed("withdrawn"), await whole.do(await submit(), "withdraw")]
    clock.advance(days=2 * YEAR + 1)
    later = await typed("withdrawn", {"document_number": "45048119900307019X"})
    made = (await ask(door)).json()
    assert (made["status"], made["ground"], made["outcomes"]) == ("requested", "term_over", {"waiting": 2})
    assert await sealed(committed, *(one["id"] for one in gone)) == [True, True], "asking erases nothing"
    assert refusal(await does(door, made, "order", a_principal("county_registrar", "450481", subject="asker")))[:2] == (
        403, "case_erasure_four_eyes",
    )  # fmt: skip
    assert refusal(await does(door, made, "order", a_principal("county_registrar", "450481114"))) == (
        403, "forbidden", "没有权限",
    )  # fmt: skip
    done = await does(door, made, "order")
    assert (done.json()["status"], done.json()["outcomes"], done.json()["decided_by"]) == (
        "done", {"erased": 2}, "decider",
    )  # fmt: skip
    assert await sealed(committed, *(one["id"] for one in (*gone, later))) == [False, False, True]
    assert await digests(committed, *(one["id"] for one in (*gone, later))) == [0, 0, 1]
    async with door.client(COUNTY_OFFICER) as client:
        shown = (await client.get(f"/cases/{gone[0]['id']}/persons")).json()["items"]
        assert [(one["name"], one["document_number"], one["phone"]) for one in shown] == [(None, None, None)]
        assert (await client.get(f"/cases/{gone[0]['id']}")).json()["number"] == gone[0]["number"]
    assert await due(door) == []
    for verb in ("order", "refuse", "withdraw"):
        body: dict[str, Any] = {"reason": "dispute"} if verb == "refuse" else {}
        assert refusal(await does(door, made, verb, **body))[:2] == (409, "case_erasure_decided"), verb


async def test_each_entry_is_judged_again_by_the_rules_and_states_of_the_decision(
    typed: Bring, whole: Whole, door: Door, clock: FrozenClock, committed: Database
) -> None:
    back, kept, erased, gone = [await typed("withdrawn") for _ in range(4)]
    clock.advance(days=2 * YEAR + 1)
    made = (await ask(door)).json()
    assert made["outcomes"] == {"waiting": 4}
    first = (await ask(door, document=DOCUMENT)).json()
    await whole.do(back, "undo")
    await whole.do(kept, ("archive", {"retention": "permanent"}))
    async with committed.session() as session:
        await session.execute(text("UPDATE applicants SET snapshot = '' WHERE case_id = :id"), {"id": gone["id"]})
        await session.commit()
    assert (await does(door, made, "order")).json()["outcomes"] == {"erased": 1, "erased_before": 1, "kept_by_law": 2}
    assert await entries(door, made) == {
        back["id"]: "kept_by_law", kept["id"]: "kept_by_law", erased["id"]: "erased", gone["id"]: "erased_before",
    }  # fmt: skip
    assert await sealed(committed, back["id"], kept["id"], erased["id"]) == [True, True, False]
    assert (await does(door, first, "order")).json()["outcomes"] == {"erased_before": 2, "kept_by_law": 2}


async def test_what_was_removed_by_mistake_is_erased_after_its_year_though_the_case_goes_on(
    door: Door, whole: Whole, clock: FrozenClock, committed: Database
) -> None:
    case, party = await a_removed(door, whole, await whole.bring("accepted"))
    again, undone = await a_removed(door, whole, await whole.bring("received"))
    await whole.do(again, "undo")
    clock.advance(days=YEAR - 1)
    assert await due(door) == []
    clock.advance(days=1)
    assert await due(door) == [(party, "removed")], "who was brought back is in the case"
    made = (await ask(door, kind="removed")).json()
    assert (await does(door, made, "order")).json()["outcomes"] == {"erased": 1}
    assert await sealed(committed, party, case["id"], undone) == [False, True, True]
    back = await whole.do(case, "undo")
    async with door.client(COUNTY_OFFICER) as client:
        shown = (await client.get(f"/cases/{back['id']}/persons")).json()["items"]
    assert [one["name"] for one in shown] == ["测**某", None], "the history names a place, and nobody in it"


async def test_somebody_outside_the_register_is_erased_by_wish_before_the_years_are_over(
    typed: Bring, whole: Whole, door: Door, committed: Database
) -> None:
    mine, handled = await typed("withdrawn"), await typed("accepted")
    archived = await typed("archived")
    other = await typed("withdrawn", {"document_number": "45048119900307019X"})
    assert refusal(await ask(door, document=DOCUMENT, kind="withdrawn"))[:2] == (422, "case_erasure_unclear")
    wrong = await ask(door, document={**DOCUMENT, "number": "321083197812162118"})
    assert [(one["path"], one["code"]) for one in wrong.json()["errors"]] == [("document.number", "checksum")]
    nobody = await ask(door, document={"type": "passport", "number": "E12345678"})
    assert refusal(nobody)[:2] == (409, "case_erasure_nothing_due")
    made = (await ask(door, document={**DOCUMENT, "number": " 321083 19781216 2119 "})).json()
    assert (made["ground"], made["outcomes"]) == ("own_wish", {"waiting": 1})
    assert (await does(door, made, "order")).json()["outcomes"] == {"erased": 1}
    holders = [one["id"] for one in (mine, handled, archived, other)]
    assert await sealed(committed, *holders) == [False, True, True, True]
    async with committed.session() as session:
        stored = await session.scalars(text("SELECT e::text FROM case_erasures e"))
        assert not any(DOCUMENT["number"] in row for row in stored), "the number is not kept"


async def test_what_may_still_be_sued_about_is_held(
    typed: Bring, door: Door, clock: FrozenClock, committed: Database
) -> None:
    case = await typed("refused")
    assert refusal(await ask(door, document=DOCUMENT))[:2] == (409, "case_erasure_nothing_due")
    clock.set(clock.now().replace(month=9, day=17))
    made = (await ask(door, document=DOCUMENT)).json()
    assert made["outcomes"] == {"waiting": 1}
    async with committed.session() as session:
        await session.execute(text("UPDATE cases SET suit_until = '2027-01-01' WHERE id = :id"), {"id": case["id"]})
        await session.commit()
    assert (await does(door, made, "order")).json()["outcomes"] == {"held": 1}
    assert await sealed(committed, case["id"]) == [True]


async def test_a_case_of_an_open_matter_is_held(whole: Whole, door: Door, committed: Database, typed: Bring) -> None:
    case = await typed("withdrawn")
    async with door.client(COUNTY_OFFICER) as client:
        package = (await client.post("/packages", json={"template": "birth"})).json()
    async with committed.session() as session:
        await session.execute(
            text(
                "INSERT INTO matters (id, version, package_id, department, area, cases, status, opened_at)"
                " VALUES (:id, 1, :package, 'health', :area, jsonb_build_array(CAST(:case AS text)), 'open', now())"
            ),
            {"id": new_id(), "package": package["id"], "area": VILLAGE, "case": case["id"]},
        )
        await session.commit()
    assert refusal(await ask(door, document=DOCUMENT))[:2] == (409, "case_erasure_nothing_due")


async def test_a_run_is_refused_with_a_reason_or_taken_back(typed: Bring, door: Door, committed: Database) -> None:
    case = await typed("withdrawn")
    first = (await ask(door, document=DOCUMENT)).json()
    refused = (await does(door, first, "refuse", reason="not_proven")).json()
    assert (refused["status"], refused["refusal"], refused["outcomes"]) == ("refused", "not_proven", {"waiting": 1})
    second = (await ask(door, document=DOCUMENT)).json()
    gone = (await does(door, second, "withdraw", CLERK)).json()
    assert (gone["status"], gone["decided_by"]) == ("withdrawn", "asker")
    assert await sealed(committed, case["id"]) == [True]
    async with door.client(CLERK) as client:
        listed = await every_page(client, "/case-erasures", area=VILLAGE, limit=1)
        assert [(one["id"], one["status"]) for one in listed] == [
            (second["id"], "withdrawn"), (first["id"], "refused"),
        ]  # fmt: skip
        assert (await client.get(f"/case-erasures/{first['id']}")).json() == refused


async def test_an_area_outside_is_not_found_and_a_clerk_decides_nothing(typed: Bring, door: Door) -> None:
    await typed("withdrawn")
    made = (await ask(door, document=DOCUMENT)).json()
    stranger = a_principal("village_clerk", OTHER_VILLAGE)
    assert refusal(await ask(door, stranger, document=DOCUMENT)) == NOT_FOUND
    async with door.client(stranger) as client:
        for path in (f"/case-erasures/{made['id']}", f"/case-erasures/{made['id']}/entries"):
            assert refusal(await client.get(path)) == NOT_FOUND
        for path in ("/due-case-erasures", "/due-case-erasures/count", "/due-case-erasures/report", "/case-erasures"):
            assert refusal(await client.get(path, params={"area": VILLAGE})) == NOT_FOUND
    assert (await does(door, made, "order", CLERK)).status_code == 403
    assert refusal(await does(door, {"id": new_id()}, "order")) == NOT_FOUND


async def test_who_looks_and_who_decides_is_noted_by_case(typed: Bring, door: Door, clock: FrozenClock) -> None:
    case = await typed("withdrawn")
    clock.advance(days=2 * YEAR + 1)
    await due(door)
    made = (await ask(door)).json()
    await does(door, made, "order")
    noted = [(one.action, one.object_id, one.area) for one in door.accesses.entries if "erasure" in one.action]
    assert noted == [
        (action, case["id"], VILLAGE)
        for action in ("list_due_case_erasures", "request_case_erasure", "order_case_erasure")
    ]


async def test_a_rule_of_the_county_moves_the_day_from_its_own_day_on(
    typed: Bring, door: Door, clock: FrozenClock, committed: Database
) -> None:
    """What was asked for under the old years is judged by the new ones when it is decided."""
    case = await typed("withdrawn")
    clock.advance(days=2 * YEAR + 1)
    assert await due(door) == [(case["id"], "withdrawn")]
    made = (await ask(door, kind="withdrawn")).json()
    ahead = (clock.now() + timedelta(days=2)).date().isoformat()
    rule = {"kind": "withdrawn", "years": 3, "source": "archives-2028-1", "effective_on": ahead}
    async with door.client(REGISTRAR) as client:
        assert (await client.post("/retention-rules", json=rule)).status_code == 201
    clock.advance(days=1)
    assert await due(door) == [(case["id"], "withdrawn")], "it does not hold yet"
    clock.advance(days=1)
    assert await due(door) == []
    assert (await does(door, made, "order")).json()["outcomes"] == {"kept_by_law": 1}
    assert await sealed(committed, case["id"]) == [True]
    clock.advance(days=YEAR)
    async with door.client(CLERK) as client:
        report = (await client.get("/due-case-erasures/report", params={"area": VILLAGE})).json()
    assert [(one["kind"], one["years"], one["due"], one["held"]) for one in report["items"]] == [("withdrawn", 3, 1, 0)]
