"""Sync of persons over HTTP."""

import re
from typing import Annotated

import orjson
from fastapi import APIRouter, Header, Query, Request, Response

from services.registry.deps import Registry
from services.registry.person_syncs.domain import SyncCursor
from services.registry.person_syncs.schemas import SyncView, fields_of_sync
from services.registry.person_syncs.service import Deltas, Synced, wanted_of
from shared.contracts.envelope import AreaCode
from shared.contracts.registry.persons import PersonStatus
from shared.contracts.registry.postings import Book
from shared.http.compression import compress
from shared.http.endpoint import reads
from shared.http.kit import RequestState
from shared.http.pagination import DEFAULT_LIMIT, MAX_CURSOR, PageQuery, PageRequest, page_query
from shared.http.route import ServiceRoute, has_shortcut
from shared.http.security import Authorised

router = APIRouter(route_class=ServiceRoute, tags=["persons"])

_QUICK, _CODE = frozenset({"cursor", "area"}), re.compile(r"([0-9]{2}){1,3}|[0-9]{9}|[0-9]{12}|[0-9]{15}")
SyncedArea = Annotated[
    AreaCode | None,
    Query(description="区划代码 area in which they live or are registered, by the book; absent: all of your areas"),
]
SyncedBook = Annotated[Book, Query(description="账簿 by residence (常住) or registered place (户籍)")]
SyncedStatus = Annotated[PersonStatus, Query(description="状态 where they stand in that book")]
Accepted = Annotated[str, Header(alias="accept-encoding", include_in_schema=False)]


def answer(found: Synced, page: PageRequest, accepted: str) -> Response:
    """A `SyncView` of masked persons, written without one, and compressed for who takes that."""
    response = Response(
        orjson.dumps(fields_of_sync(found, page.cursor(*found.cursor.values))), media_type="application/json"
    )
    compress(accepted, response)
    return response


async def sync_quickly(request: Request, state: RequestState) -> Response | None:
    """Short way of `sync` for a phone that has a cursor: no transaction, several phones in one statement."""
    given = request.query_params
    if not _QUICK.issuperset(given) or len(given) < len(given.multi_items()):
        return None
    area, cursor = given.get("area"), given.get("cursor", "")
    if not 0 < len(cursor) <= MAX_CURSOR or not (area is None or _CODE.fullmatch(area)):
        return None
    page = await page_query(request, cursor, DEFAULT_LIMIT)
    wanted = wanted_of(state.principal, area, Book.RESIDENCE, PersonStatus.ACTIVE)
    kit = state.kit
    deltas = Deltas(kit.database.reads.ask, kit.crypto, state.notes, kit.clock)
    found = await deltas.missed(state.principal, wanted, SyncCursor.of(page.after or ()), page.limit)
    return None if found is None else answer(found, page, request.headers.get("accept-encoding", ""))


@router.get(
    "/persons/sync",
    **reads(
        "syncPersons",
        "同步居民",
        "供手机离线使用：首次取辖区内全部居民，之后凭同步标记只取新增、变更和移出的居民，脱敏与列表相同；每次下发都会记入访问记录。",
        permission="person.read",
    ),
    response_model=SyncView,
)
@has_shortcut(sync_quickly)
async def sync(
    principal: Authorised,
    registry: Registry,
    page: PageQuery,
    area: SyncedArea = None,
    book: SyncedBook = Book.RESIDENCE,
    status: SyncedStatus = PersonStatus.ACTIVE,
    accepted: Accepted = "",
) -> Response:
    """What changed in an area's list of persons since the cursor was given out; all of it without a cursor."""
    cursor = None if page.after is None else SyncCursor.of(page.after)
    wanted = wanted_of(principal, area, book, status)
    return answer(await registry.person_syncs.sync(principal, wanted, cursor, page.limit), page, accepted)
