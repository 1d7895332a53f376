"""A service of the size of a test: every feature of the HTTP door on one noun, things, each in an area."""

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from fastapi import APIRouter, Depends, FastAPI, Request, Response
from pydantic import Field
from sqlalchemy import MetaData, text

from shared.auth.access_log import AccessLog, Detail, Purpose
from shared.auth.principal import Grant, Principal
from shared.auth.roles import Role
from shared.clock import Clock
from shared.contracts.registry.areas import AreaOpened, AreaState
from shared.db.compare_and_set import require_version
from shared.db.engine import Database
from shared.errors import DomainError, ErrorKind, NotFound, Unauthenticated
from shared.feature import Feature
from shared.http.app import build_app
from shared.http.endpoint import endpoint
from shared.http.etag import IfMatch, etag_of
from shared.http.kit import RequestState
from shared.http.limits import rate_limited
from shared.http.pagination import PageQuery
from shared.http.position import MinPosition
from shared.http.route import ServiceRoute, has_shortcut
from shared.http.schemas import Body, Page, View
from shared.http.security import Authorised
from shared.http.transaction import Context
from shared.ids import new_id
from shared.messaging.projection.routes import Route
from shared.service import ServiceSpec
from shared.settings import ServiceSettings

VILLAGE = "450481100201"
OTHER_VILLAGE = "450481101202"
SECRET = "45048119900307019X"
"""Stands for what must never come back."""

TABLE = """
CREATE TABLE things (
  id uuid PRIMARY KEY,
  name text NOT NULL CONSTRAINT uq_things_name UNIQUE,
  nickname text CONSTRAINT uq_things_nickname UNIQUE DEFERRABLE INITIALLY DEFERRED,
  area text COLLATE "C" NOT NULL,
  version integer NOT NULL
)
"""

router = APIRouter(route_class=ServiceRoute)
nested = APIRouter(route_class=ServiceRoute, prefix="/things", tags=["things"])


class ThingNameTaken(DomainError):
    kind, code, title = ErrorKind.CONFLICT, "thing_name_taken", "名称已被使用"
    advice = "请换一个名称"


class Part(Body):
    label: str = Field(max_length=20)


class NewThing(Body):
    name: str = Field(max_length=60)
    area: str = VILLAGE
    nickname: str | None = None
    parts: tuple[Part, ...] = ()
    born_on: date | None = None


class ThingView(View):
    id: UUID
    name: str
    version: int


@nested.post(
    "",
    **endpoint(
        "makeThing",
        "测试",
        "测试用。",
        permission="person.register",
        refusals=(409,),
        refuses=(ThingNameTaken,),
        status=201,
        idempotent=True,
    ),
)
async def make(body: NewThing, context: Context, response: Response) -> ThingView:
    context.principal.scope("person.register").require(body.area)
    thing = new_id()
    await context.session.execute(
        text("INSERT INTO things (id, name, nickname, area, version) VALUES (:id, :name, :nickname, :area, 1)"),
        {"id": thing, "name": body.name, "nickname": body.nickname, "area": body.area},
    )
    context.outbox.add(AreaOpened(state=area_state(str(int(thing) % 10**12).zfill(12))))
    context.access.note(
        context.principal, action="make", noun="test.thing", object_id=thing, area=body.area, detail=Detail.WRITE
    )
    response.headers["ETag"] = etag_of(1)
    response.headers["Location"] = f"/registry/v1/things/{thing}"
    return ThingView(id=thing, name=body.name, version=1)


@nested.post(
    "/after",
    **endpoint(
        "makeThingAfter",
        "测试",
        "测试用。",
        permission="person.register",
        refusals=(409,),
        refuses=(ThingNameTaken,),
        status=201,
        idempotent=True,
    ),
)
async def make_after(body: NewThing, context: Context, response: Response, _: MinPosition) -> ThingView:
    """The transaction and the key stand before the position: it is waited for first all the same."""
    return await make(body, context, response)


PATIENT = text("SELECT set_config('lock_timeout', '0', true), set_config('statement_timeout', '0', true)")
SLOW = text("SELECT pg_advisory_xact_lock_shared(hashtext('slow'))")


@nested.post(
    "/slowly",
    **endpoint(
        "makeThingSlowly",
        "测试",
        "测试用。",
        permission="person.register",
        refusals=(409,),
        refuses=(ThingNameTaken,),
        status=201,
        idempotent=True,
    ),
)
async def make_slowly(body: NewThing, context: Context, response: Response) -> ThingView:
    """Takes for ever: for as long as somebody holds the lock `slow`."""
    await context.session.execute(PATIENT)
    await context.session.execute(SLOW)
    return await make(body, context, response)


@nested.get("/count", **endpoint("countThings", "测试", "测试用。", permission="person.read", refusals=()))
async def count(context: Context) -> dict[str, int]:
    """Counts for ever: for as long as somebody holds the lock `slow`."""
    await context.session.execute(PATIENT)
    await context.session.execute(SLOW)
    return {"count": await context.session.scalar(text("SELECT count(*) FROM things")) or 0}


@nested.get("/{id}", **endpoint("getThing", "测试", "测试用。", permission="person.read", refusals=(404,)))
async def get(id: UUID, context: Context, response: Response, purpose: Purpose | None = None) -> ThingView:
    found = await context.session.execute(text("SELECT id, name, area, version FROM things WHERE id = :id"), {"id": id})
    row = found.one_or_none()
    area = None if row is None else str(row.area)
    context.access.note(context.principal, action="read", noun="test.thing", object_id=id, area=area, purpose=purpose)
    context.principal.scope("person.read").require(area)
    assert row is not None
    response.headers["ETag"] = etag_of(row.version, "masked")
    return ThingView(id=row.id, name=row.name, version=row.version)


async def read_quickly(request: Request, state: RequestState) -> Response | None:
    """The short way to a thing: of the area's own village, without a purpose."""
    if request.query_params:
        return None
    try:
        thing = UUID(request.path_params["id"])
    except ValueError:
        return None
    async with state.kit.database.session() as session:
        found = await session.execute(text("SELECT name, area, version FROM things WHERE id = :id"), {"id": thing})
        row = found.one_or_none()
    area = None if row is None else str(row.area)
    state.notes.note(state.principal, action="read", noun="test.thing", object_id=thing, area=area)
    state.principal.scope("person.read").require(area)
    assert row is not None
    body = ThingView(id=thing, name=row.name, version=row.version).model_dump_json()
    return Response(body, media_type="application/json", headers={"ETag": etag_of(row.version, "masked")})


@nested.get("/quick/{id}", **endpoint("getThingQuickly", "测试", "测试用。", permission="person.read", refusals=(404,)))
@has_shortcut(read_quickly)
async def get_quickly(id: UUID, context: Context, response: Response, purpose: Purpose | None = None) -> ThingView:
    return await get(id, context, response, purpose)


@nested.get("/newest", **endpoint("getNewestThing", "测试", "测试用。", permission="person.read", refusals=()))
async def newest(principal: Authorised) -> dict[str, str]:
    return {"newest": principal.subject}


@nested.get("", **endpoint("listThings", "测试", "测试用。", permission="person.read", refusals=()))
async def list_(page: PageQuery, context: Context) -> Page[ThingView]:
    found = await context.session.execute(
        text("SELECT id, name, version FROM things WHERE id > :after ORDER BY id LIMIT :limit"),
        {"after": UUID(page.after[0]) if page.after else UUID(int=0), "limit": page.limit + 1},
    )
    shown, next_cursor = page.cut(found.all(), lambda row: (row.id,))
    return Page(
        items=[ThingView(id=row.id, name=row.name, version=row.version) for row in shown], next_cursor=next_cursor
    )


@nested.put(
    "/{id}",
    **endpoint(
        "renameThing",
        "测试",
        "测试用。",
        permission="person.correct",
        refusals=(
            404,
            412,
            428,
        ),
    ),
)
async def rename(id: UUID, body: NewThing, expected: IfMatch, context: Context) -> ThingView:
    found = await context.session.execute(text("SELECT version FROM things WHERE id = :id FOR UPDATE"), {"id": id})
    seen = found.one_or_none()
    if seen is None:
        raise NotFound(id)
    require_version(seen, expected)
    now = seen.version + 1
    await context.session.execute(
        text("UPDATE things SET name = :name, version = :version WHERE id = :id"),
        {"id": id, "name": body.name, "version": now},
    )
    return ThingView(id=id, name=body.name, version=now)


@router.post(
    "/search",
    **endpoint(
        "searchThings",
        "测试",
        "测试用。",
        permission="person.search",
        refusals=(404, 429),
        also=[Depends(rate_limited("search", per_minute=3))],
    ),
)
async def search(body: NewThing, context: Context) -> ThingView:
    raise NotFound


@router.get("/figures", **endpoint("readFigures", "测试", "测试用。", permission="indicator.read", refusals=()))
async def figures(_: MinPosition) -> dict[str, int]:
    return {"value": 1}


@router.get("/own", **endpoint("readOwn", "测试", "测试用。", permission="incident.read", scope="own", refusals=()))
async def own(principal: Authorised) -> dict[str, str]:
    return {"subject": principal.subject}


@router.get("/open", **endpoint("readOpen", "测试", "测试用。", permission=None, scope="open", refusals=()))
async def open_(principal: Authorised) -> dict[str, str]:
    return {"subject": principal.subject}


@router.get("/boom", **endpoint("boom", "测试", "测试用。", permission="person.read", refusals=()))
async def boom() -> dict[str, str]:
    raise RuntimeError(f"the row of {SECRET} is broken")


router.include_router(nested)

CLERK = Principal("clerk-1", (Grant(Role.VILLAGE_CLERK, VILLAGE),))
NEIGHBOUR = Principal("clerk-2", (Grant(Role.VILLAGE_CLERK, OTHER_VILLAGE),))
ASSESSOR = Principal("assessor-1", (Grant(Role.ASSESSOR, "450481"),))
RESIDENT = Principal("resident-1", (Grant(Role.RESIDENT, "450481"),))


class Badges:
    """A verifier that knows its callers by name."""

    def __init__(self) -> None:
        self.known = {principal.subject: principal for principal in (CLERK, NEIGHBOUR, ASSESSOR, RESIDENT)}

    async def verify(self, token: str) -> Principal:
        if token not in self.known:
            raise Unauthenticated
        return self.known[token]


def area_state(code: str, version: int = 1) -> AreaState:
    return AreaState(
        id=code,
        version=version,
        code=code,
        name="x",
        level=12,
        kind="village",
        parent=code[:9],
        valid_from=date(2020, 1, 1),
    )


def settings_for(url: str, **changes: Any) -> ServiceSettings:
    """Settings with keys of the test's own."""
    values = {
        "database_url": url,
        "kafka_bootstrap": "127.0.0.1:1",
        "oidc_issuer": "https://issuer.test",
        "field_keys": "a:" + base64.b64encode(bytes(range(16))).decode(),
        "index_keys": "a:" + base64.b64encode(bytes(range(32, 64))).decode(),
        "cursor_key": "a key of twenty chars",
        "position_keys": "a:" + base64.b64encode(bytes(range(64, 80))).decode(),
        "max_body_bytes": 4096,
        **changes,
    }
    return ServiceSettings(**values)


def build(url: str, *, clock: Clock, database: Database, access_log: AccessLog, **more: Any) -> FastAPI:
    """The application over a database that has the kit's tables and `things`."""
    return build_app(
        ServiceSpec(name="registry", title="测试服务", metadata=MetaData(), migrations=Path("none")),
        settings_for(url, **more.pop("settings", {})),
        features=[
            Feature(
                router=router,
                routes=(Route("grid.grid"),),
                constraints={"uq_things_name": ThingNameTaken, "uq_things_nickname": ThingNameTaken},
            )
        ],
        clock=clock,
        database=database,
        access_log=access_log,
        verifier=more.pop("verifier", Badges()),
        **more,
    )


@asynccontextmanager
async def client(app: FastAPI, caller: Principal | None = CLERK, **headers: str) -> AsyncIterator[httpx.AsyncClient]:
    """Talks to the application in process, as one caller."""
    if caller is not None:
        headers["Authorization"] = f"Bearer {caller.subject}"
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test/registry/v1", headers=headers) as one:
        yield one
