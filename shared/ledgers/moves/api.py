"""Moves of records (版本迁移) over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Request

from shared.http.endpoint import creates, reads
from shared.http.kit import part_of
from shared.http.pagination import PageQuery
from shared.http.route import ServiceRoute
from shared.http.schemas import Page
from shared.http.security import Authorised
from shared.http.transaction import Context
from shared.jobs.queue import JobAlreadyOpen
from shared.ledgers.definitions.wiring import LedgerCode
from shared.ledgers.moves.domain import NothingToMove
from shared.ledgers.moves.schemas import MoveView, UnmovedView
from shared.ledgers.moves.service import LedgerMoves
from shared.ledgers.records.wiring import LedgerParts

router = APIRouter(route_class=ServiceRoute, prefix="/ledgers/{code}", tags=["ledgers"])

MoveId = Annotated[UUID, Path(description="迁移标识 id of the move")]


async def _moves(request: Request, context: Context) -> LedgerMoves:
    return LedgerMoves(context, part_of(request, LedgerParts))


Moves = Annotated[LedgerMoves, Depends(_moves)]


@router.post(
    "/moves",
    **creates(
        "moveRecords",
        "迁移台账记录",
        "按已发布的新旧对应关系，把旧版本的在办记录分批迁到现行版本；不符的记录留在原版本并列出。",
        permission="ledger.publish",
        scope="county",
        refusals=(404, 409),
        etag=False,
        refuses=(NothingToMove, JobAlreadyOpen),
    ),
)
async def move(code: LedgerCode, principal: Authorised, moves: Moves) -> MoveView:
    """Move the live records of older versions to the one in force, by the mappings that were published."""
    return MoveView.of(await moves.begin(principal, code))


@router.get(
    "/moves/{id}",
    **reads(
        "getMove",
        "查询记录迁移",
        "迁移进行到哪一步，已迁移和未迁移的记录数。",
        permission="ledger.draft",
        scope="county",
    ),
)
async def get_move(code: LedgerCode, id: MoveId, principal: Authorised, moves: Moves) -> MoveView:
    """A move as it is now."""
    return MoveView.of(await moves.read(code, id))


@router.post(
    "/moves/{id}/cancel",
    **creates(
        "cancelMove",
        "停止记录迁移",
        "停止后已迁移的保持不变，其余可另行迁移。",
        permission="ledger.publish",
        scope="county",
        refusals=(404,),
        status=200,
        etag=False,
    ),
)
async def cancel(code: LedgerCode, id: MoveId, principal: Authorised, moves: Moves) -> MoveView:
    """Stop it. What was moved stays moved; a new move goes on with the rest."""
    return MoveView.of(await moves.cancel(code, id))


@router.get(
    "/unmoved-records",
    **reads(
        "listUnmovedRecords",
        "未迁移的台账记录",
        "仍在旧版本的在办记录及其不符之处，不显示内容；须可查看记录的全部内容，每次查看留痕。",
        permission="ledger.draft",
        scope="county",
        refusals=(403, 404),
        refuses=(NothingToMove,),
    ),
)
async def list_unmoved(code: LedgerCode, page: PageQuery, principal: Authorised, moves: Moves) -> Page[UnmovedView]:
    """Live records that are still under an older version, by id, and where they do not fit. No value is told."""
    after = None if page.after is None else UUID(page.after[0])
    rows = await moves.unmoved(principal, code, after=after, limit=page.limit)
    shown, cursor = page.cut(rows, key=lambda one: (one.id,))
    return Page(items=[UnmovedView.of(one) for one in shown], next_cursor=cursor)
