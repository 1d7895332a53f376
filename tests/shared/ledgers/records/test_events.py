"""Records are announced again as they stand, each on its topic; hooks on one noun run in the order of the features."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from sqlalchemy import func, select

from shared.db.base import KitBase
from shared.db.engine import Database
from shared.feature import Feature, routes_of
from shared.ids import new_id
from shared.messaging.projection.routes import Change, ConsumerContext, Route
from shared.testing.doors import Arrivals
from tests.grid.builders import CLERK, VILLAGE, WORKER, a_person
from tests.shared.ledgers.records.conftest import RECORDS, Facts, Published, Send
from tests.shared.ledgers.records.definitions import MEDIATIONS
from tests.shared.ledgers.restating import require_restated

Opened = Callable[..., Awaitable[dict[str, Any]]]


async def test_every_record_is_restated_once_with_its_last_state_on_its_own_topic(
    opened: Opened, send: Send, arrivals: Arrivals, committed: Database, facts: Facts, published: Published
) -> None:
    moved = (await opened(amount=5, tags=["hot"]))["id"]
    for verb, values in (("mediate", {"contact": "张三"}), ("suspend", {})):
        who = WORKER if verb == "mediate" else CLERK
        answer = await send(who, "post", f"{RECORDS}/{moved}/steps/{verb}", {"values": values})
        assert answer.status_code == 200, answer.text
    await opened()
    person = new_id()
    await arrivals.take(a_person(person))
    body = {"area": VILLAGE, "values": {"need": "meal"}, "subject_id": str(person)}
    assert (await send(CLERK, "post", "/ledgers/home_visits/records", body)).status_code == 201
    await published.publish(MEDIATIONS, number=2, published=["kind"])  # what a later version says changes no past
    told = {fact.state.subject: fact.state for fact in await facts()}
    for noun, expected in (("grid.record", 2), ("grid.restricted_record", 1)):
        await require_restated(committed, noun, told, count=expected, page_of=1)


async def test_a_version_has_one_fact_and_the_facts_of_a_record_have_no_gap(
    opened: Opened, send: Send, facts: Facts
) -> None:
    record = (await opened())["id"]
    await send(CLERK, "post", f"{RECORDS}/{record}/correct", {"values": {"amount": 1}}, seen=1)
    await send(WORKER, "post", f"{RECORDS}/{record}/steps/mediate", {})
    assert [fact.state.version for fact in await facts(record)] == [1, 2, 3]


async def test_the_steps_of_a_refused_request_leave_nothing_behind(
    opened: Opened, send: Send, committed: Database
) -> None:
    record = (await opened())["id"]
    await send(CLERK, "post", f"{RECORDS}/{record}/correct", {"values": {"agreed_on": "2026-01-01"}}, seen=1)
    async with committed.session() as session:
        for table in ("ledger_record_steps", "ledger_records"):
            count = await session.scalar(select(func.count()).select_from(KitBase.metadata.tables[table]))
            assert count == 1, table


async def test_hooks_of_two_features_on_one_noun_run_in_the_order_of_the_features() -> None:
    ran: list[str] = []

    def hook(name: str) -> Any:
        async def run(context: ConsumerContext, changes: Sequence[Change[Any]]) -> None:
            ran.append(name)

        return run

    features = [
        Feature(routes=(Route("registry.calendar", hook("first")), Route("registry.area"))),
        Feature(routes=(Route("registry.area", hook("third")),)),
        Feature(routes=(Route("registry.calendar", hook("second")),)),
    ]
    routes = {route.noun: route for route in routes_of(features)}
    assert list(routes) == ["registry.calendar", "registry.area"]
    for route in routes.values():
        assert route.hook is not None
        await route.hook(None, ())  # type: ignore[arg-type]  # these look at nothing
    assert ran == ["first", "second", "third"]
