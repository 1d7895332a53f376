"""Who names a second place, a parent, a successor or somebody else is asked for that one too."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from httpx import AsyncClient, Response

from shared.testing.beginnings import Beginning
from shared.testing.databases import ServiceDatabase
from tests.architecture.places import LEDGERS, grid_places, names, second_places
from tests.registry.area_editions.comparing import EDITIONS
from tests.registry.area_sets.forming import AREA_SETS, a_set, form
from tests.registry.builders import FAR, SISTER, TOWN, VILLAGE, a_division, a_household, a_number, a_person
from tests.registry.conftest import Client, Events, Work, open_county
from tests.registry.consents.giving import a_paper, a_wish
from tests.registry.facilities.entering import FACILITIES, a_facility
from tests.registry.facilities.entering import enter as enter_facility
from tests.registry.organisations.entering import ORGANISATIONS, an_organisation, enter_team
from tests.registry.steps import (
    AREA_CHANGES,
    AREAS,
    BUILDINGS,
    CLERK,
    DUPLICATES,
    DWELLINGS,
    FAR_CLERK,
    HOUSEHOLDS,
    MARRIAGES,
    OCCUPANCIES,
    PERSONS,
    PROOFS,
    REGISTRAR,
    TAGS,
    TRANSFERS,
    Json,
    a_building,
    enter_building,
    enter_dwelling,
    found,
    given,
    members_of,
    occupy,
    register,
    start_tag,
)
from tests.registry.tag_contacts.entering import resident, somebody
from tests.registry.terms.entering import TERMS, a_director, a_resident
from tests.registry.terms.entering import enter as enter_term
from tests.registry.transfers.asking import a_transfer

FAR_AWAY = {"residence": {"area": FAR}, "registration": {"area": FAR}}


@dataclass(frozen=True)
class World:
    """A clerk of VILLAGE and a registrar of its town; a household and a person of VILLAGE, the same of FAR."""

    clerk: AsyncClient
    registrar: AsyncClient
    ours: Json
    theirs: Json
    single: str
    stranger: str
    building: str
    foreign_building: str
    far: AsyncClient
    dwelling: str
    foreign_dwelling: str
    head_number: str
    organisation: str
    foreign_organisation: str
    facility: str
    foreign_facility: str
    tag: str
    foreign_tag: str
    term: str
    foreign_term: str
    area_set: str
    foreign_area_set: str

    @property
    def head(self) -> str:
        return members_of(self.ours)[0]

    @property
    def spouse(self) -> str:
        return members_of(self.ours)[1]

    @property
    def foreign_head(self) -> str:
        return members_of(self.theirs)[0]


Ask = Callable[[World, Any], Awaitable[Response]]


@dataclass(frozen=True)
class Asked:
    """A request with a place: refused with one that lies elsewhere, done with one of the caller's."""

    ask: Ask
    elsewhere: Callable[[World], Any]
    own: Callable[[World], Any]
    refusals: frozenset[str]


def asked(ask: Ask, elsewhere: Callable[[World], Any], own: Callable[[World], Any], *refusals: str) -> Asked:
    return Asked(ask, elsewhere, own, frozenset(refusals or {"not_found"}))


NO_PLACE = "names no place"
IMPORTS = "tests/registry/person_imports/test_importing.py"
TABLES, JOBS = "tests/registry/*_tables/test_tables.py", "tests/registry/job_matches/test_api.py"
NOT_COMPARED = "nobody is looked for by the parents: they are not asked for before the child is entered"

FAR_CODE, VILLAGE_CODE = (lambda w: FAR), (lambda w: VILLAGE)
STRANGER, SINGLE = (lambda w: w.stranger), (lambda w: w.single)


def rows(*divisions: dict[str, Any]) -> Json:
    return {"rows": [{**one, "level": int(one["level"])} for one in divisions]}


def imports(column: str) -> Ask:
    async def ask(w: World, value: Any) -> Response:
        return await w.registrar.post(f"{AREAS}/import", json=rows({**a_division(SISTER, "新村"), column: value}))

    return ask


async def abolish(w: World, code: str) -> Response:
    return await w.registrar.post(
        f"{AREAS}/{code}/abolish", json={"valid_to": "2026-03-16", "successors": [SISTER] if code != SISTER else []}
    )


async def succeed(w: World, heir: str) -> Response:
    body = {"valid_to": "2026-03-16", "successors": [SISTER, heir]}
    return await w.registrar.post(f"{AREAS}/{VILLAGE}/abolish", json=body)


async def changes(w: World, kind: str, move: Json, *opens: str) -> Response:
    body = {"kind": kind, "effective_on": "2026-03-10", "moves": [move]}
    return await w.registrar.post(AREA_CHANGES, json=body | {"opens": [{"code": one, "name": "新村"} for one in opens]})


async def place_left(w: World, facility: str, to: str) -> Response:
    """A village has ended; a facility of it goes to an heir."""
    given(await abolish(w, VILLAGE))
    (change,) = given(await w.registrar.get(AREA_CHANGES, params={"area": TOWN}))["items"]
    body = {"kind": "facility", "id": facility, "to": to}
    return await w.registrar.post(f"{AREA_CHANGES}/{change['id']}/place", json=body)


async def place_what(w: World, facility: str) -> Response:
    return await place_left(w, facility, SISTER)


async def place_where(w: World, area: str) -> Response:
    return await place_left(w, w.facility, area)


async def changes_opening(w: World, code: str) -> Response:
    return await changes(w, "convert", {"origin": VILLAGE, "to": code}, code)


async def changes_of(w: World, code: str) -> Response:
    return await changes(w, "merge", {"origin": code, "to": SISTER})


async def changes_to(w: World, code: str) -> Response:
    return await changes(w, "merge", {"origin": VILLAGE, "to": code})


async def shares_to(w: World, code: str) -> Response:
    return await changes(w, "split", {"origin": VILLAGE, "shares": [{"to": code}]})


def shares(what: str) -> Ask:
    async def ask(w: World, named: str) -> Response:
        return await changes(w, "split", {"origin": VILLAGE, "shares": [{"to": SISTER, what: [named]}]})

    return ask


async def edition_of(w: World, file: Json, *moves: Json) -> Response:
    """The town's newer file, carried out as it was compared."""
    seen = await w.registrar.post(f"{EDITIONS}/compare", json=file)
    digest = seen.json().get("digest", "0" * 32)
    return await w.registrar.post(f"{EDITIONS}/apply", json={**file, "digest": digest, "moves": list(moves)})


def town_file(*divisions: Json, area: str = TOWN) -> Json:
    return {"area": area, "effective_on": "2026-03-10", **rows(a_division(TOWN, "岑城镇"), *divisions)}


NEW_VILLAGE = a_division("450481100203", "新村")
BOTH = (a_division(VILLAGE, "思孟村委会"), a_division(SISTER, "木榔村委会"))


async def compares_of(w: World, area: str) -> Response:
    return await w.registrar.post(f"{EDITIONS}/compare", json=town_file(*BOTH, area=area))


def compares(column: str) -> Ask:
    async def ask(w: World, value: Any) -> Response:
        file = town_file(*BOTH, {**NEW_VILLAGE, column: value})
        return await w.registrar.post(f"{EDITIONS}/compare", json=file)

    return ask


async def edition_for(w: World, area: str) -> Response:
    return await edition_of(w, town_file(*BOTH, area=area))


def edition_with(column: str) -> Ask:
    async def ask(w: World, value: Any) -> Response:
        return await edition_of(w, town_file(*BOTH, {**NEW_VILLAGE, column: value}))

    return ask


async def edition_ends(w: World, code: str) -> Response:
    return await edition_of(w, town_file(BOTH[1]), {"origin": code, "to": SISTER})


async def edition_heir(w: World, code: str) -> Response:
    return await edition_of(w, town_file(BOTH[1]), {"origin": VILLAGE, "to": code})


async def edition_divides(w: World, code: str) -> Response:
    return await edition_of(w, town_file(*BOTH), {"origin": VILLAGE, "shares": [{"to": code}]})


def edition_shares(what: str) -> Ask:
    async def ask(w: World, named: str) -> Response:
        share = {"to": SISTER, what: [named]}
        return await edition_of(w, town_file(*BOTH), {"origin": VILLAGE, "shares": [share]})

    return ask


def registers(book: str) -> Ask:
    async def ask(w: World, area: str) -> Response:
        return await w.clerk.post(PERSONS, json=a_person(**{book: {"area": area}}))

    return ask


def likens(book: str) -> Ask:
    async def ask(w: World, area: str) -> Response:
        return await w.clerk.post(f"{PERSONS}/possible-duplicates", json=a_person(**{book: {"area": area}}))

    return ask


def moves_in(book: str) -> Ask:
    """Somebody who left comes back."""

    async def ask(w: World, area: str) -> Response:
        given(await w.clerk.post(f"{PERSONS}/{w.single}/move-out", json={"occurred_on": "2026-02-01"}))
        body = {"occurred_on": "2026-03-01", "residence": {"area": VILLAGE}, "registration": {"area": VILLAGE}}
        return await w.clerk.post(f"{PERSONS}/{w.single}/move-in", json=body | {book: {"area": area}})

    return ask


def names_parent(who: str) -> Ask:
    async def ask(w: World, parent: str) -> Response:
        return await w.clerk.post(PERSONS, json=a_newborn(who, parent))

    return ask


def a_newborn(who: str, parent: str) -> Json:
    birth = {"entry": "birth", "occurred_on": "2026-03-10", "birth_date": "2026-03-10", "document": None}
    return a_person(name="覃小宝", delivery={f"{who}_id": parent}, **birth)


def founds_with_newborn(who: str) -> Ask:
    async def ask(w: World, parent: str) -> Response:
        child = {"relation": "30", "person": a_newborn(who, parent)}
        head = {"relation": "02", "person_id": w.single}
        return await w.clerk.post(HOUSEHOLDS, json=a_household(head, child))

    return ask


def joins_newborn(who: str) -> Ask:
    async def ask(w: World, parent: str) -> Response:
        member = {"relation": "30", "person": a_newborn(who, parent)}
        return await w.clerk.post(f"{HOUSEHOLDS}/{w.ours['id']}/members", json=member)

    return ask


async def move_in_whom(w: World, person: str) -> Response:
    given(await w.clerk.post(f"{PERSONS}/{w.single}/move-out", json={"occurred_on": "2026-02-01"}))
    body = {"occurred_on": "2026-03-01", "residence": {"area": VILLAGE}, "registration": {"area": VILLAGE}}
    return await w.clerk.post(f"{PERSONS}/{person}/move-in", json=body)


def happens_to(verb: str) -> Ask:
    async def ask(w: World, person: str) -> Response:
        return await w.clerk.post(f"{PERSONS}/{person}/{verb}", json={"occurred_on": "2026-03-01"})

    return ask


async def three(w: World) -> str:
    """A child joins the household of two, so that a new head has somebody to be related to."""
    child = (await register(w.clerk, name="覃小宝", birth_date="2010-01-05"))["id"]
    path = f"{HOUSEHOLDS}/{w.ours['id']}/members"
    given(await w.clerk.post(path, json={"relation": "30", "person_id": child}))
    return str(child)


async def succession(w: World, verb: str, head: str, stays: str) -> Response:
    heir = {"head": head, "relations": [{"person_id": stays, "relation": "30"}]}
    body = {"occurred_on": "2026-03-01", "new_head": heir}
    return await w.clerk.post(f"{PERSONS}/{w.head}/{verb}", json=body | ELSEWHERE.get(verb, {}))


def succeeds_head(verb: str) -> Ask:
    """The head dies or leaves, `person` is to be the next."""

    async def ask(w: World, person: str) -> Response:
        return await succession(w, verb, person, await three(w))

    return ask


def related_to_head(verb: str) -> Ask:
    """The same, `person` is named as one of those who stay; None: the child who does stay."""

    async def ask(w: World, person: str | None) -> Response:
        child = await three(w)
        return await succession(w, verb, w.spouse, person or child)

    return ask


ELSEWHERE: dict[str, Json] = {
    "move-in": {"residence": {"area": VILLAGE, "kind": "floating"}, "registration": {"area": "431024"}}
}
"""A head moves his registered place to another county: that ends his place in the legal household."""


async def check_books(w: World, area: str) -> Response:
    return await w.registrar.post("/registry/v1/discrepancies/check", json={"area": area})


async def close_books(w: World, area: str) -> Response:
    return await w.clerk.post("/registry/v1/book-closings", json={"area": area, "month": "2026-02"})


async def found_in(w: World, area: str) -> Response:
    member = {"relation": "02", "person": a_person()}
    return await w.clerk.post(HOUSEHOLDS, json=a_household(member, area=area))


async def found_with(w: World, person: str) -> Response:
    return await w.clerk.post(HOUSEHOLDS, json=a_household({"relation": "02", "person_id": person}))


def founds_with_new(book: str) -> Ask:
    async def ask(w: World, area: str) -> Response:
        kind = "living" if book == "registration" else "legal"
        member = {"relation": "02", "person": a_person(**{book: {"area": area}})}
        return await w.clerk.post(HOUSEHOLDS, json=a_household(member, kind=kind))

    return ask


async def join_whose(w: World, household: str) -> Response:
    return await w.clerk.post(f"{HOUSEHOLDS}/{household}/members", json={"relation": "30", "person_id": w.single})


async def join_whom(w: World, person: str) -> Response:
    return await w.clerk.post(f"{HOUSEHOLDS}/{w.ours['id']}/members", json={"relation": "30", "person_id": person})


def joins_new(book: str) -> Ask:
    async def ask(w: World, area: str) -> Response:
        kind = "living" if book == "registration" else "legal"
        household = await found(w.clerk, {"relation": "02", "person_id": w.single}, kind=kind)
        member = {"relation": "30", "person": a_person(name="覃小宝", **{book: {"area": area}})}
        return await w.clerk.post(f"{HOUSEHOLDS}/{household['id']}/members", json=member)

    return ask


async def leave_which(w: World, household: str) -> Response:
    person = w.spouse if household == w.ours["id"] else members_of(w.theirs)[1]
    return await w.clerk.post(f"{HOUSEHOLDS}/{household}/members/{person}/remove", json={"left_on": "2026-03-01"})


async def leave_who(w: World, person: str) -> Response:
    return await w.clerk.post(f"{HOUSEHOLDS}/{w.ours['id']}/members/{person}/remove", json={"left_on": "2026-03-01"})


async def leave_to(w: World, person: str) -> Response:
    heir = {"head": person, "relations": [{"person_id": await three(w), "relation": "30"}]}
    path = f"{HOUSEHOLDS}/{w.ours['id']}/members/{w.head}/remove"
    return await w.clerk.post(path, json={"left_on": "2026-03-01", "new_head": heir})


async def leave_related(w: World, person: str | None) -> Response:
    child = await three(w)
    heir = {"head": w.spouse, "relations": [{"person_id": person or child, "relation": "30"}]}
    path = f"{HOUSEHOLDS}/{w.ours['id']}/members/{w.head}/remove"
    return await w.clerk.post(path, json={"left_on": "2026-03-01", "new_head": heir})


def split_body(person: str, **what: Any) -> Json:
    return {"on": "2026-03-01", "members": [{"person_id": person, "relation": "02"}]} | what


async def split_which(w: World, household: str) -> Response:
    person = w.spouse if household == w.ours["id"] else members_of(w.theirs)[1]
    return await w.clerk.post(f"{HOUSEHOLDS}/{household}/split", json=split_body(person))


async def split_who(w: World, person: str) -> Response:
    return await w.clerk.post(f"{HOUSEHOLDS}/{w.ours['id']}/split", json=split_body(person))


async def split_into(w: World, area: str) -> Response:
    return await w.clerk.post(f"{HOUSEHOLDS}/{w.ours['id']}/split", json=split_body(w.spouse, area=area))


async def split_to(w: World, person: str) -> Response:
    heir = {"head": person, "relations": [{"person_id": await three(w), "relation": "30"}]}
    return await w.clerk.post(f"{HOUSEHOLDS}/{w.ours['id']}/split", json=split_body(w.head, new_head=heir))


async def split_related(w: World, person: str | None) -> Response:
    child = await three(w)
    heir = {"head": w.spouse, "relations": [{"person_id": person or child, "relation": "30"}]}
    return await w.clerk.post(f"{HOUSEHOLDS}/{w.ours['id']}/split", json=split_body(w.head, new_head=heir))


async def heir_of(w: World, household: str, head: str, stays: str | None) -> Response:
    child = await three(w)
    relations = [{"person_id": w.head, "relation": "10"}, {"person_id": stays or child, "relation": "30"}]
    body = {"on": "2026-03-01", "new_head": {"head": head, "relations": relations}}
    return await w.clerk.post(f"{HOUSEHOLDS}/{household}/change-head", json=body)


async def head_changes_where(w: World, household: str) -> Response:
    return await heir_of(w, household, w.spouse, None)


async def head_changes_to(w: World, person: str) -> Response:
    return await heir_of(w, w.ours["id"], person, None)


async def head_changes_for(w: World, person: str | None) -> Response:
    return await heir_of(w, w.ours["id"], w.spouse, person)


async def term_in(w: World, area: str) -> Response:
    return await w.clerk.post(TERMS, json=a_director(area=area))


async def term_of(w: World, person: str) -> Response:
    return await w.clerk.post(TERMS, json=a_resident(person))


async def correct_term(w: World, term: str) -> Response:
    return await w.clerk.post(f"{TERMS}/{term}/correct", json=a_director(post="women_head", way="by_election"))


async def correct_term_into(w: World, area: str) -> Response:
    body = a_director(post="women_head", way="by_election", area=area)
    return await w.clerk.post(f"{TERMS}/{w.term}/correct", json=body)


async def correct_term_of(w: World, person: str) -> Response:
    return await w.clerk.post(f"{TERMS}/{w.term}/correct", json=a_resident(person, "women_head"))


async def asks_about(w: World, tag: str) -> Response:
    return await w.clerk.post(f"{TAGS}/{tag}/contacts", json=somebody())


async def asks_whom(w: World, person: str) -> Response:
    return await w.clerk.post(f"{TAGS}/{w.tag}/contacts", json=resident(person, role="responsible"))


async def merge_into(w: World, household: str) -> Response:
    single = await found(w.clerk, {"relation": "02", "person_id": w.single})
    told = [{"person_id": w.single, "relation": "99"}]
    body = {"household_id": single["id"], "on": "2026-03-01", "relations": told}
    return await w.clerk.post(f"{HOUSEHOLDS}/{household}/merge", json=body)


async def merge_with(w: World, household: str) -> Response:
    single = await found(w.clerk, {"relation": "02", "person_id": w.single})
    whose = single["id"] if household == w.ours["id"] else household
    told = [
        {"person_id": one, "relation": "99"} for one in ([w.single] if whose == single["id"] else members_of(w.theirs))
    ]
    body = {"household_id": whose, "on": "2026-03-01", "relations": told}
    return await w.clerk.post(f"{HOUSEHOLDS}/{w.ours['id']}/merge", json=body)


async def merge_who(w: World, person: str) -> Response:
    single = await found(w.clerk, {"relation": "02", "person_id": w.single})
    told = [{"person_id": person, "relation": "99"}]
    body = {"household_id": single["id"], "on": "2026-03-01", "relations": told}
    return await w.clerk.post(f"{HOUSEHOLDS}/{w.ours['id']}/merge", json=body)


async def extract_of(w: World, person: str) -> Response:
    body = {"audience": "services_hall", "purpose": "case_handling", "place": VILLAGE}
    return await w.clerk.post(f"{PERSONS}/{person}/extracts", json=body)


async def extract_for(w: World, place: str) -> Response:
    body = {"audience": "services_hall", "purpose": "case_handling", "place": place}
    return await w.clerk.post(f"{PERSONS}/{w.single}/extracts", json=body)


async def point_first(w: World, person: str) -> Response:
    return await w.clerk.post(DUPLICATES, json={"first_id": person, "second_id": w.head})


async def point_second(w: World, person: str) -> Response:
    return await w.clerk.post(DUPLICATES, json={"first_id": w.head, "second_id": person})


async def decide_which(w: World, whose: str) -> Response:
    client, other = (w.clerk, w.head) if whose == w.single else (w.far, w.foreign_head)
    pair = given(await client.post(DUPLICATES, json={"first_id": whose, "second_id": other}), 201)
    return await w.clerk.post(f"{DUPLICATES}/{pair['id']}/decide", json={"decision": "different"})


async def decide_survivor(w: World, person: str) -> Response:
    pair = given(await point_first(w, w.single), 201)
    body = {"decision": "same", "survivor_id": person}
    return await w.clerk.post(f"{DUPLICATES}/{pair['id']}/decide", json=body)


async def enter_in(w: World, area: str) -> Response:
    return await w.clerk.post(BUILDINGS, json=a_building(area=area))


async def correct_building(w: World, building: str, area: str) -> Response:
    body = a_building(area=area, floors=7)
    del body["valid_from"]
    return await w.clerk.post(f"{BUILDINGS}/{building}/correct", json=body)


async def correct_which(w: World, building: str) -> Response:
    return await correct_building(w, building, VILLAGE)


async def correct_into(w: World, area: str) -> Response:
    return await correct_building(w, w.building, area)


async def enter_organisation_in(w: World, area: str) -> Response:
    return await w.clerk.post(ORGANISATIONS, json=an_organisation(area=area))


async def correct_organisation(w: World, organisation: str) -> Response:
    return await w.clerk.post(f"{ORGANISATIONS}/{organisation}/correct", json=an_organisation())


async def correct_organisation_into(w: World, area: str) -> Response:
    return await w.clerk.post(f"{ORGANISATIONS}/{w.organisation}/correct", json=an_organisation(area=area))


def forms(what: str) -> Ask:
    async def ask(w: World, value: Any) -> Response:
        named = {"members": [value]} if what == "members" else {"members": [VILLAGE], what: value}
        return await w.registrar.post(AREA_SETS, json=a_set(**named))

    return ask


async def correct_set(w: World, area_set: str) -> Response:
    return await w.registrar.post(f"{AREA_SETS}/{area_set}/correct", json={"name": "新名"})


def corrects_set(what: str) -> Ask:
    async def ask(w: World, value: Any) -> Response:
        return await w.registrar.post(f"{AREA_SETS}/{w.area_set}/correct", json={"name": "新名", what: value})

    return ask


async def exchange_in(w: World, area_set: str) -> Response:
    body = {"on": "2026-02-02", "joins": [SISTER]}
    return await w.registrar.post(f"{AREA_SETS}/{area_set}/change-members", json=body)


async def joins(w: World, area: str) -> Response:
    body = {"on": "2026-02-02", "joins": [area]}
    return await w.registrar.post(f"{AREA_SETS}/{w.area_set}/change-members", json=body)


async def leaves(w: World, area: str) -> Response:
    body = {"on": "2026-02-02", "joins": [SISTER], "leaves": [area]}
    return await w.registrar.post(f"{AREA_SETS}/{w.area_set}/change-members", json=body)


async def enter_facility_in(w: World, area: str) -> Response:
    return await w.clerk.post(FACILITIES, json=a_facility(area=area))


async def enter_facility_of(w: World, organisation: str) -> Response:
    return await w.clerk.post(FACILITIES, json=a_facility(organisation_id=organisation))


async def correct_facility(w: World, facility: str) -> Response:
    return await w.clerk.post(f"{FACILITIES}/{facility}/correct", json=a_facility())


async def correct_facility_into(w: World, area: str) -> Response:
    return await w.clerk.post(f"{FACILITIES}/{w.facility}/correct", json=a_facility(area=area))


async def correct_facility_of(w: World, organisation: str) -> Response:
    return await w.clerk.post(f"{FACILITIES}/{w.facility}/correct", json=a_facility(organisation_id=organisation))


async def enter_into(w: World, building: str) -> Response:
    body = {"building_id": building, "room": "1", "valid_from": "2026-01-01"}
    return await w.clerk.post(DWELLINGS, json=body)


async def occupy_which(w: World, dwelling: str) -> Response:
    return await occupy(w.clerk, {"id": dwelling}, person_id=w.single)


async def occupy_who(w: World, person: str) -> Response:
    return await occupy(w.clerk, {"id": w.dwelling}, person_id=person)


async def occupy_household(w: World, household: str) -> Response:
    return await occupy(w.clerk, {"id": w.dwelling}, household_id=household)


async def hand_in(client: AsyncClient) -> str:
    return str(given(await client.post("/registry/v1/files", content=b"%PDF-1.7 letter"), 201)["id"])


async def letter_of(w: World, client: AsyncClient, dwelling: str, person: str) -> Response:
    """A letter of the clerk's for what `client` entered."""
    made = given(await occupy(client, {"id": dwelling}, role="tenant", person_id=person), 201)
    return await w.clerk.post(f"{OCCUPANCIES}/{made['id']}/letter", json={"file": await hand_in(w.clerk)})


async def letter_for(w: World, whose: str) -> Response:
    if whose == w.single:
        return await letter_of(w, w.clerk, w.dwelling, whose)
    return await letter_of(w, w.far, w.foreign_dwelling, whose)


async def letter_from(w: World, whose: str) -> Response:
    made = given(await occupy(w.clerk, {"id": w.dwelling}, role="tenant", person_id=w.single), 201)
    file = await hand_in(w.clerk if whose == w.single else w.far)
    return await w.clerk.post(f"{OCCUPANCIES}/{made['id']}/letter", json={"file": file})


async def correction_of(w: World, person: str, **what: Any) -> Response:
    body = {"changes": {"name": "覃秀瑛"}, "reason": "entry_error", **what}
    return await w.clerk.post(f"{PERSONS}/{person}/corrections", json=body, headers={"If-Match": '"1"'})


async def correction_with(w: World, whose: str) -> Response:
    file = await hand_in(w.clerk if whose == w.single else w.far)
    return await correction_of(w, w.single, evidence=[file])


async def proof_of_self(w: World, client: AsyncClient, place: str) -> str:
    """A proof for reading what is kept of the head."""
    told = {"document_number": w.head_number, "phone": "13807748000"}
    made = given(await client.post(PROOFS, json={"place": place, "purpose": "self", **told}), 201)
    return str(made["id"])


async def corrected_by(w: World, proof: str, **what: Any) -> Response:
    body = {"changes": {"phone": "13900001111"}, "reason": "new_evidence", **what}
    return await w.clerk.post(f"{PROOFS}/{proof}/corrections", json=body, headers={"If-Match": "*"})


async def corrected_by_whose(w: World, place: str) -> Response:
    return await corrected_by(w, await proof_of_self(w, w.clerk if place == VILLAGE else w.far, place))


async def corrected_by_with(w: World, whose: str) -> Response:
    file = await hand_in(w.clerk if whose == w.single else w.far)
    return await corrected_by(w, await proof_of_self(w, w.clerk, VILLAGE), evidence=[file])


async def consents_of(w: World, person: str) -> Response:
    return await w.clerk.post(f"{PERSONS}/{person}/consents", json=a_paper())


async def consents_signed_by(w: World, guardian: str) -> Response:
    """For a child of the head, whom a clerk names as who has signed."""
    body = a_paper(guardian={"incapacity": "minor", "person_id": guardian})
    return await w.clerk.post(f"{PERSONS}/{await a_child_of_ours(w)}/consents", json=body)


async def a_child_of_ours(w: World) -> str:
    child = (await register(w.clerk, name="覃小宝", birth_date="2016-01-05"))["id"]
    path = f"{HOUSEHOLDS}/{w.ours['id']}/members"
    given(await w.clerk.post(path, json={"relation": "30", "person_id": child}))
    return str(child)


async def consents_by_whose(w: World, place: str) -> Response:
    proof = await proof_of_self(w, w.clerk if place == VILLAGE else w.far, place)
    return await w.clerk.post(f"{PROOFS}/{proof}/consents", json=a_wish())


async def consents_for_whom(w: World, child: str) -> Response:
    """The head at the counter speaks for somebody; "ours": a child of the own household."""
    proof = await proof_of_self(w, w.clerk, VILLAGE)
    whom = await a_child_of_ours(w) if child == "ours" else child
    body = a_wish(ward={"person_id": whom, "incapacity": "minor"})
    return await w.clerk.post(f"{PROOFS}/{proof}/consents", json=body)


async def withdraws_by_whose(w: World, place: str) -> Response:
    given(await consents_by_whose(w, VILLAGE), 201)
    proof = await proof_of_self(w, w.clerk if place == VILLAGE else w.far, place)
    return await w.clerk.post(f"{PROOFS}/{proof}/consents/withdraw", json={"purpose": "messages"})


async def withdraws_for_whom(w: World, child: str) -> Response:
    made = given(await consents_for_whom(w, "ours"), 201)
    (kept,) = given(await w.clerk.get("/registry/v1/consents", params={"area": VILLAGE}))["items"]
    assert kept["id"] == made["id"]
    ward = {"person_id": kept["person_id"] if child == "ours" else child, "incapacity": "minor"}
    proof = await proof_of_self(w, w.clerk, VILLAGE)
    body = {"purpose": "messages", "ward": ward}
    return await w.clerk.post(f"{PROOFS}/{proof}/consents/withdraw", json=body)


def asks_into(book: str) -> Ask:
    async def ask(w: World, area: str) -> Response:
        places = {"residence": {"area": VILLAGE}, book: {"area": area}}
        return await w.clerk.post(TRANSFERS, json=a_transfer(**places))

    return ask


async def asked_for(w: World, number: str) -> str:
    """The path of a transfer into SISTER."""
    body = a_transfer(document_number=number, residence={"area": SISTER}, occurred_on="2026-03-01")
    return f"{TRANSFERS}/{given(await w.registrar.post(TRANSFERS, json=body), 201)['id']}"


async def confirm_whose(w: World, whose: str) -> Response:
    number, of_ours = a_number(), whose == w.single
    await register(w.clerk if of_ours else w.far, document={"number": number}, **({} if of_ours else FAR_AWAY))
    return await w.clerk.post(f"{await asked_for(w, number)}/confirm", json={})


async def head_transferred(w: World, head: str, stays: str) -> Response:
    """The head of a living household goes."""
    people = [(w.head, "02"), (w.spouse, "10"), (await three(w), "30")]
    members = [{"person_id": one, "relation": relation} for one, relation in people]
    await found(w.clerk, *members, kind="living")
    heir = {"head": head, "relations": [{"person_id": stays or people[2][0], "relation": "30"}]}
    return await w.clerk.post(f"{await asked_for(w, w.head_number)}/confirm", json={"new_head": heir})


async def confirm_to(w: World, head: str) -> Response:
    return await head_transferred(w, head, "")


async def confirm_related(w: World, stays: str | None) -> Response:
    return await head_transferred(w, w.spouse, stays or "")


async def proves_at(w: World, place: str) -> Response:
    body = {"place": place, "purpose": "case_handling", "document_number": w.head_number, "phone": "13807748000"}
    return await w.clerk.post(PROOFS, json=body)


HUSBAND = {"name": "梁大山", "sex": "1", "birth_date": "1958-03-02"}


async def marries(w: World, person: str, **what: Any) -> Response:
    body = {"person_id": person, "married_on": "2026-02-01", "households_on": "2026-03-01"} | what
    return await w.clerk.post(MARRIAGES, json=body)


async def marries_who(w: World, person: str) -> Response:
    return await marries(w, person, spouse=HUSBAND)


async def marries_whom(w: World, spouse: str) -> Response:
    return await marries(w, w.single, spouse_id=spouse)


def wed_into(household: str, person: str, relation: str = "99") -> Json:
    return {"households": [{"household_id": household, "person_id": person, "relation": relation}]}


async def marries_into(w: World, household: str) -> Response:
    return await marries(w, w.single, spouse_id=w.spouse, **wed_into(household, w.single))


async def marries_as(w: World, person: str) -> Response:
    return await marries(w, w.single, spouse_id=w.spouse, **wed_into(w.ours["id"], person))


async def head_marries(w: World, head: str, stays: str | None) -> Response:
    """The head goes to her husband's household."""
    child = await three(w)
    man = (await register(w.clerk, name="莫大海", sex="1", birth_date="1957-03-02"))["id"]
    his = await found(w.clerk, {"relation": "02", "person_id": man})
    heir = {"head": head, "relations": [{"person_id": stays or child, "relation": "30"}]}
    return await marries(w, w.head, spouse_id=man, **wed_into(his["id"], w.head, "12"), new_head=heir)


async def marries_leaving_to(w: World, head: str) -> Response:
    return await head_marries(w, head, None)


async def marries_leaving_related(w: World, stays: str | None) -> Response:
    return await head_marries(w, w.spouse, stays)


async def divorces_which(w: World, whose: str) -> Response:
    client = w.clerk if whose == w.single else w.far
    body = {"person_id": whose, "spouse": HUSBAND, "married_on": "2026-02-01"}
    made = given(await client.post(MARRIAGES, json=body), 201)
    return await w.clerk.post(f"{MARRIAGES}/{made['id']}/divorce", json={"divorced_on": "2026-03-01"})


async def divorces(w: World, part: Json, **what: Any) -> Response:
    made = given(await marries(w, w.head, spouse_id=w.spouse), 201)
    body = {"divorced_on": "2026-03-01", "households": [{"kind": "legal"} | part]} | what
    return await w.clerk.post(f"{MARRIAGES}/{made['id']}/divorce", json=body)


async def divorces_into(w: World, household: str) -> Response:
    own = await found(w.clerk, {"relation": "02", "person_id": w.single})
    joined = own["id"] if household == w.ours["id"] else household
    return await divorces(w, {"person_id": w.spouse, "household_id": joined, "relation": "99"})


async def divorces_who(w: World, person: str) -> Response:
    return await divorces(w, {"person_id": person})


async def head_is_divorced(w: World, head: str, stays: str | None) -> Response:
    heir = {"head": head, "relations": [{"person_id": stays or await three(w), "relation": "30"}]}
    return await divorces(w, {"person_id": w.head}, new_head=heir)


async def divorces_leaving_to(w: World, head: str) -> Response:
    return await head_is_divorced(w, head, None)


async def divorces_leaving_related(w: World, stays: str | None) -> Response:
    return await head_is_divorced(w, w.spouse, stays)


HEIR = (lambda w: w.foreign_head), (lambda w: w.spouse), "household_needs_head"
RELATED = (lambda w: w.stranger), (lambda w: None), "succession_names_others"
MOTHER = (lambda w: w.foreign_head), (lambda w: w.head)
FATHER = (lambda w: members_of(w.theirs)[1]), (lambda w: w.spouse)
OURS, THEIRS = (lambda w: w.ours["id"]), (lambda w: w.theirs["id"])

CASES: dict[str, Mapping[str, Asked | str]] = {
    "importAreas": {
        "rows[].code": asked(imports("code"), FAR_CODE, lambda w: SISTER, "invalid_request"),
        "rows[].parent_code": asked(
            imports("parent_code"), lambda w: FAR[:9] + "000", lambda w: TOWN + "000", "invalid_request"
        ),
    },
    "abolishArea": {
        "path.code": asked(abolish, FAR_CODE, VILLAGE_CODE),
        "successors[]": asked(succeed, FAR_CODE, lambda w: SISTER, "invalid_request"),
    },
    "placeLeftBehind": {
        "path.id": "asked for: `area_changes/test_left_behind.py`",
        "id": asked(place_what, lambda w: w.foreign_facility, lambda w: w.facility),
        "to": asked(place_where, FAR_CODE, lambda w: SISTER),
    },
    "changeAreas": {
        "opens[].code": asked(changes_opening, lambda w: "450481102009", lambda w: "450481100009", "invalid_request"),
        "moves[].origin": asked(changes_of, FAR_CODE, VILLAGE_CODE, "invalid_request"),
        "moves[].to": asked(changes_to, FAR_CODE, lambda w: SISTER, "invalid_request"),
        "moves[].shares[].to": asked(shares_to, FAR_CODE, lambda w: SISTER, "invalid_request"),
        "moves[].shares[].households[]": asked(shares("households"), THEIRS, OURS),
        "moves[].shares[].persons[]": asked(shares("persons"), STRANGER, SINGLE),
        "moves[].shares[].buildings[]": asked(shares("buildings"), lambda w: w.foreign_building, lambda w: w.building),
        "moves[].shares[].grids[]": asked(
            shares("grids"), lambda w: FAR + "001", lambda w: VILLAGE + "001", "invalid_request"
        ),
    },
    "compareAreaEdition": {
        "area": asked(compares_of, lambda w: FAR[:9], lambda w: TOWN),
        "rows[].code": asked(compares("code"), FAR_CODE, lambda w: "450481100203", "invalid_request"),
        "rows[].parent_code": asked(
            compares("parent_code"), lambda w: FAR[:9] + "000", lambda w: TOWN + "000", "invalid_request"
        ),
    },
    "applyAreaEdition": {
        "area": asked(edition_for, lambda w: FAR[:9], lambda w: TOWN),
        "rows[].code": asked(edition_with("code"), FAR_CODE, lambda w: "450481100203", "invalid_request"),
        "rows[].parent_code": asked(
            edition_with("parent_code"), lambda w: FAR[:9] + "000", lambda w: TOWN + "000", "invalid_request"
        ),
        "moves[].origin": asked(edition_ends, FAR_CODE, VILLAGE_CODE, "invalid_request"),
        "moves[].to": asked(edition_heir, FAR_CODE, lambda w: SISTER, "invalid_request"),
        "moves[].shares[].to": asked(edition_divides, FAR_CODE, lambda w: SISTER, "invalid_request"),
        "moves[].shares[].households[]": asked(edition_shares("households"), THEIRS, OURS),
        "moves[].shares[].persons[]": asked(edition_shares("persons"), STRANGER, SINGLE),
        "moves[].shares[].buildings[]": asked(
            edition_shares("buildings"), lambda w: w.foreign_building, lambda w: w.building
        ),
        "moves[].shares[].grids[]": asked(
            edition_shares("grids"), lambda w: FAR + "001", lambda w: VILLAGE + "001", "invalid_request"
        ),
    },
    "registerPerson": {
        **{f"{book}.area": asked(registers(book), FAR_CODE, VILLAGE_CODE) for book in FAR_AWAY},
        "delivery.mother_id": asked(names_parent("mother"), *MOTHER),
        "delivery.father_id": asked(names_parent("father"), *FATHER),
    },
    "findPossibleDuplicates": {
        **{f"{book}.area": asked(likens(book), FAR_CODE, VILLAGE_CODE) for book in FAR_AWAY},
        "delivery.mother_id": NOT_COMPARED,
        "delivery.father_id": NOT_COMPARED,
    },
    "bindOwnAccount": {"code": "what the resident was given: no place"},
    "requestOwnCorrection": {"evidence[]": "asked for: `tests/registry/own_data/test_api.py`"},
    "requestCorrectionByProof": {
        "path.id": asked(corrected_by_whose, FAR_CODE, VILLAGE_CODE),
        "evidence[]": asked(corrected_by_with, STRANGER, SINGLE),
    },
    "recordConsent": {
        "path.id": asked(consents_of, STRANGER, SINGLE),
        "guardian.person_id": asked(consents_signed_by, STRANGER, lambda w: w.head),
        "guardian.contact_id": "of the person's own tags alone: `consents/test_api.py`",
    },
    "giveConsentByProof": {
        "path.id": asked(consents_by_whose, FAR_CODE, VILLAGE_CODE),
        "ward.person_id": asked(consents_for_whom, STRANGER, lambda w: "ours"),
    },
    "withdrawConsentByProof": {
        "path.id": asked(withdraws_by_whose, FAR_CODE, VILLAGE_CODE),
        "ward.person_id": asked(withdraws_for_whom, STRANGER, lambda w: "ours"),
    },
    "requestCorrection": {
        "path.id": asked(correction_of, STRANGER, SINGLE),
        "evidence[]": asked(correction_with, STRANGER, SINGLE),
    },
    "movePersonIn": {
        "path.id": asked(move_in_whom, STRANGER, SINGLE),
        **{f"{book}.area": asked(moves_in(book), FAR_CODE, VILLAGE_CODE) for book in FAR_AWAY},
        "new_head.head": asked(succeeds_head("move-in"), *HEIR),
        "new_head.relations[].person_id": asked(related_to_head("move-in"), *RELATED),
    },
    **{
        operation: {
            "path.id": asked(happens_to(verb), STRANGER, SINGLE),
            "new_head.head": asked(succeeds_head(verb), *HEIR),
            "new_head.relations[].person_id": asked(related_to_head(verb), *RELATED),
        }
        for operation, verb in (("movePersonOut", "move-out"), ("recordDeath", "death"))
    },
    "openProof": {"place": asked(proves_at, FAR_CODE, VILLAGE_CODE), "code": "what the resident tells: no place"},
    "enterTagContact": {
        "path.id": asked(asks_about, lambda w: w.foreign_tag, lambda w: w.tag),
        "person_id": asked(asks_whom, STRANGER, lambda w: w.spouse),
    },
    "registerMarriage": {
        "person_id": asked(marries_who, STRANGER, SINGLE),
        "spouse_id": asked(marries_whom, lambda w: members_of(w.theirs)[1], lambda w: w.spouse),
        "households[].household_id": asked(marries_into, THEIRS, OURS),
        "households[].person_id": asked(marries_as, STRANGER, SINGLE),
        "new_head.head": asked(marries_leaving_to, *HEIR),
        "new_head.relations[].person_id": asked(marries_leaving_related, *RELATED),
    },
    "recordDivorce": {
        "path.id": asked(divorces_which, STRANGER, SINGLE),
        "households[].household_id": asked(divorces_into, THEIRS, OURS),
        "households[].person_id": asked(divorces_who, STRANGER, lambda w: w.spouse),
        "new_head.head": asked(divorces_leaving_to, *HEIR),
        "new_head.relations[].person_id": asked(divorces_leaving_related, *RELATED),
    },
    "requestTransfer": {f"{book}.area": asked(asks_into(book), FAR_CODE, VILLAGE_CODE) for book in FAR_AWAY},
    "confirmTransfer": {
        "path.id": asked(confirm_whose, STRANGER, SINGLE),
        "new_head.head": asked(confirm_to, *HEIR),
        "new_head.relations[].person_id": asked(confirm_related, *RELATED),
    },
    "closeBooks": {"area": asked(close_books, FAR_CODE, VILLAGE_CODE)},
    "checkBooks": {"area": asked(check_books, FAR_CODE, VILLAGE_CODE)},
    "foundHousehold": {
        "area": asked(found_in, FAR_CODE, VILLAGE_CODE),
        "members[].person_id": asked(found_with, STRANGER, SINGLE),
        **{f"members[].person.{book}.area": asked(founds_with_new(book), FAR_CODE, VILLAGE_CODE) for book in FAR_AWAY},
        "members[].person.delivery.mother_id": asked(founds_with_newborn("mother"), *MOTHER),
        "members[].person.delivery.father_id": asked(founds_with_newborn("father"), *FATHER),
    },
    "addHouseholdMember": {
        "path.id": asked(join_whose, THEIRS, OURS),
        "person_id": asked(join_whom, STRANGER, SINGLE),
        **{f"person.{book}.area": asked(joins_new(book), FAR_CODE, VILLAGE_CODE) for book in FAR_AWAY},
        "person.delivery.mother_id": asked(joins_newborn("mother"), *MOTHER),
        "person.delivery.father_id": asked(joins_newborn("father"), *FATHER),
    },
    "removeHouseholdMember": {
        "path.id": asked(leave_which, THEIRS, OURS),
        "path.person_id": asked(leave_who, STRANGER, lambda w: w.spouse),
        "new_head.head": asked(leave_to, *HEIR),
        "new_head.relations[].person_id": asked(leave_related, *RELATED),
    },
    "splitHousehold": {
        "path.id": asked(split_which, THEIRS, OURS),
        "area": asked(split_into, FAR_CODE, VILLAGE_CODE),
        "members[].person_id": asked(split_who, STRANGER, lambda w: w.spouse),
        "new_head.head": asked(split_to, *HEIR),
        "new_head.relations[].person_id": asked(split_related, *RELATED),
    },
    "changeHouseholdHead": {
        "path.id": asked(head_changes_where, THEIRS, OURS),
        "new_head.head": asked(head_changes_to, (lambda w: w.foreign_head), (lambda w: w.spouse)),
        "new_head.relations[].person_id": asked(head_changes_for, *RELATED),
    },
    "mergeHouseholds": {
        "path.id": asked(merge_into, THEIRS, OURS),
        "household_id": asked(merge_with, THEIRS, OURS),
        "relations[].person_id": asked(merge_who, STRANGER, SINGLE),
    },
    "signExtract": {
        "path.id": asked(extract_of, STRANGER, SINGLE),
        "place": asked(extract_for, FAR_CODE, VILLAGE_CODE),
    },
    "pointAtDuplicate": {
        "first_id": asked(point_first, STRANGER, SINGLE),
        "second_id": asked(point_second, STRANGER, SINGLE),
    },
    "decideDuplicate": {
        "path.id": asked(decide_which, STRANGER, SINGLE),
        "survivor_id": asked(decide_survivor, STRANGER, SINGLE, "survivor_missing"),
    },
    "enterBuilding": {"area": asked(enter_in, FAR_CODE, VILLAGE_CODE)},
    "correctBuilding": {
        "path.id": asked(correct_which, lambda w: w.foreign_building, lambda w: w.building),
        "area": asked(correct_into, FAR_CODE, VILLAGE_CODE, "building_of_other_village"),
    },
    "enterOrganisation": {"area": asked(enter_organisation_in, FAR_CODE, VILLAGE_CODE)},
    "correctOrganisation": {
        "path.id": asked(correct_organisation, lambda w: w.foreign_organisation, lambda w: w.organisation),
        "area": asked(correct_organisation_into, FAR_CODE, VILLAGE_CODE, "organisation_of_other_village"),
    },
    "searchOrganisations": {"area": "asked for: `organisations/test_api.py`"},
    "formAreaSet": {
        "members[]": asked(forms("members"), FAR_CODE, VILLAGE_CODE),
        "hall_id": asked(forms("hall_id"), lambda w: w.foreign_facility, lambda w: w.facility),
        "head_id": asked(forms("head_id"), lambda w: w.foreign_term, lambda w: w.term),
    },
    "correctAreaSet": {
        "path.id": asked(correct_set, lambda w: w.foreign_area_set, lambda w: w.area_set),
        "hall_id": asked(corrects_set("hall_id"), lambda w: w.foreign_facility, lambda w: w.facility),
        "head_id": asked(corrects_set("head_id"), lambda w: w.foreign_term, lambda w: w.term),
    },
    "changeAreaSetMembers": {
        "path.id": asked(exchange_in, lambda w: w.foreign_area_set, lambda w: w.area_set),
        "joins[]": asked(joins, FAR_CODE, lambda w: SISTER),
        "leaves[]": asked(leaves, FAR_CODE, VILLAGE_CODE, "invalid_request"),
    },
    "enterFacility": {
        "area": asked(enter_facility_in, FAR_CODE, VILLAGE_CODE),
        "point.longitude": NO_PLACE,
        "organisation_id": asked(enter_facility_of, lambda w: w.foreign_organisation, lambda w: w.organisation),
    },
    "correctFacility": {
        "path.id": asked(correct_facility, lambda w: w.foreign_facility, lambda w: w.facility),
        "area": asked(correct_facility_into, FAR_CODE, VILLAGE_CODE, "facility_of_other_village"),
        "point.longitude": NO_PLACE,
        "organisation_id": asked(correct_facility_of, lambda w: w.foreign_organisation, lambda w: w.organisation),
    },
    "enterTerm": {
        "area": asked(term_in, FAR_CODE, VILLAGE_CODE),
        "person_id": asked(term_of, STRANGER, SINGLE),
    },
    "correctTerm": {
        "path.id": asked(correct_term, lambda w: w.foreign_term, lambda w: w.term),
        "area": asked(correct_term_into, FAR_CODE, VILLAGE_CODE, "term_of_other_village"),
        "person_id": asked(correct_term_of, STRANGER, SINGLE),
    },
    "searchFacilities": {"area": "asked for: `facilities/test_api.py`"},
    "enterDwelling": {"building_id": asked(enter_into, lambda w: w.foreign_building, lambda w: w.building)},
    "beginOccupancy": {
        "path.id": asked(occupy_which, lambda w: w.foreign_dwelling, lambda w: w.dwelling),
        "person_id": asked(occupy_who, STRANGER, SINGLE),
        "household_id": asked(occupy_household, lambda w: w.theirs["id"], lambda w: w.ours["id"]),
    },
    "keepOccupancyLetter": {
        "path.id": asked(letter_for, STRANGER, SINGLE),
        "file": asked(letter_from, STRANGER, SINGLE),
    },
    "verifyCircumstances": {"ids[]": "asked for, each by itself: `circumstances/test_api.py`"},
    "startTag": {"path.id": NO_PLACE, "code": NO_PLACE},
    "startRestrictedTag": {"path.id": NO_PLACE, "code": NO_PLACE},
    "searchPersonsByName": {"area": "asked for: `persons/test_names.py`"},
    "lookUpPersons": {"ids[]": "answers with those of the caller's areas alone: `test_api_lists.py`"},
    "beginPersonImport": {
        "area": f"asked for: `{IMPORTS}::test_who_may_not_import_there_imports_nothing`",
        "file": f"the caller's own: `{IMPORTS}::test_a_file_of_somebody_else_is_not_imported`",
    },
    "requestRetentionRun": {"area": "asked for: `tests/registry/retention_runs/test_api.py`"},
    "beginRetentionExport": {"area": "asked for: `tests/registry/retention_runs/test_api.py`"},
    "beginPersonExport": {
        "area": "asked for: `tests/registry/person_exports/test_exporting.py::test_who_may_not_take_out_takes_nothing`"
    },
    "beginOrganisationImport": {"area": f"asked for: `{TABLES}`", "file": "the caller's own, as of residents"},
    "beginOrganisationExport": {"area": f"asked for: `{TABLES}`"},
    "beginFacilityImport": {"area": f"asked for: `{TABLES}`", "file": "the caller's own, as of residents"},
    "beginFacilityExport": {"area": f"asked for: `{TABLES}`"},
    "beginListImport": {"area": f"asked for: `{TABLES}`", "file": "the caller's own, as of residents"},
    "confirmJobMatch": {
        "seeker_id": f"asked for: `{JOBS}`",
        "vacancy_id": f"asked for, unless the county discloses it: `{JOBS}`",
    },
    **LEDGERS,
}
"""Every place that a body names, and how it is asked for; a text instead of a request says why it is not."""


def test_the_table_names_every_place_of_every_operation() -> None:
    assert {name: frozenset(places) for name, places in CASES.items()} == second_places("registry")


ALL = [
    pytest.param(place, case, id=f"{name}-{place}")
    for name, places in CASES.items()
    for place, case in places.items()
    if isinstance(case, Asked)
]


async def world_of(work: Work, clerk: AsyncClient, far: AsyncClient, registrar: AsyncClient) -> Json:
    """What there is, but for the clients."""
    await open_county(work)
    theirs = await found(
        far,
        {"relation": "02", "person": a_person(**FAR_AWAY)},
        {"relation": "10", "person": a_person(name="莫大山", sex="1", birth_date="1958-03-02", **FAR_AWAY)},
        area=FAR,
    )
    building, number = await enter_building(clerk, address="示例路8号"), a_number()
    single = (await register(clerk))["id"]
    foreign_building = await enter_building(far, area=FAR)
    return {
        "ours": await found(
            clerk,
            {"relation": "02", "person": a_person(document={"number": number})},
            {"relation": "10", "person": a_person(name="覃大山", sex="1", birth_date="1958-03-02")},
        ),
        "theirs": theirs,
        "single": single,
        "stranger": (await register(far, **FAR_AWAY))["id"],
        "building": building["id"],
        "foreign_building": foreign_building["id"],
        "dwelling": (await enter_dwelling(clerk, building))["id"],
        "foreign_dwelling": (await enter_dwelling(far, foreign_building))["id"],
        "head_number": number,
        "organisation": (await enter_team(clerk))["id"],
        "foreign_organisation": (await enter_team(far, area=FAR))["id"],
        "facility": (await enter_facility(clerk, name="老超市"))["id"],
        "foreign_facility": (await enter_facility(far, area=FAR))["id"],
        "tag": (await start_tag(clerk, single, "disabled"))["id"],
        "foreign_tag": (await start_tag(far, members_of(theirs)[0], "disabled"))["id"],
        "term": (await enter_term(clerk, post="women_head"))["id"],
        "foreign_term": (await enter_term(far, area=FAR, post="women_head"))["id"],
        "area_set": (await form(registrar, VILLAGE, kind="pilot"))["id"],
        "foreign_area_set": (await form(registrar, FAR, kind="pilot"))["id"],
    }


@pytest.fixture
async def world(client_of: Client, work: Work, beginning: Beginning, service_database: ServiceDatabase) -> World:
    clerk, far = client_of(*CLERK), client_of(*FAR_CLERK, subject="far")
    there = await beginning(service_database, lambda: world_of(work, clerk, far, client_of(*REGISTRAR)))
    return World(clerk=clerk, far=far, registrar=client_of("county_registrar", TOWN), **there)


TOLD_AT = {"rows[].code": "rows[].parent_code"}
"""A division lies elsewhere because what it belongs to does."""


@pytest.mark.parametrize(("place", "case"), ALL)
async def test_a_place_of_somebody_else_is_refused(world: World, events: Events, place: str, case: Asked) -> None:
    """And, unless it is told to nobody that there is such a thing, which of several it is."""
    answer = await case.ask(world, case.elsewhere(world))
    assert answer.status_code in (404, 409, 422), answer.text
    assert answer.json()["code"] in case.refusals
    told = names(place, answer) or names(TOLD_AT.get(place, place), answer)
    assert answer.status_code == 404 or "[]" not in place or told, answer.text
    touched = {world.stranger, world.theirs["id"], *members_of(world.theirs), world.foreign_building, FAR}
    touched |= {world.foreign_dwelling, world.foreign_organisation, world.foreign_facility, world.foreign_area_set}
    for subject in touched:
        assert len(await events("registry.", subject)) == 1, "opened, registered, founded or entered, and nothing else"


@pytest.mark.parametrize(("place", "case"), ALL)
async def test_the_same_request_with_a_place_of_ones_own_is_done(world: World, place: str, case: Asked) -> None:
    answer = await case.ask(world, case.own(world))
    assert answer.status_code in (200, 201), answer.text


NOT_ASKED: Mapping[tuple[str, str], str] = {
    ("changeAreaSetMembers", "leaves[]"): "a member of the set, or nothing",
    ("enterTerm", "area"): "the terms of the example are of a village: no grid is entered",
    ("correctTerm", "area"): "the same",
    ("findPossibleDuplicates", "residence.area"): "a question: nothing is entered there",
    ("findPossibleDuplicates", "registration.area"): "a question: nothing is entered there",
}
"""Villages or grids that a body names, of which a grid that has not arrived need not be told."""
ENTERED = [
    pytest.param(place, CASES[name][place], id=f"{name}-{place}")
    for name, places in grid_places("registry").items()
    for place in sorted(places)
    if (name, place) not in NOT_ASKED and isinstance(CASES[name][place], Asked)
]


def test_every_grid_that_is_entered_is_asked_for() -> None:
    assert len(ENTERED) > 14


@pytest.mark.parametrize(("place", "case"), ENTERED)
async def test_a_grid_that_has_not_arrived_is_no_final_refusal(world: World, place: str, case: Asked) -> None:
    """The client may have it from grid already: it is told to come again, and which place it is about."""
    answer = await case.ask(world, VILLAGE + "077")
    assert (answer.status_code, answer.json()["code"]) == (503, "not_yet"), answer.text
    assert answer.headers["retry-after"] == "1"
    assert names(place, answer), answer.text
