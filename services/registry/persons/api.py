"""Persons over HTTP."""

from typing import Annotated, Literal
from uuid import UUID

import orjson
from fastapi import APIRouter, Depends, Path, Query, Request, Response

from services.registry.deps import Registry
from services.registry.persons.domain import ADMISSION, CORRECTING, Identity
from services.registry.persons.schemas import (
    CorrectPerson,
    CountView,
    LookUpPersons,
    NamedView,
    NamesView,
    NameView,
    PersonsView,
    PersonView,
    RegisterPerson,
    SearchByName,
    SearchPersons,
    SuspectsView,
    SuspectView,
    fields_of,
)
from services.registry.persons.service.disclosures import Disclosed
from services.registry.persons.service.questions import BUCKET
from services.registry.persons.service.reads import PersonReads
from shared.auth.access_log import Purpose
from shared.contracts.envelope import AreaCode
from shared.contracts.registry.persons import PersonStatus
from shared.contracts.registry.postings import Book
from shared.errors import PurposeRequired
from shared.http.endpoint import creates, reads, step
from shared.http.etag import IfMatch, etag_of
from shared.http.kit import RequestState
from shared.http.limits import counted, rate_limited
from shared.http.pagination import PageQuery
from shared.http.route import ServiceRoute, has_shortcut
from shared.http.schemas import Day, Page
from shared.http.security import Authorised

router = APIRouter(route_class=ServiceRoute, tags=["persons"])

ListedArea = Annotated[AreaCode, Query(description="区划代码 area in which they live or are registered, by the book")]
ListedBook = Annotated[Book, Query(description="账簿 by residence (常住) or registered place (户籍)")]
ListedStatus = Annotated[
    PersonStatus | None, Query(description="状态 where they stand in that book: who left it is not active in it")
]
HomeArea = Annotated[AreaCode, Query(description="区划代码 area in which they live or are registered")]
DueBy = Annotated[Day | None, Query(description="期限不晚于 due on this day or before; all if absent")]
PersonId = Annotated[UUID, Path(description="居民标识 id of the person in the register")]


@router.post(
    "/persons",
    **creates(
        "registerPerson",
        "登记居民",
        "登记居民：出生、迁入，或原已在本地居住或有户籍的补登。",
        permission="person.register",
        refusals=(404, 409, 429),
        location=True,
        also=[Depends(counted(BUCKET))],
        refuses=ADMISSION,
    ),
    response_model=PersonView,
)
async def register(body: RegisterPerson, principal: Authorised, registry: Registry) -> Response:
    """Register a person: by birth, by moving in, or enrolled as already living or registered here."""
    person = await registry.persons.register(principal, body.person())
    answer = shown(person, status=201)
    answer.headers["Location"] = f"/registry/v1/persons/{person.record.id}"
    return answer


@router.post(
    "/persons/possible-duplicates",
    **reads(
        "findPossibleDuplicates",
        "查找疑似重复",
        "登记前查看您辖区内与之相像的居民、理由和分值；核对后确为另一人的，凭核对标记登记。",
        permission="person.register",
        refusals=(404, 429),
        also=[Depends(rate_limited(BUCKET))],
    ),
)
async def find_duplicates(body: RegisterPerson, principal: Authorised, registry: Registry) -> SuspectsView:
    """Persons who may be the one to be entered: asked for newborns and for those without a number."""
    found = await registry.persons.find_duplicates(principal, body.person())
    return SuspectsView(items=[SuspectView.of(one) for one in found.people], confirmation=found.confirmation)


@router.get(
    "/persons",
    **reads(
        "listPersons",
        "居民列表",
        "某区域的居民，按居住地或户籍地，脱敏，按区域和标识排列。",
        permission="person.read",
        refusals=(),
    ),
)
async def page(
    principal: Authorised,
    registry: Registry,
    page: PageQuery,
    area: ListedArea,
    book: ListedBook = Book.RESIDENCE,
    status: ListedStatus = PersonStatus.ACTIVE,
) -> Page[PersonView]:
    """Persons of an area by residence or registered place, masked, in the order of area and id."""
    after = (str(page.after[0]), UUID(page.after[1])) if page.after else None
    people = await registry.persons.page(principal, area, book, status, after=after, limit=page.limit)
    home = book is Book.RESIDENCE
    shown, cursor = page.cut(
        people, lambda one: (one.record.residence_area if home else one.record.registration_area, str(one.record.id))
    )
    return Page(items=[PersonView.of(person) for person in shown], next_cursor=cursor)


@router.get(
    "/persons/count",
    **reads("countPersons", "居民计数", "按相同条件列表共有多少人。", permission="person.read", refusals=()),
)
async def count(
    principal: Authorised,
    registry: Registry,
    area: ListedArea,
    book: ListedBook = Book.RESIDENCE,
    status: ListedStatus = PersonStatus.ACTIVE,
) -> CountView:
    """How many persons the list has in all."""
    return CountView(count=await registry.persons.count(principal, area, book, status))


@router.get(
    "/persons/undocumented",
    **reads(
        "listUndocumentedPersons",
        "无证件居民列表",
        "某区域尚无身份证件的在册居民，脱敏，按补办期限排列。",
        permission="person.read",
        refusals=(),
    ),
)
async def undocumented(
    principal: Authorised,
    registry: Registry,
    page: PageQuery,
    area: HomeArea,
    due_by: DueBy = None,
) -> Page[PersonView]:
    """Persons of an area without an identity document, by the day on which that is looked after."""
    after = (str(page.after[0]), UUID(page.after[1])) if page.after else None
    people = await registry.persons.undocumented(principal, area, due_by, after=after, limit=page.limit)
    shown, cursor = page.cut(people, lambda one: (str(one.record.undocumented_due_on), str(one.record.id)))
    return Page(items=[PersonView.of(person) for person in shown], next_cursor=cursor)


@router.get(
    "/persons/undocumented/count",
    **reads(
        "countUndocumentedPersons",
        "无证件居民计数",
        "按相同条件列表共有多少人。",
        permission="person.read",
        refusals=(),
    ),
)
async def count_undocumented(
    principal: Authorised, registry: Registry, area: HomeArea, due_by: DueBy = None
) -> CountView:
    """How many persons without an identity document the list has in all."""
    return CountView(count=await registry.persons.count_undocumented(principal, area, due_by))


@router.post(
    "/persons/search",
    **reads(
        "searchPersons",
        "按证件号查找居民",
        "按完整证件号码查找您辖区内的居民。",
        permission="person.search",
        refusals=(429,),
        also=[Depends(rate_limited(BUCKET))],
    ),
)
async def search(body: SearchPersons, principal: Authorised, registry: Registry) -> PersonsView:
    """The person with exactly this number, if in the caller's area."""
    found = await registry.persons.search(principal, Identity(body.document_type, body.document_number), body.purpose)
    return PersonsView(items=[PersonView.of(person) for person in found])


@router.post(
    "/persons/search-by-name",
    **reads(
        "searchPersonsByName",
        "按姓名查找居民",
        "按姓名、全拼或简拼查找您辖区内的居民；姓氏多音的，各读音均可。",
        permission="person.search",
        refusals=(404, 429),
        also=[Depends(rate_limited("person_name"))],
    ),
)
async def search_by_name(body: SearchByName, principal: Authorised, registry: Registry) -> NamedView:
    """Persons of the caller's areas by name, by its pinyin or initials; every reading of a surname is known."""
    found = await registry.names.search(principal, body.name, body.area, body.purpose)
    return NamedView(items=[PersonView.of(person) for person in found.people], more=found.more)


@router.post(
    "/persons/lookup",
    **reads(
        "lookUpPersons",
        "按标识取姓名",
        "按标识批量取脱敏姓名，供页面和手机显示。",
        permission="person.lookup",
        refusals=(429,),
        also=[Depends(rate_limited("person_lookup"))],
    ),
)
async def look_up(body: LookUpPersons, principal: Authorised, registry: Registry) -> NamesView:
    """Masked names by id, for screens and phones."""
    found = await registry.persons.look_up(principal, body.ids, body.purpose)
    return NamesView(items=[NameView.of(person) for person in found])


def shown(person: Disclosed, *, status: int = 200) -> Response:
    """A `PersonView` of a masked person, written without one: the same bytes (`test_shown_persons` compares them)."""
    return Response(
        orjson.dumps(fields_of(person)),
        status_code=status,
        media_type="application/json",
        headers={"ETag": etag_of(person.record.version, "masked")},
    )


async def read_quickly(request: Request, state: RequestState) -> Response | None:
    """Short way of `read` if only the id is given: no transaction, ids of several callers in one statement."""
    if request.scope["query_string"]:
        return None
    try:
        person_id = UUID(request.path_params["id"])
    except ValueError:
        return None
    looks = PersonReads(request.app.state.person_loader.load, state.kit.crypto, state.notes)
    person = await looks.read(state.principal, person_id, full=False, purpose=None)
    return shown(person)


@router.get(
    "/persons/{id}",
    **reads(
        "getPerson",
        "查询居民",
        "一位居民，脱敏或完整。",
        permission="person.read",
        etag=True,
        refuses=(PurposeRequired,),
    ),
)
@has_shortcut(read_quickly)
async def read(
    id: PersonId,
    principal: Authorised,
    registry: Registry,
    response: Response,
    view: Annotated[Literal["masked", "full"], Query(description="显示方式 masked, or full for a purpose")] = "masked",
    purpose: Annotated[
        Purpose | None, Query(description="用途 why the person is looked at; kept in the access log")
    ] = None,
) -> PersonView:
    """One person, masked or in full."""
    person = await registry.persons.read(principal, id, full=view == "full", purpose=purpose)
    response.headers["ETag"] = etag_of(person.record.version, view)
    return PersonView.of(person)


@router.post(
    "/persons/{id}/correct",
    **step(
        "correctPerson",
        "更正居民信息",
        "更正信息；须带您看到的版本。按规定须经批准的信息，改为提出更正申请。",
        permission="person.correct",
        refusals=(404, 409, 412, 428, 429),
        also=[Depends(counted(BUCKET))],
        refuses=CORRECTING,
    ),
)
async def correct(
    id: PersonId, body: CorrectPerson, expected: IfMatch, principal: Authorised, registry: Registry, response: Response
) -> PersonView:
    """Correct fields; needs the versions that the caller saw."""
    person = await registry.correcting.correct(principal, id, expected, body.correction())
    response.headers["ETag"] = etag_of(person.record.version, "masked")
    return PersonView.of(person)
