"""A draft is tried out on what is held: area by area beside the version in force, and nothing is changed."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text

from services.indicators.trials import service as trials
from services.indicators.trials.api import AN_HOUR
from services.indicators.trials.service import TRIAL, Running
from shared.clock import today
from shared.contracts.envelope import STATES
from shared.contracts.registry.corrections import CorrectionStatus, CorrectionStep
from shared.contracts.registry.postings import Book
from shared.contracts.registry.transfers import TransferStatus
from shared.db.engine import Database
from shared.ids import new_id
from shared.jobs.context import JobContext, JobKind
from shared.jobs.runner import run_one
from shared.testing.clock import FrozenClock
from shared.testing.doors import Arrivals, Door
from tests.indicators.county import COUNTY, OFFICER, OTHER_TOWN, TOWN, TREE, ask, figures, value
from tests.indicators.definitions.drafting import (
    AUTHOR,
    REGISTRAR_TOO,
    SECOND,
    a_draft,
    drafted,
    filled,
    publish,
    published,
    send,
)
from tests.indicators.states import OTHER_VILLAGE, VILLAGE, a_case, a_person, a_restricted_tag, an_incident, at

HELD = (
    *TREE,
    an_incident(1, severity="urgent"),
    an_incident(2, severity="serious"),
    an_incident(3, severity="urgent", area=OTHER_VILLAGE),
    an_incident(4, severity="normal"),
)


async def worked(database: Database, clock: FrozenClock) -> None:
    """What the worker does."""

    async def run(job: JobContext) -> None:
        await Running(job, today(clock)).run()

    assert await run_one(database, {TRIAL: JobKind(TRIAL, run)}, stop=asyncio.Event())


async def trial_of(door: Door, code: str = "X-URGENT") -> dict[str, Any]:
    shown: dict[str, Any] = (await ask(door, AUTHOR, f"/definition-drafts/{code}/trial")).json()
    return shown


async def tried(door: Door, database: Database, clock: FrozenClock, code: str = "X-URGENT") -> dict[str, Any]:
    """Ask for a trial, let the worker's part run, and read what came of it."""
    answer = await send(door, AUTHOR, f"/definition-drafts/{code}/try")
    assert answer.status_code == 202, answer.text
    await worked(database, clock)
    return await trial_of(door, code)


def by_area(trial: dict[str, Any]) -> dict[str, tuple[Any, Any, Any]]:
    """Value before, value after and difference."""
    return {
        one["area"]: (one["before"] and one["before"]["value"], one["after"]["value"], one["difference"])
        for one in trial["areas"]
    }


async def test_a_new_indicator_is_tried_wherever_it_comes_to_something(
    door: Door, arrivals: Arrivals, committed: Database, clock: FrozenClock
) -> None:
    await arrivals.take(*HELD)
    await drafted(door, a_draft())
    assert await trial_of(door) == {"code": "X-URGENT", "draft_version": 1, "as_of": None, "since": None, "areas": None}
    trial = await tried(door, committed, clock)
    assert (trial["as_of"], trial["since"]) == (today(clock).isoformat(), f"{today(clock).year}-01-01")
    assert by_area(trial) == {
        COUNTY: (None, 2, None),
        TOWN: (None, 1, None),
        OTHER_TOWN: (None, 1, None),
        VILLAGE: (None, 1, None),
        OTHER_VILLAGE: (None, 1, None),
    }
    assert (await ask(door, OFFICER, area=COUNTY, code="X-URGENT")).status_code == 404


async def test_a_further_version_is_held_against_the_one_in_force_where_they_differ(
    door: Door, arrivals: Arrivals, committed: Database, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trials, "PAGE", 2)
    await arrivals.take(*HELD)
    await published(door, committed, a_draft())
    await drafted(door, a_draft(counted={"where": "record.severity in ['urgent', 'serious']"}))
    trial = await tried(door, committed, clock)
    assert by_area(trial) == {COUNTY: (2, 3, 1), TOWN: (1, 2, 1), VILLAGE: (1, 2, 1)}
    assert await value(door, COUNTY, "X-URGENT") == 2
    changed = a_draft(counted={"where": "record.severity == 'serious'"})
    await send(door, AUTHOR, "/definition-drafts/X-URGENT/redraft", changed, **{"If-Match": '"1"'})
    assert (await trial_of(door))["areas"] is None  # it was another draft's
    trial = await tried(door, committed, clock)
    assert by_area(trial)[OTHER_TOWN] == (1, 0, -1)


async def test_what_is_made_of_others_is_tried_without_counting_anything(
    door: Door, arrivals: Arrivals, committed: Database, clock: FrozenClock
) -> None:
    await arrivals.take(*HELD)
    share = {"code": "X-SHARE", "kind": "ratio", "unit": "%", "counted": None}
    of = {"numerator": "INC-FILED-URGENT", "denominator": "INC-FILED"}
    await drafted(door, a_draft(**share) | {"share": of})
    trial = await tried(door, committed, clock, "X-SHARE")
    rates = {one["area"]: (one["after"]["numerator"], one["after"]["rate"]) for one in trial["areas"]}
    assert rates[COUNTY] == (2, "50.00")
    assert rates[OTHER_VILLAGE] == (1, "100.00")
    median = a_draft(
        code="X-DAYS", kind="percentile", unit="天", percentile=50,
        counted={"day": ["closed_at"], "since": "filed_at", "where": None},
    )  # fmt: skip
    await arrivals.take(an_incident(9, status="closed", closed_at=at(today(clock))))
    await drafted(door, median)
    days = by_area(await tried(door, committed, clock, "X-DAYS"))
    assert days[COUNTY][1] == (today(clock) - at(today(clock)).date().replace(month=1, day=5)).days


async def test_a_trial_about_people_is_told_roughly(
    door: Door, arrivals: Arrivals, committed: Database, clock: FrozenClock
) -> None:
    await arrivals.take(
        *TREE,
        *(a_person(number, ethnic_group="44") for number in range(1, 8)),
        *(a_person(number, ethnic_group="44", residence=()) for number in (8, 9)),
        a_person(
            10, ethnic_group="44", residence=(a_person(1).residence[0].model_copy(update={"area": OTHER_VILLAGE}),)
        ),
    )
    people = {"noun": "registry.person", "day": [], "where": "record.ethnic_group == '44'"}
    await drafted(door, a_draft(code="X-PEOPLE", kind="stock", unit="人", counted=people))
    trial = await tried(door, committed, clock, "X-PEOPLE")
    told = {one["area"]: (one["after"]["value"], one["after"]["hidden"]) for one in trial["areas"]}
    assert told == {
        COUNTY: (10, False),  # eight
        TOWN: (5, False),  # seven
        VILLAGE: (5, False),
    }  # the other town's one is told like nobody


async def test_a_trial_of_restricted_tags_is_shown_to_who_may_count_them(
    door: Door, arrivals: Arrivals, committed: Database, clock: FrozenClock
) -> None:
    """Drafted and tried by a registrar: an officer who drafts, too, but sees no restricted tag is told nothing."""
    await arrivals.take(*TREE, *(a_restricted_tag(number) for number in range(1, 8)))
    tags = {"noun": "registry.restricted_tag", "day": ["started_on"], "where": None}
    await drafted(door, a_draft(code="X-TAGS", kind="stock", unit="人", counted=tags), REGISTRAR_TOO)
    path = "/definition-drafts/X-TAGS"
    assert (await send(door, REGISTRAR_TOO, f"{path}/try")).status_code == 202
    await worked(committed, clock)
    seen = await ask(door, REGISTRAR_TOO, f"{path}/trial")
    assert {one["area"]: one["after"]["value"] for one in seen.json()["areas"]}[COUNTY] == 5
    async with committed.session() as session:  # how far the work is says no number, either
        assert (await session.execute(text("SELECT status, done FROM jobs"))).one() == ("done", 0)
    refused = await ask(door, AUTHOR, f"{path}/trial")
    assert (refused.status_code, refused.json()["code"]) == (403, "definition_counts_more")


async def test_a_sum_over_few_people_is_not_told_by_a_trial(
    door: Door, arrivals: Arrivals, committed: Database, clock: FrozenClock
) -> None:
    """Forty days of one case are the case's, however many days they are."""
    await arrivals.take(*TREE, a_case(1, extended_days=40))
    days = {"noun": "services_hall.case", "day": ["received_at"], "where": None, "sum": "extended_days"}
    await drafted(door, a_draft(code="X-LONGER", unit="天", counted=days))
    trial = await tried(door, committed, clock, "X-LONGER")
    assert trial["areas"] == []


async def test_a_trial_of_what_was_changed_meanwhile_is_not_kept(
    door: Door, arrivals: Arrivals, committed: Database, clock: FrozenClock
) -> None:
    await arrivals.take(*HELD)
    await drafted(door, a_draft())
    assert (await send(door, SECOND, "/definition-drafts/X-URGENT/try")).status_code == 202
    again = await send(door, AUTHOR, "/definition-drafts/X-URGENT/try")
    assert (again.status_code, again.json()["code"]) == (409, "job_already_open")
    await send(door, AUTHOR, "/definition-drafts/X-URGENT/redraft", a_draft(name="紧急"), **{"If-Match": '"1"'})
    await worked(committed, clock)
    assert (await trial_of(door))["areas"] is None
    assert (await send(door, AUTHOR, "/definition-drafts/NO-SUCH/try")).status_code == 404
    assert set(await figures(door, COUNTY, code="INC-FILED")) == {"INC-FILED"}


PEOPLE = {"noun": "registry.person", "day": [], "where": "record.ethnic_group == '44'"}


async def test_whether_a_condition_fits_one_person_is_not_told_by_a_trial(
    door: Door, arrivals: Arrivals, committed: Database, clock: FrozenClock
) -> None:
    """A condition that fits nobody, and one that fits somebody who is known: nothing tells them apart."""
    await arrivals.take(*TREE, a_person(1, ethnic_group="44"), *(a_person(number) for number in range(2, 9)))
    of_one = a_draft(code="X-ONE", kind="stock", unit="人", counted=PEOPLE)
    of_none = a_draft(
        code="X-NONE", kind="stock", unit="人", counted={**PEOPLE, "where": "record.ethnic_group == '02'"}
    )
    for draft in (of_one, of_none):
        await drafted(door, draft)
    told = [await tried(door, committed, clock, code) for code in ("X-ONE", "X-NONE")]
    assert told[0]["areas"] == told[1]["areas"] == []
    clock.advance(days=1)
    await arrivals.take(*(a_person(number, ethnic_group="44", version=2) for number in range(2, 9)))
    assert by_area(await tried(door, committed, clock, "X-ONE"))[VILLAGE] == (None, 10, None)  # eight


async def test_trials_are_on_record_under_the_noun_that_is_counted_and_few_in_an_hour(
    door: Door, arrivals: Arrivals, clock: FrozenClock
) -> None:
    """Nobody tries condition after condition until only one person is left, unseen."""
    await arrivals.take(*TREE)
    await drafted(door, a_draft(code="X-PEOPLE", kind="stock", unit="人", counted=PEOPLE))
    path = "/definition-drafts/X-PEOPLE"
    door.accesses.entries.clear()
    assert (await send(door, AUTHOR, f"{path}/try")).status_code == 202
    assert (await ask(door, AUTHOR, f"{path}/trial")).status_code == 200
    noted = [(one.subject, one.action, one.noun, one.object_id, one.purpose) for one in door.accesses.entries]
    assert noted == [
        (AUTHOR.subject, "try_definition", "registry.person", "X-PEOPLE", "statistics"),
        (AUTHOR.subject, "read_trial", "registry.person", "X-PEOPLE", "statistics"),
    ]
    answers = [await send(door, AUTHOR, f"{path}/try") for _ in range(AN_HOUR)]
    assert {one.status_code for one in answers[:-1]} == {409}  # one is at work
    assert (answers[-1].status_code, answers[-1].json()["code"]) == (429, "rate_limited")
    assert int(answers[-1].headers["retry-after"]) > 60
    assert (await send(door, SECOND, f"{path}/try")).status_code == 409  # each has an hour's worth
    clock.advance(minutes=2)
    assert (await send(door, AUTHOR, f"{path}/try")).status_code == 429
    clock.advance(minutes=2)
    assert (await send(door, AUTHOR, f"{path}/try")).status_code == 409


async def test_a_trial_of_other_indicators_is_on_record_under_the_draft(door: Door, arrivals: Arrivals) -> None:
    await arrivals.take(*TREE)
    share = {"code": "X-SHARE", "kind": "ratio", "unit": "%", "counted": None}
    await drafted(door, a_draft(**share) | {"share": {"numerator": "INC-FILED-URGENT", "denominator": "INC-FILED"}})
    door.accesses.entries.clear()
    await ask(door, AUTHOR, "/definition-drafts/X-SHARE/trial")
    assert [(one.action, one.noun) for one in door.accesses.entries] == [("read_trial", "indicators.definition_draft")]


@pytest.mark.parametrize("noun", ["registry.transfer", "registry.correction"])
async def test_a_request_about_one_person_is_counted_as_people_are(
    door: Door, arrivals: Arrivals, committed: Database, clock: FrozenClock, noun: str
) -> None:
    """Its state names nobody; that a village asked for one transfer on a day tells of one person all the same."""
    day = today(clock)
    common: dict[str, Any] = {"area": VILLAGE, "requested_on": day, "due_on": day}
    moves: dict[str, Any] = {"books": (Book.RESIDENCE,), "occurred_on": day, "status": TransferStatus.REQUESTED}
    sets_right: dict[str, Any] = {
        "fields": ("name",),
        "steps": (CorrectionStep.CHECK,),
        "status": CorrectionStatus.REQUESTED,
    }
    more = {"registry.transfer": moves, "registry.correction": sets_right}[noun]
    await arrivals.take(*TREE, *(STATES[noun](id=new_id(), version=1, **common, **more) for _ in range(3)))
    counted = {"noun": noun, "day": ["requested_on"], "where": None}
    await drafted(door, a_draft(code="X-ASKED", counted=counted))
    assert (await tried(door, committed, clock, "X-ASKED"))["areas"] == []
    await publish(door, "X-ASKED")
    await filled(committed)
    shown = (await figures(door, COUNTY, code="X-ASKED"))["X-ASKED"]
    assert (shown["value"], shown["hidden"]) == (None, True)
