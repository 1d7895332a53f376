"""The hall under test: registry's states arrive as from the bus, everything else goes over HTTP."""

from collections.abc import Awaitable, Callable, Coroutine, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select

from services.services_hall.app import create_app
from services.services_hall.features import ROUTES
from services.services_hall.settings import Settings
from shared.auth.principal import Principal
from shared.contracts.envelope import FACTS, Fact, Span
from shared.contracts.registry.areas import AreaState
from shared.contracts.registry.calendar import CalendarState
from shared.contracts.registry.persons import PersonState, PersonStatus
from shared.crypto.extracts import ExtractWriter
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.ids import new_id
from shared.messaging.outbox.tables import OutboxMessage
from shared.reference.calendar import published_years
from shared.testing.clock import FrozenClock
from shared.testing.databases import ServiceDatabase
from shared.testing.doors import DEPARTMENT, Arrivals, Door, a_principal
from shared.testing.settings import EXTRACT_ENCRYPTION_KEY, EXTRACT_PRIVATE_KEY, settings_for

VILLAGE = "450481114201"
OTHER_VILLAGE = "450481114202"
CLERK = a_principal("village_clerk", VILLAGE)
OTHER_CLERK = a_principal("village_clerk", OTHER_VILLAGE)
COUNTY_OFFICER = a_principal("county_officer", "450481")
SECOND_OFFICER = a_principal("county_officer", "450481", "second-officer")
NUMBER = "45048119900307019X"
NAME = "测试甲某某"

WRITER = ExtractWriter.parse(EXTRACT_PRIVATE_KEY, EXTRACT_ENCRYPTION_KEY)

NATIONAL = "12441500196720244T3442199806003"
"""The sample of GB/T 39554.1: credit code, level, base code."""

DRAFT: dict[str, Any] = {"code": "VILLAGE-CERT-01", "department": DEPARTMENT, "category": "social_assistance"}

VERSION: dict[str, Any] = {
    "name": "居住证明",
    "handling_mode": "within_promise",
    "statutory_days": 20,
    "promised_days": 5,
    "levels": [9, 12],
}

WAYS: dict[str, tuple[str, ...]] = {
    "submitted": (),
    "received": ("receive",),
    "accepted": ("receive", "accept"),
    "refused": ("receive", "refuse"),
    "decided": ("receive", "accept", "decide"),
    "closed": ("receive", "accept", "decide", "close"),
    "withdrawn": ("withdraw",),
}
"""The steps after submission that bring a case into a status."""

BODIES: dict[str, dict[str, Any]] = {"refuse": {"reason": "not_in_authority"}, "decide": {"granted": True}}
"""What a step says where the test does not mind; other steps have no body."""

Facts = Callable[..., Awaitable[list[Fact[Any]]]]
Step = Callable[..., Coroutine[Any, Any, httpx.Response]]
CaseIn = Callable[..., Awaitable[Any]]


def refusal(answer: httpx.Response) -> tuple[int, str, str]:
    """Status, code and Chinese title of a problem."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    body = answer.json()
    return answer.status_code, body["code"], body["title"]


def fields(answer: httpx.Response) -> list[tuple[str, str]]:
    """Path and code of each field that was refused."""
    assert refusal(answer) == (422, "invalid_request", "请求内容不正确")
    return [(one["path"], one["code"]) for one in answer.json()["errors"]]


NOT_FOUND = (404, "not_found", "未找到，或不在您的管辖范围内")
FORBIDDEN = (403, "forbidden", "没有权限")
NOT_ALLOWED = (409, "case_transition_not_allowed", "办件当前状态不允许此操作")


def an_area(code: str) -> AreaState:
    return AreaState(
        id=code, code=code, version=1, name="测试村", level=len(code), kind="villagers_committee", parent=code[:9],
        valid_from=date(2023, 6, 30),
    )  # fmt: skip


def a_person(id: UUID) -> PersonState:
    span = Span(area=VILLAGE, kind="registered", start=date(2026, 1, 1))
    return PersonState(id=id, version=1, status=PersonStatus.ACTIVE, sex="1", birth_month="1990-03", residence=(span,))


def calendars() -> list[CalendarState]:
    """What registry announced: the years with a notice."""
    return [
        CalendarState(
            id=str(year.year), version=1, year=year.year, holidays=tuple(year.holidays),
            working_weekends=tuple(year.working_weekends), provisional=False, source="notice",
        )
        for year in published_years()
    ]  # fmt: skip


@pytest.fixture
def arrivals(committed: Database, clock: FrozenClock, crypto: Crypto) -> Arrivals:
    return Arrivals(committed, ROUTES, owner="services_hall", clock=clock, crypto=crypto)


@pytest.fixture
def door(committed: Database, service_database: ServiceDatabase, clock: FrozenClock) -> Door:
    settings = settings_for("services_hall", service_database.service_url)
    assert isinstance(settings, Settings)
    return Door(create_app(settings, clock=clock, database=committed))


@pytest.fixture
async def person(arrivals: Arrivals) -> UUID:
    """A person whom registry announced, with counters and calendar."""
    person_id = new_id()
    await arrivals.take(an_area("450481114"), an_area(VILLAGE), *calendars(), a_person(person_id))
    return person_id


@pytest.fixture
async def item(door: Door) -> str:
    """A published item."""
    return await publish_item(door)


async def draft_item(door: Door, code: str = DRAFT["code"], **what_matters: Any) -> httpx.Response:
    """Drafts an item as the county officer."""
    async with door.client(COUNTY_OFFICER) as client:
        return await client.post("/items", json={**DRAFT, "code": code, **what_matters})


async def draft_version(door: Door, item_id: str, etag: str | None = None, **changes: Any) -> httpx.Response:
    """Drafts a version of an item as the county officer."""
    headers = {} if etag is None else {"If-Match": etag}
    async with door.client(COUNTY_OFFICER) as client:
        return await client.post(f"/items/{item_id}/draft", json={**VERSION, **changes}, headers=headers)


async def publish_version(door: Door, item_id: str, **changes: Any) -> httpx.Response:
    """Drafts a version of an item as the county officer, and publishes it as another; or the refusal of the draft."""
    drafted = await draft_version(door, item_id, **changes)
    if drafted.status_code != 200:
        return drafted
    async with door.client(SECOND_OFFICER) as client:
        return await client.post(f"/items/{item_id}/publish", headers={"If-Match": drafted.headers["etag"]})


async def publish_item(door: Door, code: str = DRAFT["code"], department: str = DEPARTMENT, **changes: Any) -> str:
    """An item with one published version; returns its id."""
    draft = await draft_item(door, code, department=department)
    assert draft.status_code == 201, draft.text
    item_id: str = draft.json()["id"]
    done = await publish_version(door, item_id, **changes)
    assert done.status_code == 200, done.text
    return item_id


async def every_page(client: httpx.AsyncClient, path: str, **query: Any) -> list[Any]:
    """All rows of a list, page by page; no page is longer than its limit."""
    shown: list[Any] = []
    cursor: str | None = None
    while True:
        answer = await client.get(path, params=query if cursor is None else {**query, "cursor": cursor})
        assert answer.status_code == 200, answer.text
        page = answer.json()
        assert len(page["items"]) <= query.get("limit", 50)
        shown += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return shown


Submit = Callable[..., Awaitable[Any]]


@pytest.fixture
def extract_of(clock: FrozenClock) -> Callable[..., str]:
    """An extract as registry makes it; anything may be made wrong."""

    def sign(
        person: UUID,
        *,
        audience: str = "services_hall",
        purpose: str = "case_handling",
        place: str = VILLAGE,
        writer: ExtractWriter = WRITER,
        fields: dict[str, str | None] | None = None,
        **more: str | None,
    ) -> str:
        known = {"name": NAME, "document_type": "citizen_id", "document_number": NUMBER, "phone": None, **more}
        return writer.write(
            person_id=person,
            fields=known if fields is None else fields,
            audience=audience,
            purpose=purpose,
            place=place,
            now=clock.now(),
        ).text

    return sign


@pytest.fixture
def submit(door: Door, person: UUID, item: str, extract_of: Callable[..., str]) -> Submit:
    """Submits a valid case, as the clerk unless `who` says otherwise, and returns its body."""

    async def send(who: Principal = CLERK, **what_matters: Any) -> Any:
        place = what_matters.get("area", VILLAGE)
        path = what_matters.pop("path", "/cases")
        body = {"item_id": item, "area": VILLAGE, "extract": extract_of(person, place=place), **what_matters}
        async with door.client(who) as client:
            answer = await client.post(path, json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    return send


@pytest.fixture
def step(door: Door) -> Step:
    """Takes a step: `step(case, "receive")`, as the county officer unless `who` says otherwise."""

    async def send(
        case: Any, verb: str, who: Principal = COUNTY_OFFICER, *, headers: dict[str, str] | None = None, **body: Any
    ) -> httpx.Response:
        async with door.client(who) as client:
            return await client.post(
                f"/cases/{case['id']}/{verb}", json=body or BODIES.get(verb), headers=headers or {}
            )

    return send


@pytest.fixture
def case_in(submit: Submit, step: Step) -> CaseIn:
    """A case that was brought into a status: `case_in("accepted")`; also by steps: `case_in(("receive", "refuse"))`."""

    async def bring(status: str | Sequence[str], **what_matters: Any) -> Any:
        case = await submit(**what_matters)
        for verb in WAYS[status] if isinstance(status, str) else status:
            answer = await step(case, verb)
            assert answer.status_code == 200, f"{verb}: {answer.text}"
            case = answer.json()
        return case

    return bring


@pytest.fixture
def facts(committed: Database) -> Facts:
    """What was announced so far, in order; of one noun or aggregate where given."""

    async def read(noun: str | None = None, subject: str | None = None) -> list[Fact[Any]]:
        statement = select(OutboxMessage).order_by(OutboxMessage.id)
        if noun is not None:
            statement = statement.where(OutboxMessage.noun == noun)
        if subject is not None:
            statement = statement.where(OutboxMessage.key == subject)
        async with committed.session() as session:
            rows = (await session.scalars(statement)).all()
        assert all((row.sequence, row.key) == _named(row) for row in rows)
        return [FACTS[(row.type, row.schema_version)].model_validate_json(row.payload) for row in rows]

    return read


def _named(row: OutboxMessage) -> tuple[int, str]:
    """Version and id as the payload itself says them."""
    state = FACTS[(row.type, row.schema_version)].model_validate_json(row.payload).state
    return state.version, state.subject
