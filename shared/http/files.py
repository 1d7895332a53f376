"""Files over HTTP: hand one in, look at it, take it out. What it is attached to says who reads it."""

from collections.abc import AsyncIterator
from typing import Annotated
from urllib.parse import quote, unquote
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Path, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import Field

from shared.errors import FieldError, Invalid
from shared.feature import Feature
from shared.files.domain import MAX_NAME, EmptyFile, FileDamaged, FileTooLarge, TooManyFiles
from shared.files.kinds import FileKind, UnknownKind
from shared.files.repository import Received, Stored
from shared.files.service import Files
from shared.files.store import NoStore
from shared.http.endpoint import creates, reads
from shared.http.kit import kit_of, state_of
from shared.http.route import ServiceRoute
from shared.http.schemas import Instant, View
from shared.http.transaction import Context
from shared.reference.codes import published

router = APIRouter(route_class=ServiceRoute, prefix="/files", tags=["files"])

FileId = Annotated[UUID, Path(description="文件标识 id of the file")]


class FileView(View):
    """A file as it is kept."""

    id: UUID = Field(description="文件标识 id of the file")
    kind: FileKind = Field(description="文件类型 what the content is, by its first bytes", examples=["jpeg"])
    size: int = Field(description="字节数 size of the content", examples=[48_213])
    sha256: str = Field(description="内容摘要 SHA-256 of the content, hexadecimal", examples=["9f86d081" * 8])
    name: str = Field(description="文件名 as it was handed in; empty if none was given", examples=["现场照片.jpg"])
    uploaded_at: Instant = Field(description="上传时间 when it was handed in")
    expires_at: Instant | None = Field(
        description="到期时间 after which it is removed unless it is attached; null: it is kept", examples=[None]
    )


async def files_of(request: Request, context: Context) -> Files:
    """Dependency: the files as this caller has them."""
    archive = kit_of(request).archive
    return Files(archive, context.session, context.access, context.principal)


FilesOf = Annotated[Files, Depends(files_of, scope="function")]


async def received(request: Request) -> Received:
    """Dependency that stands before the transaction: the body, received into the store as it comes."""
    state = state_of(request)
    kit = state.kit
    if state.session is not None:
        raise RuntimeError("a file must be received before whatever opens the transaction")
    got = await kit.archive.receive(
        request.stream(), by=state.principal.subject, limit=kit.settings.max_file_bytes, bounded=True
    )
    state.received_digest = got.digest
    return got


ReceivedFile = Annotated[Received, Depends(received, scope="function")]

FileName = Annotated[
    str | None,
    Header(
        alias="Xiangli-File-Name",
        description="文件名 name of the file, percent-encoded UTF-8 (RFC 3986)",
        max_length=9 * MAX_NAME,
        examples=["%E7%85%A7%E7%89%87.jpg"],
    ),
]

_BINARY = {"schema": {"type": "string", "format": "binary"}}


def _upload() -> dict[str, object]:
    given = creates(
        "uploadFile",
        "上传文件",
        "请求正文就是文件内容。关联到记录之前只有上传人可用，保留七天。",
        permission="file.upload",
        scope="own",
        refusals=(409, 413),
        etag=False,
        also=[Depends(received, scope="function")],
        refuses=(FileTooLarge, TooManyFiles, EmptyFile, UnknownKind, NoStore),
    )
    body = {"required": True, "content": {"application/octet-stream": _BINARY}}
    return {**given, "openapi_extra": {**given["openapi_extra"], "requestBody": body}}


@router.post("", **_upload())  # type: ignore[arg-type]
async def upload_file(files: FilesOf, got: ReceivedFile, name: FileName = None) -> FileView:
    """The body is the file's content. It is its uploader's alone until it is attached, and kept for seven days."""
    return view_of(await files.take_in(got, decoded(name)))


@router.get("/{id}", **reads("getFile", "查询文件", "文件的类型、大小等信息。", permission="file.read", scope="own"))
async def get_file(id: FileId, files: FilesOf) -> FileView:
    """What a file is."""
    return view_of(await files.read(id))


def _content() -> dict[str, object]:
    given = reads(
        "getFileContent",
        "下载文件",
        "文件内容，供保存，浏览器不会直接运行。",
        permission="file.read",
        scope="own",
        refuses=(FileDamaged, NoStore),
    )
    answer = {"description": "the content", "content": {"application/octet-stream": _BINARY}}
    return {**given, "responses": {**given["responses"], 200: answer}, "response_class": Response}


@router.get("/{id}/content", **_content())  # type: ignore[arg-type]
async def get_file_content(id: FileId, files: FilesOf) -> Response:
    """The content of a file, to be saved and never to be run by the browser."""
    found = await files.read(id)
    return await download(files.content(found), found.kind.media_type, found.name or f"{found.id}", size=found.size)


async def download(
    content: AsyncIterator[bytes], media_type: str, name: str, *, size: int | None = None
) -> StreamingResponse:
    """An answer that is saved under a name. What is wrong with its beginning is refused, not cut off."""
    first = await anext(content, b"")

    async def whole() -> AsyncIterator[bytes]:
        yield first
        async for piece in content:
            yield piece

    headers = {"content-disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"}
    if size is not None:
        headers["content-length"] = str(size)
    return StreamingResponse(whole(), media_type=media_type, headers=headers)


def decoded(name: str | None) -> str:
    """A file's name out of its header. Raises `Invalid`."""
    try:
        text = unquote(name or "", errors="strict").replace("\\", "/").rpartition("/")[2].strip()
    except UnicodeDecodeError:
        text = "\0"
    if len(text) > MAX_NAME or not (text.isprintable() or not text):
        raise Invalid(errors=[FieldError("header.xiangli-file-name", "string_pattern_mismatch", "文件名不正确")])
    return text


def view_of(file: Stored) -> FileView:
    """A file as it is shown."""
    return FileView(
        id=file.id,
        kind=file.kind,
        size=file.size,
        sha256=file.digest.hex(),
        name=file.name,
        uploaded_at=file.uploaded_at,
        expires_at=file.expires_at,
    )


FILES = Feature(
    router=router,
    tag="files",
    about="文件：上传的照片、文书和表格。 Photos, documents and tables that people hand in",
    code_lists=(published("file_kinds", "文件类型", FileKind),),
)
