"""Time and requests for corrections: what is not approved to the last step lapses."""

from datetime import timedelta

from shared.testing.clock import FrozenClock
from tests.registry.conftest import Client, Events, Work
from tests.registry.corrections.asking import APPROVER, CHECKER, approve, asked, correction_of, withdraw
from tests.registry.steps import CALENDAR, CLERK, REGISTRAR, assert_refused, given, person_of, register

DAY = 86_400


async def sweep(work: Work) -> None:
    while await work(lambda registry: registry.correction_deadlines.end()):
        pass


async def test_on_the_last_day_it_can_be_approved_and_on_the_next_it_has_lapsed(
    client_of: Client, county: None, clock: FrozenClock, work: Work, events: Events
) -> None:
    clerk = client_of(*CLERK, subject="asks")
    checker, approver = (client_of(role, area, subject=subject) for role, area, subject in (CHECKER, APPROVER))
    people = [await register(clerk) for _ in range(3)]
    requests = [await asked(clerk, one) for one in people]
    given(await withdraw(clerk, requests[2]))
    assert {one["due_on"] for one in requests} == {"2026-03-30"}, "ten work days"
    clock.advance(seconds=timedelta(days=14).total_seconds())
    await sweep(work)
    for step, who in (("check", checker), ("approve", approver)):
        given(await approve(who, requests[0], step))
    given(await approve(checker, requests[1], "check"))
    clock.advance(seconds=DAY)
    assert_refused(await approve(approver, requests[1], "approve"), "correction_decided")  # before the schedule runs
    await sweep(work)
    shown = [await correction_of(clerk, one) for one in requests]
    assert [one["status"] for one in shown] == ["carried_out", "lapsed", "withdrawn"]
    assert (shown[1]["decided_by"], shown[1]["next_step"], len(shown[1]["approvals"])) == (None, None, 1)
    assert_refused(await approve(approver, requests[1], "approve"), "correction_decided")
    assert (await person_of(clerk, people[1]["id"]))["version"] == 1, "nobody is corrected by time"
    assert len(await events("registry.correction.lapsed")) == 1
    await asked(clerk, people[1])  # and it can be asked for anew


async def test_a_notice_of_holidays_moves_the_limit(client_of: Client, county: None, events: Events) -> None:
    clerk = client_of(*CLERK)
    made, other = [await asked(clerk, await register(clerk)) for _ in range(2)]
    given(await withdraw(clerk, other))
    body = {"holidays": ["2026-03-18"], "working_weekends": [], "provisional": False, "source": "notice-of-a-test"}
    given(await client_of(*REGISTRAR).post(f"{CALENDAR}/2026/publish", json=body))
    moved = await correction_of(clerk, made)
    assert (made["due_on"], moved["due_on"], moved["version"]) == ("2026-03-30", "2026-03-31", 2)
    assert (await correction_of(clerk, other))["due_on"] == "2026-03-30"
    assert len(await events("registry.correction.rescheduled")) == 1
