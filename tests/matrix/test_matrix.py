"""Operations × roles × places: who has nothing to do with a village is answered as if nothing lay there.

Every operation of every service is walked, as its document and the table of roles declare it; one whose address names a
thing that `planted.py` does not make fails. The product of all roles and places is `large`.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest

from shared.auth.principal import Principal
from shared.auth.roles import Role
from shared.testing.clock import FrozenClock
from shared.testing.plugin import DatabaseOf
from tests.architecture.operations import Operation, is_own, operations, services
from tests.matrix.planted import OWNER, PLANTS, World
from tests.matrix.walking import SEARCHES, Asked, chosen, masked_readers, readers, strangers, told, walked

UNFINISHED = {409}
"""What an owner may be answered of work that no worker has done here."""
UNSEEN = {"getDisclosedRecord", "getItemForm"}
"""What was planted is not disclosed, or has no form."""
OF_AN_OFFICE = {"listPetitions"}
"""What a town's office sees and no grant in a village: counted in `tests/grid/petitions/test_lists.py`."""
EMPTY: Mapping[str, str] = {
    "compareDictionaryVersions": "the first version changes nothing",
    "compareDictionaryDraft": "a draft that was just begun changes nothing",
    "listDictionaryImportFindings": "its table waits to be checked",
    "getAccountStatement": "of the days that its document names",
    "getCalendar": "of a year that has none",
    "getLedgerChanges": "of the first version",
    "getLedgerDraftChanges": "of a first draft",
    "listFigureDifferences": "no figure differs",
    "listAccesses": "the log of a test is in memory",
    "listChildAreas": "below a village there is none",
    "listDisclosedRecords": "what was planted is not disclosed",
    "listFindings": "no worker has checked the table",
    "listItemImportFindings": "no worker has checked the table",
    "listHouseholdChanges": "it is as it was founded",
    "listInboundRequests": "nobody sent one",
    "listLeftBehind": "no village has ended",
    "listInboundLists": "nobody sent one",
    "listStateDifferences": "every state came",
    "listDueGridErasures": "the years of what was planted are not over: `tests/grid/grid_erasures/test_runs.py`",
    "getGridRetentionReport": "the years of what was planted are not over",
}
"""Lists that show nothing to the owner either, and why."""
COUNTED = {"registry", "services_hall", "grid"}
"""Services that have lists with counts."""


def test_every_service_is_walked() -> None:
    assert set(PLANTS) == set(services())


def test_the_choice_covers_every_operation_and_every_role() -> None:
    assert {role for one in operations() for role in chosen(one)} == set(Role)
    assert [str(one) for one in operations() if not chosen(one)] == []


@pytest.mark.parametrize("service", sorted(PLANTS))
async def test_a_stranger_is_answered_as_if_nothing_lay_there_and_lists_are_as_long_as_their_counts(
    service: str, committed_of: DatabaseOf, clock: FrozenClock, tmp_path: Path
) -> None:
    world = await PLANTS[service](await committed_of(service), clock, tmp_path)
    await _walk(world, walked(service, ledgers=service == "grid"), whole=False)
    await _fields(world, walked(service, ledgers=service == "grid"), whole=False)
    await _count(world, whole=False)


@pytest.mark.large
@pytest.mark.parametrize("service", sorted(PLANTS))
async def test_nor_is_any_stranger_in_any_place(
    service: str, committed_of: DatabaseOf, clock: FrozenClock, tmp_path: Path
) -> None:
    world = await PLANTS[service](await committed_of(service), clock, tmp_path)
    await _walk(world, walked(service, ledgers=service == "grid"), whole=True)
    await _fields(world, walked(service, ledgers=service == "grid"), whole=True)
    await _count(world, whole=True)


async def _walk(world: World, all_of_it: Sequence[Operation], *, whole: bool) -> None:
    """Each operation as each stranger: nothing is told, and afterwards nothing is other than before."""
    asked, before = 0, await _of_owner(world, all_of_it)
    for operation in all_of_it:
        one = Asked(operation, world)
        if operation.id in SEARCHES:
            found, nothing = await one.ask(OWNER, one.planted), await one.ask(OWNER, one.missing)
            assert found.status_code == nothing.status_code == 200, f"{operation}: {found.text} {nothing.text}"
            assert told(found, one.sent) != told(nothing, one.sent), f"{operation} finds what was planted"
        missing: dict[tuple[int, Any], tuple[int, str, frozenset[str]]] = {}
        for caller in strangers(operation, world, whole=whole):
            answer = await one.ask(caller, one.planted)
            asked += 1
            where = _shows_nothing(operation, world, one, caller, answer)
            for area in (world.home, *(grant.area for grant in caller.grants)) if one.in_area else ():
                _shows_nothing(operation, world, one, caller, await one.ask(caller, one.planted, area=area))
            if one.in_address:
                assert answer.status_code in (403, 404), where
            if one.named:
                told_so = answer.status_code, answer.json().get("code")
                if told_so not in missing:
                    missing[told_so] = told(await one.ask(caller, one.missing), one.sent)
                assert told(answer, one.sent) == missing[told_so], where
    assert asked > len(all_of_it)
    assert await _of_owner(world, all_of_it) == before


def _shows_nothing(operation: Operation, world: World, one: Asked, caller: Principal, answer: httpx.Response) -> str:
    """Nothing planted stands in an answer. Returns the answer in words."""
    where = f"{operation} as {caller.subject}: {answer.status_code} {answer.text[:300]}"
    assert answer.status_code < 500, where
    hidden = [word for word in world.planted if word not in one.sent]
    shown = [word for word in hidden if word in answer.text or word in str(answer.headers)]
    assert shown == [], f"{where}: {shown}"
    return where


async def _of_owner(world: World, all_of_it: Sequence[Operation]) -> dict[str, tuple[int, str, frozenset[str]]]:
    """What the owner is answered of each thing and each list; a list shows something, so that who sees nothing in it is
    a stranger.
    """
    found, empty = {}, []
    for operation in all_of_it:
        one = Asked(operation, world)
        if operation.method != "get" or operation.goes_on or is_own(operation):
            continue
        mine = await one.ask(OWNER, one.planted)
        expected = {404} if operation.id in UNSEEN else {200, *UNFINISHED}
        assert mine.status_code in expected, f"{operation}: {mine.text}"
        if one.in_address or one.in_area:
            found[operation.id] = told(mine)
        if '"items":[]' in mine.text:
            empty.append(operation.id)
    unplanted = set(empty) ^ (EMPTY.keys() & {one.id for one in all_of_it})
    assert unplanted == set(), "plant one of each in tests/matrix/planted.py, or say in EMPTY why there is none"
    return found


async def _fields(world: World, all_of_it: Sequence[Operation], *, whole: bool) -> None:
    """Who reads in the village itself sees no field that the role does not open, however it is asked for."""
    for operation in all_of_it:
        if operation.method != "get":
            continue
        one = Asked(operation, world)
        for caller, unshown in masked_readers(operation, world, whole=whole):
            answer = await one.ask(caller, one.planted)
            where = f"{operation} as {caller.subject}: {answer.status_code} {answer.text[:300]}"
            assert answer.status_code < 500, where
            assert [word for word in unshown if word not in one.sent and word in answer.text] == [], where


async def _count(world: World, *, whole: bool) -> None:
    """Every list that has a count, for everybody who may ask for either."""
    paths = {one.path: one for one in walked(world.service, ledgers=world.service == "grid") if one.method == "get"}
    lists = 0
    for path, one in paths.items():
        if f"{path}/count" not in paths or one.id in EMPTY or one.id in OF_AN_OFFICE:
            continue
        seen = set[int]()
        listed, counted = Asked(one, world), Asked(paths[f"{path}/count"], world)
        assert one.access is not None
        assert one.access.permission is not None
        county = one.access.scope == "county"
        for caller in readers(world, one.access.permission, whole=whole, county=county):
            items = await listed.ask(caller, listed.planted)
            count = await counted.ask(caller, counted.planted)
            assert items.status_code == count.status_code, f"{one} as {caller.subject}"
            if items.status_code != 200:
                asks_for_more = one.access.scope == "county" and items.json()["code"] == "county_grant_needed"
                assert items.status_code == 404 or asks_for_more, f"{one} as {caller.subject}: {items.text}"
                seen.add(0)
                continue
            assert items.json()["next_cursor"] is None
            number = len(items.json()["items"])
            assert count.json().get("total", count.json().get("count")) == number, f"{one} as {caller.subject}"
            seen.add(number)
        assert 0 in seen or one.access.scope == "open", f"{one}: somebody sees nothing"
        assert max(seen) > 0 or one.id in EMPTY, f"{one}: somebody sees what was planted"
        lists += 1
    assert (lists > 0) == (world.service in COUNTED)
