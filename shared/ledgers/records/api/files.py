"""Attachments of records (台账附件) over HTTP: what a record's file is, and its content."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response

from shared.auth.access_log import Purpose
from shared.errors import PurposeRequired
from shared.files.domain import FileDamaged
from shared.files.store import NoStore
from shared.http.endpoint import reads
from shared.http.files import FileView, download, view_of
from shared.http.kit import kit_of
from shared.http.route import ServiceRoute
from shared.http.security import Authorised
from shared.ledgers.definitions.wiring import LedgerCode
from shared.ledgers.records.api.records import RecordId
from shared.ledgers.records.wiring import Records

router = APIRouter(route_class=ServiceRoute, prefix="/ledgers/{code}/records/{id}/files", tags=["ledger records"])

FileOf = Annotated[UUID, Path(description="文件标识 id of the file, as the record's value names it")]
Why = Annotated[
    Purpose | None, Query(description="用途 why it is read; needed for personal fields, kept in the access log")
]


@router.get(
    "/{file}",
    **reads(
        "getRecordFile",
        "查询台账附件",
        "记录所填附件的类型、大小等信息；个人信息项须说明用途。",
        permission="record.read",
        refusals=(403, 404),
        refuses=(PurposeRequired,),
    ),
)
async def get_file(
    code: LedgerCode, id: RecordId, file: FileOf, principal: Authorised, records: Records, purpose: Why = None
) -> FileView:
    """What a file of a record is. It is handed in by `uploadFile`, and named by a value of the record."""
    return view_of(await records.files.read(principal, code, id, file, purpose=purpose))


def _content() -> dict[str, Any]:
    given = reads(
        "getRecordFileContent",
        "下载台账附件",
        "记录所填附件的内容；个人信息项须有相应权限并说明用途，每次查看留痕。",
        permission="record.read",
        refusals=(403, 404),
        refuses=(PurposeRequired, FileDamaged, NoStore),
    )
    binary = {"schema": {"type": "string", "format": "binary"}}
    answer = {"description": "the content", "content": {"application/octet-stream": binary}}
    return {**given, "responses": {**given["responses"], 200: answer}, "response_class": Response}


@router.get("/{file}/content", **_content())
async def get_content(
    code: LedgerCode,
    id: RecordId,
    file: FileOf,
    request: Request,
    principal: Authorised,
    records: Records,
    purpose: Why = None,
) -> Response:
    """The content of a record's file, to be saved and never to be run by the browser."""
    found = await records.files.read(principal, code, id, file, purpose=purpose)
    content = kit_of(request).archive.content(found.id, found.key)
    return await download(content, found.kind.media_type, found.name or f"{found.id}", size=found.size)
