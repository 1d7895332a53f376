"""Drafts of the dictionary of incidents (事件字典草稿) over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response

from services.grid.deps import Grid
from services.grid.dictionaries.schemas import DifferencesView, DifferenceView
from services.grid.dictionary_drafts.domain import DraftOpen, DraftTransitionError, VersionBegun, VersionFollowed
from services.grid.dictionary_drafts.models import DictionaryDraft
from services.grid.dictionary_drafts.schemas import (
    BeginDictionaryDraft,
    DictionaryDraftCount,
    DictionaryDraftRow,
    DictionaryDraftView,
    PublishDictionary,
    ReviseDictionaryDraft,
)
from shared.http.bodies import BULK
from shared.http.endpoint import creates, reads, step
from shared.http.etag import Expected, etag_of
from shared.http.pagination import PageQuery
from shared.http.route import ServiceRoute
from shared.http.schemas import Page
from shared.http.security import Authorised

router = APIRouter(route_class=ServiceRoute, tags=["incident-dictionary-drafts"])

MANAGE = "dictionary.manage"

DraftId = Annotated[UUID, Path(description="草稿标识 id of the draft")]


def _answer(draft: DictionaryDraft, response: Response) -> DictionaryDraftView:
    response.headers["ETag"] = etag_of(draft.version)
    return DictionaryDraftView.of(draft)


@router.post(
    "/incident-dictionary-drafts",
    **creates(
        "beginDictionaryDraft",
        "起草事件字典",
        "以某一版（默认最新版）为基础起草下一版事件字典；同时只能有一份草稿。",
        permission=MANAGE,
        scope="county",
        location=True,
        refuses=(DraftOpen,),
    ),
)
async def begin(
    body: BeginDictionaryDraft, principal: Authorised, grid: Grid, response: Response
) -> DictionaryDraftView:
    """Begin a draft."""
    draft = await grid.dictionary_drafts.begin(principal, body.based_on)
    response.headers["Location"] = f"/grid/v1/incident-dictionary-drafts/{draft.id}"
    return _answer(draft, response)


@router.get(
    "/incident-dictionary-drafts",
    **reads(
        "listDictionaryDrafts",
        "事件字典草稿列表",
        "事件字典的草稿，最新的在前。",
        permission=MANAGE,
        scope="county",
        refusals=(),
    ),
)
async def list_drafts(page: PageQuery, _: Authorised, grid: Grid) -> Page[DictionaryDraftRow]:
    """Drafts, the newest first."""
    after = None if page.after is None else UUID(page.after[0])
    rows = await grid.dictionary_drafts.page(after=after, limit=page.limit + 1)
    shown, cursor = page.cut(rows, key=lambda one: (one.id,))
    return Page(items=[DictionaryDraftRow.model_validate(one) for one in shown], next_cursor=cursor)


@router.get(
    "/incident-dictionary-drafts/count",
    **reads(
        "countDictionaryDrafts",
        "事件字典草稿计数",
        "列表共有多少份草稿。",
        permission=MANAGE,
        scope="county",
        refusals=(),
    ),
)
async def count(_: Authorised, grid: Grid) -> DictionaryDraftCount:
    """How many the list has in all."""
    return DictionaryDraftCount(count=await grid.dictionary_drafts.count())


@router.get(
    "/incident-dictionary-drafts/{id}",
    **reads("getDictionaryDraft", "查询事件字典草稿", "一份草稿全文。", permission=MANAGE, scope="county", etag=True),
)
async def read(id: DraftId, _: Authorised, grid: Grid, response: Response) -> DictionaryDraftView:
    """One draft, whole."""
    return _answer(await grid.dictionary_drafts.read(id), response)


@router.get(
    "/incident-dictionary-drafts/{id}/differences",
    **reads(
        "compareDictionaryDraft",
        "对比事件字典草稿",
        "草稿与最新版相比改了什么；已发布或作废的，与其基础版本对比。",
        permission=MANAGE,
        scope="county",
    ),
)
async def compare(id: DraftId, _: Authorised, grid: Grid) -> DifferencesView:
    """What a draft changes."""
    found = await grid.dictionary_drafts.compare(id)
    return DifferencesView(items=[DifferenceView.model_validate(one) for one in found])


@router.post(
    "/incident-dictionary-drafts/{id}/revise",
    **step(
        "reviseDictionaryDraft",
        "修改事件字典草稿",
        "以新的全文替换草稿内容；发布前可以不完整。",
        permission=MANAGE,
        scope="county",
        refuses=(DraftTransitionError,),
        max_body=BULK,
    ),
)
async def revise(
    id: DraftId, body: ReviseDictionaryDraft, expected: Expected, _: Authorised, grid: Grid, response: Response
) -> DictionaryDraftView:
    """Replace what the draft says."""
    return _answer(await grid.dictionary_drafts.revise(id, body.content(), expected=expected), response)


@router.post(
    "/incident-dictionary-drafts/{id}/publish",
    **step(
        "publishDictionary",
        "发布事件字典",
        "把草稿发布为下一版，自启用日起生效；已立案的事件仍按原版本计时。",
        permission=MANAGE,
        scope="county",
        refuses=(DraftTransitionError,),
    ),
)
async def publish(
    id: DraftId, body: PublishDictionary, expected: Expected, principal: Authorised, grid: Grid, response: Response
) -> DictionaryDraftView:
    """Publish the draft as the next version."""
    draft = await grid.dictionary_drafts.publish(principal, id, body.valid_from, expected=expected)
    return _answer(draft, response)


@router.post(
    "/incident-dictionary-drafts/{id}/withdraw",
    **step(
        "withdrawDictionary",
        "撤回发布的事件字典",
        "启用日之前撤回所发布的版本，草稿恢复为可修改。",
        permission=MANAGE,
        scope="county",
        refuses=(DraftTransitionError, VersionBegun, VersionFollowed, DraftOpen),
    ),
)
async def withdraw(
    id: DraftId, expected: Expected, principal: Authorised, grid: Grid, response: Response
) -> DictionaryDraftView:
    """Withdraw the version that was made of the draft, before its first day."""
    return _answer(await grid.dictionary_drafts.withdraw(principal, id, expected=expected), response)


@router.post(
    "/incident-dictionary-drafts/{id}/discard",
    **step(
        "discardDictionaryDraft",
        "作废事件字典草稿",
        "作废草稿；可以恢复。",
        permission=MANAGE,
        scope="county",
        refuses=(DraftTransitionError,),
    ),
)
async def discard(
    id: DraftId, expected: Expected, _: Authorised, grid: Grid, response: Response
) -> DictionaryDraftView:
    """Discard the draft."""
    return _answer(await grid.dictionary_drafts.discard(id, expected=expected), response)


@router.post(
    "/incident-dictionary-drafts/{id}/restore",
    **step(
        "restoreDictionaryDraft",
        "恢复事件字典草稿",
        "恢复作废的草稿。",
        permission=MANAGE,
        scope="county",
        refuses=(DraftTransitionError, DraftOpen),
    ),
)
async def restore(
    id: DraftId, expected: Expected, _: Authorised, grid: Grid, response: Response
) -> DictionaryDraftView:
    """Open a discarded draft again."""
    return _answer(await grid.dictionary_drafts.restore(id, expected=expected), response)
