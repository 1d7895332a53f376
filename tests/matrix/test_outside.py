"""A person of a village is found by nobody elsewhere, in none of ten ways, whatever the role: list, count, search,
lookup, extract, export, duplicates, transfer, history, sync.

Who may try is read from the declarations of the operations; each of them stands in two villages and a town outside.
"""

import asyncio
import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx

from shared.auth.principal import Grant, Principal
from shared.auth.roles import DEPARTMENT_ROLES, OWN_ONLY, Role
from shared.crypto.masking import mask_name
from shared.ids import new_id
from shared.jobs.runner import run_one
from shared.testing.clock import FrozenClock
from shared.testing.doors import DEPARTMENT
from shared.testing.plugin import DatabaseOf
from tests.architecture.operations import Operation, operations
from tests.matrix.planted import NAME, NUMBER, OWNER, PHONE, PLANTS, World
from tests.matrix.walking import entitled_roles, told
from tests.registry.builders import a_number
from tests.registry.person_imports.working import kinds_of

WAYS: Mapping[str, tuple[str, ...]] = {
    "list": ("listPersons", "listUndocumentedPersons"),
    "count": ("countPersons", "countUndocumentedPersons"),
    "search": ("searchPersons", "searchPersonsByName"),
    "lookup": ("lookUpPersons",),
    "extract": ("signExtract",),
    "export": ("beginPersonExport",),
    "duplicates": ("findPossibleDuplicates", "listDuplicates", "countDuplicates"),
    "transfer": ("requestTransfer", "listTransfers", "countTransfers"),
    "history": ("listLifeEvents", "listAccesses"),
    "sync": ("syncPersons",),
}
NOBODYS = a_number(serial=498)


def _body(operation: Operation, world: World, area: str, *, planted: bool) -> Any:
    """What is asked for: who was planted, or nobody; brought to the caller's own area where the body names a place."""
    name, number, phone = (NAME, NUMBER, PHONE) if planted else ("司徒无此", NOBODYS, "13900000001")
    person = world.ids["persons"] if planted else str(new_id())
    new = {"name": name, "sex": "1", "birth_date": "1990-03-07", "ethnic_group": "01", "phone": phone}
    reason = {
        "entry": "enrolled",
        "occurred_on": "2026-03-10",
        "undocumented": {"reason": "lost", "due_on": "2026-04-30"},
    }
    return {
        "searchPersons": {"document_number": number, "purpose": "verification"},
        "searchPersonsByName": {"name": name, "purpose": "verification"},
        "lookUpPersons": {"ids": [person], "purpose": "verification"},
        "signExtract": {"audience": "services_hall", "purpose": "case_handling", "place": area},
        "beginPersonExport": {"purpose": "statistics", "area": area},
        "findPossibleDuplicates": {**new, **reason, "residence": {"area": area}, "registration": {"area": area}},
        "requestTransfer": {"document_number": number, "occurred_on": "2026-03-10", "residence": {"area": area}},
    }.get(operation.id)


async def _ask(
    caller: Principal, operation: Operation, world: World, area: str, *, planted: bool = True, within: str | None = None
) -> httpx.Response:
    """`within`: the area of a list; else the caller's own."""
    person = world.ids["persons"] if planted else str(new_id())
    path = operation.path.partition("/v1")[2].replace("{id}", person)
    named = {one["name"]: one for one in operation.parameters if one["in"] == "query"}
    params = {"area": within or area} if "area" in named else {}
    params |= {"side": "holding"} if "side" in named else {}
    body = _body(operation, world, area, planted=planted)
    how: dict[str, Any] = {"params": params} | ({} if body is None else {"json": body})
    return await world.ask(caller, operation.method.upper(), path, **how)


def _by(role: str, area: str) -> Principal:
    return Principal(f"{role}@{area}", (Grant(role, area, DEPARTMENT if role in DEPARTMENT_ROLES else None),))


def _shows_nothing(answer: httpx.Response, where: str, world: World) -> None:
    assert answer.status_code < 500, f"{where}: {answer.text}"
    hidden = (NAME, PHONE, NUMBER, world.ids["persons"], "植入")
    assert [word for word in hidden if word in answer.text] == [], f"{where}: {answer.text}"


async def _exported(world: World, caller: Principal, begun: httpx.Response) -> str:
    """What stands in the table of an export, once it is written."""
    kit = world.door.kit
    kinds = kinds_of(kit.database, kit.archive, kit.crypto, kit.clock, world.door.accesses)
    while await run_one(kit.database, kinds, stop=asyncio.Event()):
        pass
    content = await world.ask(caller, "GET", f"/person-exports/{begun.json()['id']}/content")
    assert content.status_code == 200, content.text
    with zipfile.ZipFile(io.BytesIO(content.content)) as table:
        return "".join(table.read(name).decode() for name in table.namelist() if name.endswith(".xml"))


def test_the_ten_ways_are_operations_with_a_permission_that_roles_have() -> None:
    found = {one.id: one for one in operations() if one.service == "registry"}
    for ids in WAYS.values():
        for one in ids:
            access = found[one].access
            assert access is not None
            assert access.permission is not None
            assert set(entitled_roles(found[one])) - OWN_ONLY


async def test_who_is_planted_in_a_village_is_found_in_every_way_there_and_in_none_elsewhere(
    committed_of: DatabaseOf, clock: FrozenClock, tmp_path: Path
) -> None:
    world = await PLANTS["registry"](await committed_of("registry"), clock, tmp_path)
    ways = {one.id: one for one in operations() if one.service == "registry"}
    tried = set[str]()
    for way, ids in WAYS.items():
        for operation in (ways[one] for one in ids):
            for role in entitled_roles(operation):
                for area in (world.sibling, world.other_town, world.other_town[:9]):
                    where = f"{way}: {operation} as {role} of {area}"
                    caller = _by(role, area)
                    answer = await _ask(caller, operation, world, area)
                    _shows_nothing(answer, where, world)
                    await _as_for_nobody(way, operation, world, caller, area, answer, where)
                    tried.add(role)
    assert tried >= {str(role) for role in Role if role not in OWN_ONLY and "person.read" in _permissions(role)}
    await _found_at_home(ways, world)


def _permissions(role: str) -> set[str]:
    return {one.access.permission or "" for one in operations() if one.access and role in entitled_roles(one)}


async def _as_for_nobody(
    way: str, operation: Operation, world: World, caller: Principal, area: str, answer: httpx.Response, where: str
) -> None:
    """The answer is the one that is given of somebody who is not there at all."""
    if way in ("list", "sync") or operation.id in ("listDuplicates", "listTransfers"):
        assert answer.json().get("items", []) == [], where
        if "area" in {one["name"] for one in operation.parameters}:
            _shows_nothing(await _ask(caller, operation, world, area, within=world.home), where, world)
    elif operation.id.startswith("count"):
        assert set(answer.json().values()) <= {0, None}, f"{where}: {answer.text}"
    elif way == "export":
        if answer.status_code == 201:
            assert "植入" not in await _exported(world, caller, answer), where
        home = await world.ask(caller, "POST", "/person-exports", json={"purpose": "statistics", "area": world.home})
        assert home.status_code == 404, f"{where}: {home.text}"
    else:
        nobody = await _ask(caller, operation, world, area, planted=False)
        sent = (world.ids["persons"], answer.json().get("id", "\0"), nobody.json().get("id", "\0"))
        assert told(answer, sent)[:2] == told(nobody, sent)[:2], where


async def _found_at_home(ways: Mapping[str, Operation], world: World) -> None:
    """Who has the county finds them in each way: what was asked before could have found somebody."""
    home = world.home
    for one in ("listPersons", "syncPersons"):
        assert world.ids["persons"] in (await _ask(OWNER, ways[one], world, home)).text, one
    assert (await _ask(OWNER, ways["countPersons"], world, home)).json()["count"] > 0
    for one in ("searchPersons", "searchPersonsByName", "lookUpPersons", "findPossibleDuplicates"):
        assert world.ids["persons"] in (await _ask(OWNER, ways[one], world, home)).text, one
    for one in ("listLifeEvents", "listAccesses"):
        assert (await _ask(OWNER, ways[one], world, home)).status_code == 200, one
    assert (await _ask(OWNER, ways["signExtract"], world, home)).status_code == 200
    begun = await _ask(OWNER, ways["beginPersonExport"], world, home)
    assert mask_name(NAME) in await _exported(world, OWNER, begun)
    assert (await _ask(OWNER, ways["countTransfers"], world, home)).json()["count"] > 0, (
        "the strangers' requests arrived"
    )
