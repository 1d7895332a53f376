"""Who takes which step where: each role at each place under every step of an agency and of an original."""

from typing import Any

import pytest

from services.services_hall.agencies.domain import AgencyStep
from shared.auth.principal import Principal
from shared.testing.doors import a_principal
from tests.services_hall.agencies.carrying import AGENT, BODIES, SUBSTITUTE, TOWN, TOWN_OFFICER, Carrying
from tests.services_hall.agencies.carrying import carrying as carrying
from tests.services_hall.conftest import CLERK, FORBIDDEN, NOT_FOUND, OTHER_VILLAGE, VILLAGE, Facts, refusal

COUNTY, OTHER_TOWN, OTHER_COUNTY = "450481", "450481113", "450482"
AGENCY_BODIES: dict[str, Any] = {
    **dict.fromkeys(("archive", "report", "cancel-visit", "visit-address")),
    **BODIES,
    "reassign": {"agent_id": "0197d0c0-6401-7b21-8d4f-1b5c6d7e8f90"},
}
ORIGINAL_BODIES: dict[str, Any] = {
    "hand-over": {"to_area": TOWN},
    "return": {"returned_on": "2026-03-16", "recipient": "applicant"},
    "lose": {"lost_on": "2026-03-16"},
    "tell-loss": {"told_on": "2026-03-16"},
    **dict.fromkeys(("take", "decline", "find", "annul")),
}
CARRIES = {"agent", "village_clerk", "town_officer"}
SUPERVISES = {"village_clerk", "town_officer", "county_officer"}
HOLDS = CARRIES | {"department_officer", "county_officer"}
READS = HOLDS | {"auditor"}
ROLES = sorted(
    READS | {"resident", "grid_worker", "grid_head", "county_registrar", "assessor", "integrator", "operator"}
)
INSIDE, OUTSIDE = (VILLAGE, TOWN, COUNTY), (OTHER_VILLAGE, OTHER_TOWN, OTHER_COUNTY)


def callers(role: str) -> list[tuple[bool, Principal]]:
    """The role at every place, and whether the counter lies inside its grant; a department but not the case's."""
    found = [(True, a_principal(role, one)) for one in INSIDE] + [(False, a_principal(role, one)) for one in OUTSIDE]
    if role == "department_officer":
        found.append((False, a_principal(role, COUNTY, department="water")))
    return found


async def answers(carrying: Carrying, noun: str, id: str, bodies: dict[str, Any], may: Any, role: str) -> None:
    for inside, who in callers(role):
        for verb, body in bodies.items():
            got = refusal(await carrying.ask(who, f"/{noun}/{id}/{verb}", body))[:2]
            if role not in may(verb):
                assert got == FORBIDDEN[:2], (who, verb)
            elif not inside:
                assert got == NOT_FOUND[:2], (who, verb)
            else:
                assert got[0] == 409 or got in ((403, "agency_not_yours"), (403, "original_not_held")), (who, verb)


async def test_every_step_of_an_agency_is_for_the_roles_that_may_at_the_counter(carrying: Carrying) -> None:
    """Of an agency at its end no step is taken: who may is told so, and nothing changes between the questions."""
    agency = await carrying.step(await carrying.entrusted(), "decline")
    for role in ROLES:
        await answers(
            carrying,
            "agencies",
            agency["id"],
            AGENCY_BODIES,
            lambda verb: SUPERVISES if verb in ("call-back", "reassign") else CARRIES,
            role,
        )
        for inside, who in callers(role):
            undone = await carrying.undo(who, f"/agencies/{agency['id']}", 99)
            expected = (412, "version_mismatch") if inside else NOT_FOUND[:2]
            assert refusal(undone)[:2] == (expected if role in READS else FORBIDDEN[:2]), who
    assert (await carrying.read(AGENT, f"/agencies/{agency['id']}"))["version"] == agency["version"]


async def test_every_step_of_an_original_is_for_the_roles_that_may_at_one_of_its_places(carrying: Carrying) -> None:
    original = await carrying.received(await carrying.accepted())
    back = await carrying.done(AGENT, f"/originals/{original['id']}/return", ORIGINAL_BODIES["return"])
    for role in ROLES:
        await answers(carrying, "originals", original["id"], ORIGINAL_BODIES, lambda _: HOLDS, role)
        for inside, who in callers(role):
            undone = await carrying.undo(who, f"/originals/{original['id']}", 99)
            expected = (412, "version_mismatch") if inside else NOT_FOUND[:2]
            assert refusal(undone)[:2] == (expected if role in HOLDS else FORBIDDEN[:2]), who
    assert (await carrying.read(AGENT, f"/originals/{original['id']}"))["version"] == back["version"]


@pytest.mark.parametrize("verb", ["reassign", "accept", "archive"])
async def test_an_undo_needs_the_permission_of_the_step_that_it_takes_back(carrying: Carrying, verb: str) -> None:
    """To read is enough to ask, never to undo."""
    agent, other = await carrying.appointed(), await carrying.appointed(SUBSTITUTE)
    agency = await carrying.entrusted(agent)
    if verb == "reassign":
        moved, may = await carrying.step(agency, "reassign", TOWN_OFFICER, agent_id=other["id"]), SUPERVISES
    else:
        moved, may = await carrying.step(agency, "accept"), {"agent-a"}
    if verb == "archive":
        await carrying.ended(agency)
        await carrying.step(agency, "deliver")
        moved, may = await carrying.step(agency, "archive", CLERK), CARRIES
    path = f"/agencies/{agency['id']}"
    for role in sorted(READS):
        for who in (a_principal(role, VILLAGE), a_principal(role, COUNTY)):
            if role in may:
                continue
            got = refusal(await carrying.undo(who, path, moved["version"]))[:2]
            assert got == ((403, "agency_not_yours") if verb == "accept" and role in CARRIES else NOT_FOUND[:2]), who
    assert (await carrying.read(AGENT, path))["version"] == moved["version"]
    who = AGENT if verb == "accept" else a_principal(sorted(may)[-1], VILLAGE)
    assert (await carrying.undo(who, path, moved["version"])).status_code == 200


STARTS: dict[str, tuple[str, ...]] = {
    "accept": (),
    "decline": (),
    "forward": ("accept",),
    "deliver": ("accept", "ended"),
    "archive": ("accept", "ended", "deliver"),
    "report": ("accept", "ended", "deliver", "archive"),
    "call-back": ("accept", "ended", "deliver", "archive", "report"),
    "arrange-visit": ("accept",),
    "visit": ("accept", "arrange-visit"),
    "cancel-visit": ("accept", "arrange-visit"),
    "reassign": ("accept",),
}
"""What is done before each step."""

SAME = {"version", "id"}


@pytest.mark.parametrize("verb", list(STARTS))
async def test_each_step_is_undone_to_what_was_there_before_and_may_be_taken_again(
    carrying: Carrying, facts: Facts, verb: str
) -> None:
    agent, other = await carrying.appointed(), await carrying.appointed(SUBSTITUTE)
    before = await carrying.entrusted(agent)
    path = f"/agencies/{before['id']}"
    for one in STARTS[verb]:
        await (carrying.ended(before) if one == "ended" else carrying.step(before, one))
    before = await carrying.read(AGENT, path)
    body = {"reassign": {"agent_id": other["id"]}}.get(verb, AGENCY_BODIES[verb])
    who = TOWN_OFFICER if verb in ("reassign", "call-back") else AGENT
    done = await carrying.done(who, f"{path}/{verb}", body, **{"If-Match": f'"{before["version"]}"'})
    assert done["version"] == before["version"] + 1
    assert {name for name in done if done[name] != before[name]} - SAME, "a step leaves its trace"
    undone = await carrying.undo(who, path, done["version"])
    assert undone.status_code == 200, undone.text
    assert undone.headers["etag"] == f'"{done["version"] + 1}"'
    assert {name: value for name, value in undone.json().items() if name not in SAME} == {
        name: value for name, value in before.items() if name not in SAME
    }
    told = [(one.type.rsplit(".", 1)[1], one.state.version) for one in await facts(subject=before["id"])]
    assert told[-1] == ("undone", done["version"] + 1)
    again = await carrying.done(who, f"{path}/{verb}", body)
    assert {name: value for name, value in again.items() if name not in SAME} == {
        name: value for name, value in done.items() if name not in SAME
    }


async def test_a_step_says_which_version_was_seen_and_a_repetition_is_done_once(
    carrying: Carrying, facts: Facts
) -> None:
    agency = await carrying.entrusted()
    path = f"/agencies/{agency['id']}"
    stale = await carrying.ask(AGENT, f"{path}/accept", {}, **{"If-Match": '"7"'})
    assert refusal(stale)[:2] == (412, "version_mismatch")
    once = {"If-Match": '"1"', "Idempotency-Key": "accept-1"}
    first, second = [await carrying.ask(AGENT, f"{path}/accept", {}, **once) for _ in range(2)]
    assert (first.status_code, first.headers["etag"]) == (200, '"2"')
    assert (second.status_code, second.content) == (200, first.content)
    other = await carrying.ask(AGENT, f"{path}/accept", {"fee": None}, **once)
    assert other.status_code in (409, 422), "another body under the same key"
    assert refusal(await carrying.ask(AGENT, f"{path}/undo", None, **{"If-Match": "2"}))[0] == 422
    again = {"If-Match": '"2"', "Idempotency-Key": "undo-1"}
    undone = [await carrying.ask(AGENT, f"{path}/undo", None, **again) for _ in range(2)]
    assert {(one.status_code, one.json()["status"], one.json()["version"]) for one in undone} == {(200, "entrusted", 3)}
    assert len(await facts(subject=agency["id"])) == 3


def test_the_steps_over_http_are_those_of_the_table() -> None:
    verbs = {verb.replace("-", "_") for verb in AGENCY_BODIES} - {"visit_address"}
    nobodys = {"entrust", "revoke", "restore", "undo", "reschedule", "boundary"}
    assert verbs == {str(one) for one in AgencyStep} - nobodys
