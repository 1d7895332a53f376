"""What is announced for figures of consents: purpose, days and villages, and nobody."""

from dataclasses import fields
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from services.registry.consents.domain import ConsentRecord, villages
from services.registry.consents.service.counting import restate_counts
from shared.contracts.registry.consents import ConsentCountState
from shared.db.engine import Database
from tests.registry.builders import FAR, SISTER, VILLAGE
from tests.registry.conftest import Client, Events
from tests.registry.consents.giving import annul, recorded, undo, withdraw
from tests.registry.consents.test_following import UNDOCUMENTED, merged, separated
from tests.registry.steps import (
    CLERK,
    FAR_CLERK,
    REGISTRAR,
    Json,
    correct,
    die,
    given,
    last_event,
    move_in,
    move_out,
    person_of,
    register,
    undone,
)
from tests.registry.transfers.asking import both, confirm
from tests.registry.transfers.test_api import numbered

SECOND = {"subject": "second"}


def a_consent(given_on: str, last: str | None = None) -> ConsentRecord:
    """One that holds from a day until another."""
    values: dict[str, Any] = dict.fromkeys(one.name for one in fields(ConsentRecord))
    ended = None if last is None else date.fromisoformat(last)
    return ConsentRecord(**(values | {"given_on": date.fromisoformat(given_on), "ended_on": ended}))


def lived(*spans: tuple[str, str, str | None]) -> list[dict[str, Any]]:
    """Residence as it is stored."""
    return [{"area": area, "kind": "registered", "start": start, "end": end} for area, start, end in spans]


HERE = (VILLAGE, "2020-01-01", "2026-02-01")
GRID = (VILLAGE + "001", "2026-02-01", "2026-03-01")
THERE = (FAR, "2026-03-01", None)


@pytest.mark.parametrize(
    ("given_on", "last", "told"),
    [
        ("2026-01-10", None, [(VILLAGE, "2020-01-01", "2026-03-01"), THERE]),  # a move within a village is none
        ("2026-01-10", "2026-02-20", [(VILLAGE, "2020-01-01", "2026-03-01")]),
        (
            "2026-01-10",
            "2026-03-01",
            [(VILLAGE, "2020-01-01", "2026-03-01"), THERE],
        ),  # withdrawn on the day of the move
        ("2026-02-01", "2026-02-01", [(VILLAGE, "2026-02-01", "2026-03-01")]),  # held on no day
        ("2026-03-01", None, [THERE]),  # where somebody lived before is nobody's business
    ],
)
def test_a_consent_counts_in_the_villages_in_which_its_person_lives_meanwhile(
    given_on: str, last: str | None, told: list[Any]
) -> None:
    spans = villages(a_consent(given_on, last), lived(HERE, GRID, THERE))
    assert [(one.area, str(one.start), one.end and str(one.end)) for one in spans] == told
    assert {one.kind for one in spans} == {"residence"}, "how somebody lives there is not told"


def test_who_came_back_lived_there_twice() -> None:
    twice = lived((VILLAGE, "2020-01-01", "2026-02-01"), (VILLAGE, "2026-02-10", None))
    assert len(villages(a_consent("2026-01-01"), twice)) == 2


async def counted(events: Events) -> list[Json]:
    """The last state of everything that counts, by the id under which it does; versions have no gaps."""
    last: dict[str, Json] = {}
    for one in await events("registry.consent_count."):
        assert one["type"] == "registry.consent_count.counted"
        assert one["sequence"] == last.get(one["key"], {"version": 0})["version"] + 1
        last[one["key"]] = one["state"]
    return [last[key] for key in sorted(last)]


async def test_what_counts_names_neither_the_person_nor_the_consent(
    client_of: Client, county: None, events: Events
) -> None:
    client = client_of(*CLERK)
    person = await register(client)
    consent = await recorded(client, person)
    (told,) = await counted(events)
    assert set(told) == set(ConsentCountState.model_fields)
    assert person["id"] not in str(told)
    assert consent["id"] not in str(told)
    assert (told["purpose"], told["status"], told["given_on"]) == ("publicity", "valid", "2026-03-02")
    assert [(one["area"], one["end"]) for one in told["residence"]] == [(VILLAGE, None)]


async def test_each_step_is_told_and_the_last_one_is_what_stands(
    client_of: Client, county: None, events: Events
) -> None:
    client = client_of(*CLERK)
    consent = await recorded(client, await register(client))
    for step, status, ended, version in (
        (withdraw(client, consent), "withdrawn", "2026-03-10", 2),
        (undo(client, consent), "valid", None, 3),
        (annul(client, consent), "annulled", None, 4),
    ):
        given(await step)
        (told,) = await counted(events)
        assert (told["status"], told["ended_on"], told["version"]) == (status, ended, version)


async def test_it_follows_its_person_to_another_village_and_no_other_change(
    client_of: Client, county: None, events: Events
) -> None:
    clerk, far = client_of(*CLERK, subject="holds"), client_of(*FAR_CLERK, subject="asks")
    known, number = await numbered(clerk)
    person = await person_of(clerk, known)
    held = await recorded(clerk, person, until="2027-01-01")
    gone = await recorded(clerk, person, purpose="research", groups=["name"])
    given(await withdraw(clerk, gone, "2026-03-05"))
    before = await events("registry.consent_count.")
    given(await correct(clerk, person, phone="13907740000"))
    assert await events("registry.consent_count.") == before, "what is told of a consent has not changed"
    given(await confirm(clerk, await both(far, number)))
    told = {one["purpose"]: one for one in await counted(events)}
    spans = [(one["area"], one["start"], one["end"]) for one in told["publicity"]["residence"]]
    assert [(area, end) for area, _, end in spans] == [(VILLAGE, "2026-03-10"), (FAR, None)]
    assert [one["area"] for one in told["research"]["residence"]] == [VILLAGE], "it was over before"
    steps = [one["type"] for one in await events("registry.consent.", held["id"])]
    assert steps == ["registry.consent.given"], "the consent itself has not changed, nor what an editor has seen of it"


@pytest.mark.parametrize("leaves", [die, move_out])
async def test_it_ends_with_its_person_and_counts_again(
    leaves: Any, client_of: Client, county: None, events: Events
) -> None:
    client, second = client_of(*REGISTRAR), client_of(*REGISTRAR, **SECOND)
    person = await register(client)
    await recorded(client, person)
    given(await leaves(client, person["id"], "2026-03-08"))
    (told,) = await counted(events)
    assert (told["status"], told["ended_on"]) == ("ended", "2026-03-08")
    await undone(client, second, person["id"], await last_event(client, person["id"]))
    (told,) = await counted(events)
    assert (told["status"], told["ended_on"], told["residence"][-1]["end"]) == ("valid", None, None)


async def test_who_moves_out_of_the_county_and_comes_back_consents_anew(
    client_of: Client, county: None, events: Events
) -> None:
    client = client_of(*REGISTRAR)
    person = await register(client)
    await recorded(client, person)
    given(await move_out(client, person["id"], "2026-03-08"))
    given(await move_in(client, person["id"], "2026-03-10", residence=SISTER, registration=SISTER))
    await recorded(client, person, given_on="2026-03-10")
    told = {one["status"]: [span["area"] for span in one["residence"]] for one in await counted(events)}
    assert told == {"ended": [VILLAGE], "valid": [SISTER]}


async def test_a_merge_counts_once_and_is_taken_back(client_of: Client, county: None, events: Events) -> None:
    client, second = client_of(*REGISTRAR), client_of(*REGISTRAR, **SECOND)
    survivor, double = await register(client), await register(client, name="韦小妹", **UNDOCUMENTED)
    await recorded(client, double)
    pair = await merged(client, second, double, survivor)
    assert sorted(one["status"] for one in await counted(events)) == ["ended", "valid"]
    await separated(second, pair)
    assert sorted(one["status"] for one in await counted(events)) == ["annulled", "valid"]


async def test_what_a_release_without_counts_has_entered_counts_when_it_is_restated(
    client_of: Client, county: None, events: Events, committed: Database
) -> None:
    client = client_of(*CLERK)
    person = await register(client)
    await recorded(client, person)
    (known,) = await counted(events)
    await recorded(client, person, purpose="research", groups=["name"])
    async with committed.session() as session:
        other = text("DELETE FROM consent_counts WHERE id <> :id")
        await session.execute(other, {"id": UUID(known["id"])})
        restated = await restate_counts(session, None, 10)
        again = await restate_counts(session, None, 10)
        assert await restate_counts(session, str(max(one.state.id for one in restated)), 10) == []
    told = {str(one.state.purpose): one.state for one in restated}
    assert told["publicity"].model_dump(mode="json") == known
    assert (told["research"].version, told["research"].residence) == (1, told["publicity"].residence)
    assert [one.state for one in again] == [one.state for one in restated]
