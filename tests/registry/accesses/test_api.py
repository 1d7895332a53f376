"""Who looked at a person: every look and every change leaves its line, and the page shows it to whom it concerns."""

import pytest

from shared.testing.clock import FrozenClock
from tests.registry.builders import COUNTY, FAR, SISTER, TOWN, VILLAGE, a_person
from tests.registry.conftest import Client
from tests.registry.steps import (
    AUDITOR,
    CLERK,
    FAR_CLERK,
    NOBODY,
    OFFICER,
    PERSONS,
    REGISTRAR,
    RESTRICTED_TAGS,
    TAGS,
    Json,
    assert_not_found,
    assert_refused,
    correct,
    die,
    found,
    given,
    join,
    leave,
    members_of,
    move_in,
    move_out,
    register,
    start_tag,
)

Line = tuple[str, str, str | None, str]
"""Action, detail, purpose, result."""


async def lines(client_of: Client, person: str, limit: int = 200, who: tuple[str, str] = AUDITOR) -> list[Json]:
    """Oldest first."""
    path = f"{PERSONS}/{person}/accesses"
    page = given(await client_of(*who, subject="page").get(path, params={"limit": limit}))
    return [one for one in reversed(page["items"]) if one["subject"] != "page"]


def short(line: Json) -> Line:
    return line["action"], line["detail"], line["purpose"], line["result"]


@pytest.mark.usefixtures("unguarded")
async def test_every_look_and_every_change_leaves_its_line(client_of: Client, county: None) -> None:
    sent = a_person()
    client = client_of(*REGISTRAR, subject="registrar-7")
    person = given(await client.post(PERSONS, json=sent), 201)
    id_, path = person["id"], f"{PERSONS}/{person['id']}"
    given(await client.get(path))
    given(await client.get(path, params={"view": "masked", "purpose": "visit"}))
    given(await client.get(path, params={"view": "full", "purpose": "audit"}))
    given(await client.get(PERSONS, params={"area": VILLAGE}))
    given(await client.get(f"{PERSONS}/count", params={"area": VILLAGE}))  # a number is nobody's
    search = {"document_number": sent["document"]["number"], "purpose": "verification"}
    given(await client.post(f"{PERSONS}/search", json=search))
    given(await client.post(f"{PERSONS}/lookup", json={"ids": [id_], "purpose": "incident"}))
    given(await correct(client, person, ethnic_group="01"))
    extract = {"audience": "services_hall", "purpose": "case_handling", "place": VILLAGE}
    given(await client.post(f"{path}/extracts", json=extract))
    tag = await start_tag(client, id_, "disabled")
    given(await client.get(f"{path}/tags"))
    given(await client.post(f"{TAGS}/{tag['id']}/end", json={"ended_on": "2026-03-02"}))
    restricted = await start_tag(client, id_, "drug_user", restricted=True)
    given(await client.get(f"{path}/restricted-tags"))
    given(await client.post(f"{RESTRICTED_TAGS}/{restricted['id']}/end", json={"ended_on": "2026-03-02"}))
    household = await found(client, {"relation": "02", "person_id": id_})
    given(await leave(client, household, id_, "2026-03-05"))
    given(await move_in(client, id_, "2026-03-06", residence=SISTER))
    given(await move_out(client, id_, "2026-03-07"))
    given(await die(client, id_, "2026-03-08"))
    given(await client.get(f"{path}/accesses"))
    told = await lines(client_of, id_, who=REGISTRAR)
    assert [short(one) for one in told] == [
        ("register", "write", None, "ok"),
        ("read", "masked", None, "ok"),
        ("read", "masked", "visit", "ok"),
        ("read", "full", "audit", "ok"),
        ("list", "masked", None, "ok"),
        ("search", "masked", "verification", "ok"),
        ("lookup", "masked", "incident", "ok"),
        ("correct", "write", None, "ok"),
        ("extract_for_services_hall", "full", "case_handling", "ok"),
        ("tag", "write", None, "ok"),
        ("read_tags", "masked", None, "ok"),
        ("untag", "write", None, "ok"),
        ("restricted_tag", "write", None, "ok"),
        ("read_restricted_tags", "masked", None, "ok"),
        ("restricted_untag", "write", None, "ok"),
        ("join_household", "write", None, "ok"),
        ("leave_household", "write", None, "ok"),
        ("move_in", "write", None, "ok"),
        ("move_out", "write", None, "ok"),
        ("death", "write", None, "ok"),
        ("read_accesses", "masked", None, "ok"),
    ]
    assert {(one["subject"], one["role"]) for one in told} == {("registrar-7", "county_registrar")}


async def test_no_line_hints_at_a_restricted_tag_but_to_who_may_know_of_it(client_of: Client, county: None) -> None:
    """One of two people has a restricted tag; whoever may not know of such sees the same lines of both."""
    registrar = client_of(*REGISTRAR, subject="registrar")
    people = [(await register(client_of(*CLERK)))["id"] for _ in range(2)]
    tag = await start_tag(registrar, people[0], "drug_user", restricted=True)
    for id_ in people:
        given(await registrar.get(f"{PERSONS}/{id_}/tags"))
    given(await registrar.get(f"{PERSONS}/{people[0]}/restricted-tags"))
    given(await registrar.post(f"{RESTRICTED_TAGS}/{tag['id']}/end", json={"ended_on": "2026-03-02"}))
    with_tag, without = [
        [short(one) for one in await lines(client_of, id_, who=("town_officer", TOWN))] for id_ in people
    ]
    assert with_tag == without == [("register", "write", None, "ok"), ("read_tags", "masked", None, "ok")]
    told = [short(one)[0] for one in await lines(client_of, people[0], who=REGISTRAR)]
    assert told == ["register", "restricted_tag", "read_tags", "read_restricted_tags", "restricted_untag"]


async def test_an_auditor_sees_every_access_and_not_whether_the_tag_is_a_restricted_one(
    client_of: Client, county: None
) -> None:
    """One of two people has a care tag, the other a restricted one: the auditor reads the same of both."""
    registrar = client_of(*REGISTRAR, subject="registrar")
    told = []
    for code, path, ends in (("disabled", "tags", TAGS), ("drug_user", "restricted-tags", RESTRICTED_TAGS)):
        id_ = (await register(client_of(*CLERK)))["id"]
        tag = await start_tag(registrar, id_, code, restricted=path != "tags")
        given(await registrar.get(f"{PERSONS}/{id_}/{path}"))
        given(await registrar.post(f"{ends}/{tag['id']}/end", json={"ended_on": "2026-03-02"}))
        told.append([(one["subject"], one["role"], *short(one)) for one in await lines(client_of, id_, who=AUDITOR)])
        elsewhere = ("auditor", FAR)
        assert_not_found(await client_of(*elsewhere).get(f"{PERSONS}/{id_}/accesses"))
    assert told[0] == told[1]
    assert [line[2] for line in told[0]] == ["register", "tag", "read_tags", "untag"]


async def test_a_look_from_outside_the_scope_is_a_line_too(client_of: Client, county: None) -> None:
    person = (await register(client_of(*CLERK)))["id"]
    assert_not_found(await client_of(*FAR_CLERK, subject="stranger").get(f"{PERSONS}/{person}"))
    params = {"view": "full", "purpose": "verification"}
    stranger = client_of("county_registrar", FAR, subject="far-registrar")
    assert_not_found(await stranger.get(f"{PERSONS}/{person}", params=params))
    told = [(one["subject"], *short(one)) for one in await lines(client_of, person)]
    assert told[1:] == [
        ("stranger", "read", "existence", None, "not_found"),
        ("far-registrar", "read", "existence", "verification", "not_found"),
    ]


async def test_a_search_from_outside_and_a_refused_change_are_lines_too(client_of: Client, county: None) -> None:
    sent = a_person()
    person = given(await client_of(*CLERK).post(PERSONS, json=sent), 201)
    body = {"document_number": sent["document"]["number"], "purpose": "visit"}
    assert given(await client_of(*FAR_CLERK).post(f"{PERSONS}/search", json=body)) == {"items": []}
    assert_refused(await correct(client_of(*CLERK), person, phone="1"), "invalid_request", [("phone", "phone")])
    assert [short(one) for one in await lines(client_of, person["id"])] == [
        ("register", "write", None, "ok"),
        ("search", "existence", "visit", "not_found"),
        ("correct", "write", None, "refused"),
    ]


async def test_members_of_a_new_household_have_their_lines(client_of: Client, county: None) -> None:
    household = await found(client_of(*CLERK))
    for one in household["members"]:
        told = [short(line) for line in await lines(client_of, one["person_id"])]
        assert told == [("register", "write", None, "ok"), ("join_household", "write", None, "ok")]


async def test_whoever_joins_a_household_later_has_one_line_for_it(client_of: Client, county: None) -> None:
    client = client_of(*CLERK)
    household, known = await found(client), (await register(client))["id"]
    household = given(await join(client, household, relation="30", person_id=known))
    joined = given(await join(client, household, relation="30", person=a_person()))
    (newcomer,) = {*members_of(joined)} - {*members_of(household)}
    for person in (known, newcomer):
        told = [short(line) for line in await lines(client_of, person)]
        assert told == [("register", "write", None, "ok"), ("join_household", "write", None, "ok")]


async def test_everybody_in_a_list_was_looked_at(client_of: Client, county: None) -> None:
    people = [(await register(client_of(*CLERK)))["id"] for _ in range(3)]
    first = given(await client_of(*OFFICER, subject="lister").get(PERSONS, params={"area": COUNTY, "limit": 2}))
    shown = {one["id"] for one in first["items"]}
    for person in people:
        listed = [one for one in await lines(client_of, person) if one["subject"] == "lister"]
        # the one too many that the page reads to know whether there is another
        assert len(listed) == 1 if person in shown else len(listed) <= 1


async def test_the_line_names_the_role_that_opened_the_door(client_of: Client, county: None) -> None:
    person = (await register(client_of(*CLERK)))["id"]
    readers = [("grid_worker", VILLAGE), ("agent", VILLAGE), ("town_officer", TOWN), ("county_officer", COUNTY)]
    for role, area in readers:
        given(await client_of(role, area, subject=role).get(f"{PERSONS}/{person}"))
    told = (await lines(client_of, person))[1:]
    assert [(one["subject"], one["role"]) for one in told] == [(role, role) for role, _ in readers]


async def test_who_may_read_the_page(client_of: Client, county: None) -> None:
    person = (await register(client_of(*CLERK)))["id"]
    path = f"{PERSONS}/{person}/accesses"
    for role, area in (("town_officer", TOWN), ("county_registrar", COUNTY), ("auditor", VILLAGE)):
        given(await client_of(role, area).get(path))
    for role in ("village_clerk", "grid_worker", "agent", "county_officer", "operator", "resident"):
        assert_refused(await client_of(role, COUNTY).get(path), "forbidden")
    for asked in (person, NOBODY):
        assert_not_found(await client_of("auditor", FAR).get(f"{PERSONS}/{asked}/accesses"))


@pytest.mark.parametrize("limit", [1, 2, 7])
async def test_pages_show_every_line_once_the_newest_first(
    client_of: Client, county: None, clock: FrozenClock, limit: int
) -> None:
    """The clock stands for most of them: lines of one moment keep their order by their place in the log."""
    person = (await register(client_of(*CLERK, subject="0")))["id"]
    for n in range(1, 9):
        given(await client_of(*OFFICER, subject=str(n)).get(f"{PERSONS}/{person}"))
        if n in (3, 6):
            clock.advance(minutes=1)
    path, client = f"{PERSONS}/{person}/accesses", client_of(*AUDITOR, subject="page")
    shown: list[str] = []
    cursor: Json = {}
    while True:
        page = given(await client.get(path, params={"limit": limit, **cursor}))
        assert len(page["items"]) <= limit
        shown += [one["subject"] for one in page["items"] if one["subject"] != "page"]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert shown == list("876543210")


async def test_a_wrong_page_is_told_what_is_wrong(client_of: Client, county: None) -> None:
    person = (await register(client_of(*CLERK)))["id"]
    path, client = f"{PERSONS}/{person}/accesses", client_of(*AUDITOR)
    assert_refused(
        await client.get(path, params={"limit": 0}), "invalid_request", [("query.limit", "greater_than_equal")]
    )
    assert_refused(await client.get(path, params={"cursor": "x"}), "invalid_cursor")
    other = given(await client_of(*OFFICER).get(PERSONS, params={"area": COUNTY, "limit": 1}))
    assert other["next_cursor"] is None
    await register(client_of(*CLERK))
    other = given(await client_of(*OFFICER).get(PERSONS, params={"area": COUNTY, "limit": 1}))
    assert_refused(await client.get(path, params={"cursor": other["next_cursor"]}), "invalid_cursor")
    assert_refused(await client.get(f"{PERSONS}/x/accesses"), "invalid_request", [("path.id", "uuid_parsing")])


async def test_times_are_told_in_china(client_of: Client, county: None) -> None:
    person = (await register(client_of(*CLERK)))["id"]
    (line,) = await lines(client_of, person)
    assert line["occurred_at"] == "2026-03-16T10:00:00+08:00"
