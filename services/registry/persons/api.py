"""Persons over HTTP."""

from typing import Annotated, Literal
from uuid import UUID

import orjson
from fastapi import APIRouter, Depends, Query, Request, Response, status

from services.registry.deps import Authorised, Registry
from services.registry.persons.domain import Identity
from services.registry.persons.schemas import (
    CorrectPerson,
    CountView,
    LookUpPersons,
    NamesView,
    NameView,
    PersonsView,
    PersonView,
    RegisterPerson,
    SearchPersons,
    fields_of,
)
from services.registry.wiring import person_reads
from shared.auth.access_log import Purpose
from shared.contracts.envelope import AreaCode
from shared.contracts.registry import Book, PersonStatus
from shared.http.errors import problems
from shared.http.etag import IfMatch, etag_of, tagged
from shared.http.idempotency import Idempotent
from shared.http.kit import RequestState
from shared.http.limits import rate_limited
from shared.http.pagination import PageQuery
from shared.http.route import ServiceRoute, has_shortcut
from shared.http.schemas import Page

router = APIRouter(route_class=ServiceRoute, tags=["persons"])


@router.post(
    "/persons",
    operation_id="registerPerson",
    status_code=status.HTTP_201_CREATED,
    dependencies=[Idempotent],
    responses=problems(404, 409) | tagged(201, location=True),
)
async def register(body: RegisterPerson, principal: Authorised, registry: Registry, response: Response) -> PersonView:
    """Enter somebody: by birth, by moving in, or enrolled as already living or registered here."""
    person = await registry.persons.register(principal, body.person())
    response.headers["ETag"] = etag_of(1, "masked")
    response.headers["Location"] = f"/registry/v1/persons/{person.record.id}"
    return PersonView.of(person)


@router.get("/persons", operation_id="listPersons", responses=problems())
async def list_in(
    principal: Authorised,
    registry: Registry,
    page: PageQuery,
    area: AreaCode,
    book: Book = Book.RESIDENCE,
    status: PersonStatus | None = PersonStatus.ACTIVE,
) -> Page[PersonView]:
    """Persons of an area by residence or registered place, masked."""
    after = (str(page.after[0]), UUID(page.after[1])) if page.after else None
    people = await registry.persons.list_in(principal, area, book, status, after=after, limit=page.limit + 1)
    shown, cursor = page.cut(
        people,
        lambda one: (
            one.record.residence_area if book is Book.RESIDENCE else one.record.registration_area,
            str(one.record.id),
        ),
    )
    return Page(items=[PersonView.of(person) for person in shown], next_cursor=cursor)


@router.get("/persons/count", operation_id="countPersons", responses=problems())
async def count(
    principal: Authorised,
    registry: Registry,
    area: AreaCode,
    book: Book = Book.RESIDENCE,
    status: PersonStatus | None = PersonStatus.ACTIVE,
) -> CountView:
    """How many the list has in all."""
    return CountView(count=await registry.persons.count(principal, area, book, status))


@router.post(
    "/persons/search",
    operation_id="searchPersons",
    dependencies=[Depends(rate_limited("person_search"))],
    responses=problems(429),
)
async def search(body: SearchPersons, principal: Authorised, registry: Registry) -> PersonsView:
    """Whoever has exactly this number, within the caller's area."""
    found = await registry.persons.search(principal, Identity(body.document_type, body.document_number), body.purpose)
    return PersonsView(items=[PersonView.of(person) for person in found])


@router.post(
    "/persons/lookup",
    operation_id="lookUpPersons",
    dependencies=[Depends(rate_limited("person_lookup"))],
    responses=problems(429),
)
async def look_up(body: LookUpPersons, principal: Authorised, registry: Registry) -> NamesView:
    """The masked names behind ids, for screens and phones."""
    found = await registry.persons.look_up(principal, body.ids, body.purpose)
    return NamesView(items=[NameView.of(person) for person in found])


async def read_quickly(request: Request, state: RequestState) -> Response | None:
    """The same as `read` below where nothing but the id is told: no transaction, ids of several callers together."""
    if request.scope["query_string"]:
        return None
    try:
        person_id = UUID(request.path_params["id"])
    except ValueError:
        return None
    reads = person_reads(request.app.state.person_loader, state.kit.crypto, state.notes)
    person = await reads.read(state.principal, person_id, full=False, purpose=None)
    return Response(
        orjson.dumps(fields_of(person)),
        media_type="application/json",
        headers={"ETag": etag_of(person.record.version, "masked")},
    )


@router.get("/persons/{id}", operation_id="getPerson", responses=problems(404) | tagged())
@has_shortcut(read_quickly)
async def read(
    id: UUID,
    principal: Authorised,
    registry: Registry,
    response: Response,
    view: Annotated[Literal["masked", "full"], Query(description="full needs a purpose")] = "masked",
    purpose: Purpose | None = None,
) -> PersonView:
    """One person, masked or in full."""
    person = await registry.persons.read(principal, id, full=view == "full", purpose=purpose)
    response.headers["ETag"] = etag_of(person.record.version, view)
    return PersonView.of(person)


@router.post("/persons/{id}/correct", operation_id="correctPerson", responses=problems(404, 409, 412, 428) | tagged())
async def correct(
    id: UUID, body: CorrectPerson, version: IfMatch, principal: Authorised, registry: Registry, response: Response
) -> PersonView:
    """Set fields right; needs the version that the caller saw."""
    person = await registry.persons.correct(principal, id, version, body.correction())
    response.headers["ETag"] = etag_of(person.record.version, "masked")
    return PersonView.of(person)
