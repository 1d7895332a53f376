"""Contacts of tags over HTTP: those of the sensitive family only for who may see its tags."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response

from services.registry.deps import Registry
from services.registry.life_events.domain import PersonDeceased, PersonErased, PersonNotActive
from services.registry.tag_contacts.domain import (
    TagContactDatesWrong,
    TagContactDoesNotFit,
    TagContactKnown,
    TagContactNotDue,
    TagContactNothingToUndo,
    TagContactTransitionError,
    TagContactUnchanged,
    TooManyTagContacts,
)
from services.registry.tag_contacts.schemas import (
    CorrectTagContact,
    DueContactCount,
    DueContactView,
    EndTagContact,
    EnterTagContact,
    TagContactsView,
    TagContactVersionView,
    TagContactView,
)
from services.registry.tag_contacts.service.handling import ShownContact
from shared.contracts.envelope import AreaCode
from shared.http.endpoint import creates, reads, step
from shared.http.etag import Expected, NamedVersion, etag_of
from shared.http.pagination import PageQuery
from shared.http.route import ServiceRoute
from shared.http.schemas import Page
from shared.http.security import Authorised

router = APIRouter(route_class=ServiceRoute, tags=["tag_contacts"])

TagId = Annotated[UUID, Path(description="标签标识 id of the tag, of either family")]
ContactId = Annotated[UUID, Path(description="联系人标识 id of the contact")]
OfArea = Annotated[AreaCode, Query(description="区划代码 area in which the persons live or are registered")]
ROOM = (TagContactKnown, TooManyTagContacts)


@router.post(
    "/tags/{id}/contacts",
    **creates(
        "enterTagContact",
        "登记标签联系人",
        "为有标签的居民登记监护人或责任人（帮扶人）：在册居民、册外人员或单位、系统用户；敏感类标签须另有权限。",
        permission="tag.manage",
        location=True,
        refuses=(
            TagContactDoesNotFit,
            TagContactDatesWrong,
            TagContactTransitionError,
            PersonDeceased,
            PersonNotActive,
            *ROOM,
        ),
    ),
)
async def enter(
    id: TagId, body: EnterTagContact, principal: Authorised, registry: Registry, response: Response
) -> TagContactView:
    """Enter a guardian or responsible person."""
    shown = await registry.tag_contacts.enter(principal, id, body.fields())
    response.headers["Location"] = f"/registry/v1/tag-contacts/{shown.id}"
    return _answer(shown, response)


@router.get(
    "/tags/{id}/contacts",
    **reads(
        "listTagContacts",
        "标签联系人列表",
        "某一标签的监护人和责任人，最早的在前；查看会记入访问记录。",
        permission="tag.read",
    ),
)
async def of_tag(id: TagId, principal: Authorised, registry: Registry) -> TagContactsView:
    """A tag's contacts, oldest first."""
    return TagContactsView.of(list(await registry.tag_contact_reads.of_tag(principal, id)))


@router.get(
    "/tag-contacts/due",
    **reads(
        "listDueTagContacts",
        "待办理的标签联系人",
        "某区域内已死亡、迁出、失踪或合并的联系人，以及应有而尚无监护人的标签；查看会记入访问记录。",
        permission="tag.read",
    ),
)
async def due(principal: Authorised, registry: Registry, page: PageQuery, area: OfArea) -> Page[DueContactView]:
    """What a clerk has to look after, by id."""
    after = None if page.after is None else UUID(page.after[0])
    found = await registry.tag_contact_reads.due(principal, area, after=after, limit=page.limit)
    shown, cursor = page.cut(found, key=lambda one: (one.id,))
    return Page(items=[DueContactView.of(one) for one in shown], next_cursor=cursor)


@router.get(
    "/tag-contacts/due/count",
    **reads("countDueTagContacts", "待办理的标签联系人计数", "按相同条件列表共有多少项。", permission="tag.read"),
)
async def count_due(principal: Authorised, registry: Registry, area: OfArea) -> DueContactCount:
    """How many the list has in all: the same scope."""
    return DueContactCount(count=await registry.tag_contact_reads.count_due(principal, area))


@router.get(
    "/tag-contacts/{id}",
    **reads(
        "getTagContact",
        "查询标签联系人",
        "一位监护人或责任人，姓名和电话按权限脱敏；查看会记入访问记录。",
        permission="tag.read",
        etag=True,
    ),
)
async def read(id: ContactId, principal: Authorised, registry: Registry, response: Response) -> TagContactView:
    """One contact; the look is noted in the access log."""
    return _answer(await registry.tag_contact_reads.read(principal, id), response)


@router.get(
    "/tag-contacts/{id}/history",
    **reads(
        "listTagContactVersions",
        "标签联系人办理记录",
        "一位联系人的每一步办理及办理后的内容，最早的在前。",
        permission="tag.read",
    ),
)
async def history(
    id: ContactId, principal: Authorised, registry: Registry, page: PageQuery
) -> Page[TagContactVersionView]:
    """What was done to it, the first step first."""
    after = 0 if page.after is None else int(page.after[0])
    rows = await registry.tag_contact_reads.history(principal, id, after=after, limit=page.limit)
    shown, cursor = page.cut(rows, key=lambda one: (one.contact.version,))
    return Page(items=[TagContactVersionView.of(one) for one in shown], next_cursor=cursor)


@router.post(
    "/tag-contacts/{id}/correct",
    **step(
        "correctTagContact",
        "更正标签联系人",
        "更正联系人的关系、姓名、电话和开始日；换人的，结束后另行登记。",
        permission="tag.manage",
        refuses=(
            *(TagContactTransitionError, TagContactDoesNotFit, TagContactDatesWrong, TagContactUnchanged, PersonErased),
            *ROOM,
        ),
    ),
)
async def correct(
    id: ContactId,
    body: CorrectTagContact,
    expected: Expected,
    principal: Authorised,
    registry: Registry,
    response: Response,
) -> TagContactView:
    """Set right what is known of a contact."""
    shown = await registry.tag_contacts.correct(principal, id, body.correction(), expected=expected)
    return _answer(shown, response)


@router.post(
    "/tag-contacts/{id}/keep",
    **step(
        "keepTagContact",
        "确认联系人继续",
        "联系人已迁出或失踪，经核实仍为监护人或责任人的，确认后不再提示。",
        permission="tag.manage",
        refuses=(TagContactTransitionError, TagContactNotDue),
    ),
)
async def keep(
    id: ContactId, expected: Expected, principal: Authorised, registry: Registry, response: Response
) -> TagContactView:
    """Who has moved out or is missing is the contact all the same."""
    return _answer(await registry.tag_contacts.keep(principal, id, expected=expected), response)


@router.post(
    "/tag-contacts/{id}/end",
    **step(
        "endTagContact",
        "结束标签联系人",
        "登记某人自某日起不再担任监护人或责任人。",
        permission="tag.manage",
        refuses=(TagContactTransitionError, TagContactDatesWrong),
    ),
)
async def end(
    id: ContactId,
    body: EndTagContact,
    expected: Expected,
    principal: Authorised,
    registry: Registry,
    response: Response,
) -> TagContactView:
    """Somebody is the contact no more."""
    return _answer(await registry.tag_contacts.end(principal, id, ended_on=body.ended_on, expected=expected), response)


@router.post(
    "/tag-contacts/{id}/withdraw",
    **step(
        "withdrawTagContact",
        "撤回标签联系人",
        "撤回误登的联系人。",
        permission="tag.manage",
        refuses=(TagContactTransitionError,),
    ),
)
async def withdraw(
    id: ContactId, expected: Expected, principal: Authorised, registry: Registry, response: Response
) -> TagContactView:
    """It was entered by mistake."""
    return _answer(await registry.tag_contacts.withdraw(principal, id, expected=expected), response)


@router.post(
    "/tag-contacts/{id}/undo",
    **step(
        "undoTagContact",
        "撤销上一步",
        "撤销对联系人的最近一步办理；再次撤销的，撤销其前一步。须用 `If-Match` 指明所见版本，以免撤销两步。",
        permission="tag.manage",
        refusals=(404, 409, 412, 428),
        refuses=(TagContactTransitionError, TagContactNothingToUndo, *ROOM),
    ),
)
async def undo(
    id: ContactId, expected: NamedVersion, principal: Authorised, registry: Registry, response: Response
) -> TagContactView:
    """Take back what was done last."""
    return _answer(await registry.tag_contacts.undo(principal, id, expected=expected), response)


def _answer(shown: ShownContact, response: Response) -> TagContactView:
    response.headers["ETag"] = etag_of(shown.version)
    return TagContactView.of(shown)
