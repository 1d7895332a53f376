"""Who posts where: every holder is asked for, by area and department, and so is the permission of the kind."""

from datetime import date
from typing import Any

import pytest

from services.indicators.app import create_app
from services.indicators.features import ROUTES
from services.indicators.settings import Settings
from shared.crypto.service import Crypto
from shared.testing.clock import FrozenClock
from shared.testing.doors import Arrivals, Door, a_principal
from shared.testing.plugin import DatabaseOf
from shared.testing.settings import settings_for
from tests.grid.builders import CLERK, OTHER_CLERK, OTHER_VILLAGE, RESIDENT, TOWN_OFFICER, VILLAGE, WORKER, an_area
from tests.shared.ledgers.accounts.conftest import FUND, HOURS, Held, Post, a_donation, a_relief, a_side, an_hour
from tests.shared.ledgers.records.conftest import Published, Send, code_of

AUDITOR = a_principal("auditor", "450481")


async def test_each_holder_is_asked_for(family: Held, post: Post, send: Send) -> None:
    here, there = await family("BF-1"), await family("BF-2", area=OTHER_VILLAGE)
    await post(TOWN_OFFICER, a_donation(500))
    for who, body in (
        (OTHER_CLERK, a_donation(5)),
        (OTHER_CLERK, a_relief(there, 5)),  # the family is the clerk's, the fund is not
        (CLERK, a_relief(there, 5)),  # the fund is, the family is not
        (OTHER_CLERK, a_relief(here, 5)),
        (CLERK, a_relief("0197d0c0-6a01-7c11-9d01-3a4b5c6d7e8f", 5)),
    ):
        refused = await post(who, body, status=404)
        assert code_of(refused) == (404, "not_found")
    await post(TOWN_OFFICER, a_relief(there, 5))
    await post(CLERK, a_relief(here, 5))


async def test_the_permission_of_the_kind_is_asked_besides(family: Held, volunteer: Held, post: Post) -> None:
    record, card = await family(), await volunteer()
    await post(TOWN_OFFICER, a_donation(500))
    for body in (a_donation(5), a_relief(record, 5)):
        assert code_of(await post(WORKER, body, status=403)) == (403, "forbidden")
        assert code_of(await post(AUDITOR, body, status=403)) == (403, "forbidden")
        assert code_of(await post(RESIDENT, body, status=403)) == (403, "forbidden")
    await post(WORKER, an_hour(card, 5), ledger=HOURS)


async def test_a_record_of_another_ledger_holds_no_account(family: Held, post: Post) -> None:
    record = await family()
    refused = await post(TOWN_OFFICER, an_hour(record, 5), ledger=HOURS, status=404)
    assert code_of(refused) == (404, "not_found")


async def test_an_auditor_reads_everything_and_posts_nothing(family: Held, post: Post, send: Send) -> None:
    await post(TOWN_OFFICER, a_donation(500))
    for path in ("accounts", "accounts/totals", f"trial-balance?area={VILLAGE}", "closings"):
        assert (await send(AUDITOR, "get", f"{FUND}/{path}")).status_code == 200, path


# -- a department's project


CIVIL = a_principal("department_officer", "450481", subject="civil")
CIVIL_CHECKER = a_principal("department_officer", "450481", subject="civil-too")
WATER = a_principal("department_officer", "450481", subject="water", department="water")
COUNTY_OFFICER = a_principal("county_officer", "450481", subject="county")
FUNDS = "/ledgers/project_funds"
TOWN, COUNTY = "450481100", "450481"


@pytest.fixture
async def projects(committed_of: DatabaseOf, clock: FrozenClock, crypto: Crypto) -> Any:
    """Indicators with its ledger of project funds; answers a function that sends."""
    database = await committed_of("indicators")
    arrivals = Arrivals(database.database, ROUTES, owner="indicators", clock=clock, crypto=crypto)
    county = an_area(TOWN).model_copy(update={"id": COUNTY, "code": COUNTY, "level": 6, "kind": "county"})
    await arrivals.take(county, an_area(TOWN))
    with open("services/indicators/ledgers/project_funds.yaml", encoding="utf-8") as file:
        await Published(database.database).publish(file.read())
    settings = settings_for("indicators", database.service_url)
    assert isinstance(settings, Settings)
    door = Door(create_app(settings, clock=clock, database=database.database))

    async def send(who: Any, method: str, path: str, body: Any = None) -> Any:
        async with door.client(who) as client:
            return await client.request(method.upper(), f"{FUNDS}{path}", json=body)

    return send


def a_project(number: str, department: str) -> dict[str, Any]:
    values = {"number": number, "project": "服务站", "department": department, "channel": "county", "budget": 5_000_000}
    return {"area": TOWN, "values": {**values, "approved_on": date(2026, 2, 20).isoformat()}}


async def test_a_department_moves_the_money_of_its_own_projects(projects: Any) -> None:
    """The shipped ledger of project funds: who may pay out of a project may pay into what its area has spent."""
    own = (await projects(CIVIL, "post", "/records", a_project("XM-1", "civil_affairs"))).json()["id"]
    other = (await projects(WATER, "post", "/records", a_project("XM-2", "water"))).json()["id"]

    def allocate(record: str, amount: int) -> dict[str, Any]:
        sides = [a_side("project", record, amount), a_side("treasury", COUNTY, amount)]
        return {"kind": "allocate", "day": "2026-03-02", "sides": sides}

    def pay(record: str, amount: int) -> dict[str, Any]:
        sides = [a_side("spent", TOWN, amount), a_side("project", record, amount)]
        return {"kind": "pay", "day": "2026-03-03", "sides": sides}

    for who, record in ((CIVIL, own), (WATER, other)):
        answer = await projects(who, "post", "/postings", allocate(record, 100))
        assert answer.status_code == 201, answer.text
    assert (await projects(CIVIL, "post", "/postings", pay(own, 40))).status_code == 201
    assert code_of(await projects(CIVIL, "post", "/postings", pay(other, 40))) == (404, "not_found")
    assert code_of(await projects(CIVIL, "post", "/postings", pay(own, 61))) == (409, "account_below_zero")

    seen = (await projects(CIVIL, "get", "/accounts")).json()["items"]
    assert [(one["kind"], one["record_id"], one["balance"]) for one in seen] == [("project", own, 60)]
    assert code_of(await projects(CIVIL, "get", f"/trial-balance?area={COUNTY}")) == (404, "not_found")
    assert (await projects(CIVIL, "get", "/closings")).json()["items"] == []
    refused = await projects(CIVIL, "post", "/closings", {"area": TOWN, "month": "2026-02"})
    assert code_of(refused) == (404, "not_found")
    for area, across in ((COUNTY, 0), (TOWN, -200)):
        shown = (await projects(COUNTY_OFFICER, "get", f"/trial-balance?area={area}")).json()
        assert (shown["difference"], shown["across"]) == (0, across), area

    paid = (await projects(CIVIL, "post", "/postings", pay(own, 10))).json()["id"]
    why = {"reason": "录错"}
    assert code_of(await projects(WATER, "post", f"/postings/{paid}/reverse", why)) == (404, "not_found")
    assert code_of(await projects(CIVIL, "post", f"/postings/{paid}/reverse", why)) == (403, "posting_four_eyes")
    assert (await projects(CIVIL_CHECKER, "post", f"/postings/{paid}/reverse", why)).status_code == 200
