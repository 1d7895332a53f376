"""Files: what is handed in comes back equal, lies sealed, and is read by whom it is for."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import pytest

from shared.auth.access_entries import AccessNotes
from shared.auth.principal import Principal
from shared.errors import DomainError, NotFound
from shared.files.domain import MOST_WAITING
from shared.files.kinds import FileKind
from shared.files.service import Files
from shared.ids import new_id
from shared.testing.plugin import DatabaseOf
from tests.shared.files.world import JPEG, OTHER, bucket, files_world, upload
from tests.shared.http_service import CLERK, NEIGHBOUR, RESIDENT, VILLAGE, client
from tests.shared.http_world import HttpWorld


@pytest.fixture
async def world(committed_of: DatabaseOf, tmp_path: Path) -> AsyncIterator[HttpWorld]:
    async with files_world(committed_of, files=str(tmp_path)) as one:
        yield one


def contents(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def test_what_is_handed_in_comes_back_equal_and_lies_sealed(world: HttpWorld, tmp_path: Path) -> None:
    async with client(world.app) as one:
        made = await upload(one, name="%E5%BC%A0%E4%B8%89.jpg")
        assert made.status_code == 201, made.text
        assert {key: made.json()[key] for key in ("kind", "size", "name")} == {
            "kind": "jpeg", "size": len(JPEG), "name": "张三.jpg",
        }  # fmt: skip
        assert (await one.get(f"/files/{made.json()['id']}")).json() == made.json()
        got = await one.get(f"/files/{made.json()['id']}/content")
        assert got.content == JPEG
        assert got.headers["content-type"] == "image/jpeg"
        assert got.headers["content-disposition"] == "attachment; filename*=UTF-8''%E5%BC%A0%E4%B8%89.jpg"
    [lying] = contents(tmp_path)
    assert JPEG[1000:1064] not in lying.read_bytes()
    [row] = await world.rows("SELECT * FROM files")
    assert all("张三".encode() not in value for value in row.values() if isinstance(value, bytes))
    log = await world.rows("SELECT action, noun, detail, subject FROM access_log WHERE noun = 'file' ORDER BY at")
    assert {tuple(entry.values()) for entry in log} >= {
        ("upload", "file", "write", "clerk-1"), ("read", "file", "full", "clerk-1"),
    }  # fmt: skip


async def test_files_lie_in_a_bucket_as_in_a_folder(committed_of: DatabaseOf, tmp_path: Path) -> None:
    large = JPEG * 40  # more than one part
    with bucket(tmp_path / "log") as settings:
        async with files_world(committed_of, **settings) as world, client(world.app) as one:
            made = (await upload(one, large)).json()
            assert (await one.get(f"/files/{made['id']}/content")).content == large
            assert (await upload(one, b"<html>")).status_code == 422
            await world.execute(f"UPDATE files SET expires_at = '2020-01-01' WHERE id = '{made['id']}'")
            async with world.database.session() as session:
                assert await world.kit.archive.sweep(session) == 1
                await session.commit()
            assert (await one.get(f"/files/{made['id']}")).status_code == 404
        async with files_world(committed_of, **settings | {"files_endpoint": "http://127.0.0.1:1"}) as world:
            async with client(world.app) as one:
                answer = await upload(one)
            assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b"<!DOCTYPE html><script>alert(1)</script>", "unknown_file_kind"),
        (b"\xef\xbb\xbf<svg onload=x>", "unknown_file_kind"),
        (b"MZ\x90\x00\x03", "unknown_file_kind"),
        (b"PK\x03\x04" + b"x" * 40, "unknown_file_kind"),
        (b"MZ\x90\x00" + b"x" * 400_000, "unknown_file_kind"),
    ],
)
async def test_what_is_not_kept_is_refused_and_leaves_nothing(
    world: HttpWorld, tmp_path: Path, content: bytes, code: str
) -> None:
    async with client(world.app) as one:
        answer = await upload(one, content)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert contents(tmp_path) == []
    assert await world.count("files") == 0


async def test_a_content_that_is_too_large_is_refused_where_it_becomes_so(
    committed_of: DatabaseOf, tmp_path: Path
) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 4096
            yield b"\xff\xd8\xff" + b"x" * 4093

    async with (
        files_world(committed_of, files=str(tmp_path), max_file_bytes=100_000) as world,
        client(world.app) as one,
    ):
        answer = await one.post("/files", content=endless())
        assert (answer.status_code, answer.json()["code"]) == (413, "file_too_large")
        assert sent < 400_000
        assert await world.count("files") == 0
    assert contents(tmp_path) == []


async def test_what_one_caller_hands_in_and_uses_for_nothing_is_bounded(
    committed_of: DatabaseOf, tmp_path: Path
) -> None:
    """By size and by number, also of many at once; what is attached makes room, and others have theirs."""
    large, small = b"\xff\xd8\xff" + b"x" * 90_000, b"\xff\xd8\xff" + b"x"
    async with (
        files_world(committed_of, files=str(tmp_path), max_file_bytes=100_000) as world,
        client(world.app, CLERK) as one,
        client(world.app, NEIGHBOUR) as other,
    ):
        answers = [await upload(one, large) for _ in range(16)]
        answers += await asyncio.gather(*(upload(one, large) for _ in range(8)))
        assert [answer.status_code for answer in answers[:16]] == [201] * 16
        assert sorted(answer.status_code for answer in answers[16:]) == [201] + [409] * 7
        refused = next(answer.json() for answer in answers if answer.status_code == 409)
        assert (refused["code"], refused["errors"]) == ("too_many_files", [])
        assert len(contents(tmp_path)) == 17
        assert (await upload(other, large)).status_code == 201
        await world.execute("UPDATE files SET noun = 'x', object_id = id, permission = 'file.read'")
        assert (await upload(one, large)).status_code == 201
        await world.execute("UPDATE files SET expires_at = '2020-01-01'")
        few = [(await upload(one, small)).status_code for _ in range(MOST_WAITING + 1)]
        assert few == [201] * MOST_WAITING + [409]


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n", FileKind.PNG), (b"%PDF-1.7", FileKind.PDF), (b"RIFF0000WEBPVP8 ", FileKind.WEBP),
        (b"\0\0\0\x18ftypheic", FileKind.HEIC), (b"\0\0\0\x18ftypisom", FileKind.MP4), (b"#!AMR\n", FileKind.AMR),
        (b"\0\0\0\x18ftypM4A ", FileKind.M4A), (b"ID3\x04", FileKind.MP3), ("姓名\n".encode("gb18030"), FileKind.CSV),
        (b"PK\x03\x04[Content_Types].xml xl/workbook.xml", FileKind.XLSX), (b"PK\x03\x04 word/x.xml", FileKind.DOCX),
        (b"PK\x03\x04 OFD.xml", FileKind.OFD), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", FileKind.XLS),
    ],
)  # fmt: skip
async def test_a_kind_is_known_by_its_first_bytes(world: HttpWorld, head: bytes, kind: FileKind) -> None:
    async with client(world.app) as one:
        assert (await upload(one, head)).json()["kind"] == kind


async def test_the_same_upload_again_is_the_same_file(world: HttpWorld) -> None:
    async with client(world.app) as one:
        first = await upload(one, key="k-1")
        assert (await upload(one, key="k-1")).json() == first.json()
        reused = await upload(one, OTHER, key="k-1")
        assert (reused.status_code, reused.json()["code"]) == (422, "idempotency_key_reused")
    assert [row["id"] for row in await world.rows("SELECT id FROM files WHERE kind IS NOT NULL")] == [
        UUID(first.json()["id"])
    ]


async def attached(
    world: HttpWorld,
    file: str,
    caller: Principal = CLERK,
    *,
    object_id: UUID | None = None,
    kinds: frozenset[FileKind] | None = None,
) -> None:
    async with world.database.session() as session:
        await Files(world.kit.archive, session, AccessNotes(world.clock), caller).attach(
            UUID(file),
            noun="grid.incident",
            object_id=object_id or new_id(),
            area=VILLAGE,
            permission="person.read",
            kinds=kinds,
        )
        await session.commit()


async def test_a_file_is_its_uploaders_until_it_is_attached(world: HttpWorld) -> None:
    async with client(world.app) as mine, client(world.app, RESIDENT) as other, client(world.app, NEIGHBOUR) as away:
        file = (await upload(other)).json()["id"]
        assert (await mine.get(f"/files/{file}")).status_code == 404
        assert (await mine.get(f"/files/{file}/content")).status_code == 404
        with pytest.raises(NotFound):
            await attached(world, file)  # somebody else's
        await attached(world, file, RESIDENT)
        assert (await mine.get(f"/files/{file}/content")).content == JPEG
        assert (await mine.get(f"/files/{file}")).json()["expires_at"] is None
        assert (await away.get(f"/files/{file}")).status_code == 404  # the permission, in another village
        assert (await other.get(f"/files/{file}")).status_code == 404  # who handed it in has the object to ask


async def test_a_file_belongs_to_one_object(world: HttpWorld) -> None:
    async with client(world.app) as one:
        file = (await upload(one)).json()["id"]
    thing = new_id()
    await attached(world, file, object_id=thing)
    await attached(world, file, object_id=thing)
    with pytest.raises(DomainError, match="file_attached"):
        await attached(world, file)
    with pytest.raises(DomainError, match="wrong_file_kind"):
        await attached(world, file, object_id=thing, kinds=frozenset({FileKind.PDF}))


@pytest.mark.parametrize("change", ["cut", "flipped", "swapped", "another file's", "gone"])
async def test_a_content_that_was_changed_is_told_and_not_shown(world: HttpWorld, tmp_path: Path, change: str) -> None:
    async with client(world.app) as one:
        file = (await upload(one)).json()["id"]
        path = next(path for path in contents(tmp_path) if path.name == file)
        data = path.read_bytes()
        piece = (1 << 16) + 16
        path.chmod(0o600)
        if change == "gone":
            path.unlink()
        elif change == "another file's":
            other = (await upload(one)).json()["id"]
            path.write_bytes(next(path for path in contents(tmp_path) if path.name == other).read_bytes())
        else:
            path.write_bytes({
                "cut": data[:piece],
                "flipped": data[:5] + bytes([data[5] ^ 1]) + data[6:],
                "swapped": data[piece : 2 * piece] + data[:piece] + data[2 * piece :],
            }[change])  # fmt: skip
        answer = await one.get(f"/files/{file}/content")
        assert (answer.status_code, answer.json()["code"]) == (503, "file_damaged")


async def test_what_nobody_attached_is_removed_after_its_time(world: HttpWorld, tmp_path: Path) -> None:
    async with client(world.app) as one:
        loose, kept = (await upload(one)).json()["id"], (await upload(one)).json()["id"]
    await attached(world, kept)
    await world.execute(
        f"INSERT INTO files (id, uploaded_by, uploaded_at, expires_at) VALUES ('{new_id()}', 'x', now(), '2020-01-01')"
    )  # an upload that never ended

    async def sweep() -> int:
        async with world.database.session() as session:
            removed = await world.kit.archive.sweep(session)
            await session.commit()
            return removed

    assert await sweep() == 1
    assert {path.name for path in contents(tmp_path)} == {loose, kept}
    world.clock.advance(days=8)
    assert await sweep() == 1
    assert {path.name for path in contents(tmp_path)} == {kept}


async def test_who_sends_slowly_holds_no_connection(world: HttpWorld) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slowly() -> AsyncIterator[bytes]:
        yield JPEG[:100]
        begun.set()
        await go_on.wait()
        yield JPEG[100:]

    async with client(world.app) as one:
        sending = [asyncio.create_task(one.post("/files", content=slowly())) for _ in range(12)]  # the pool holds 6
        await begun.wait()
        assert (await upload(one)).status_code == 201
        go_on.set()
        assert {answer.status_code for answer in await asyncio.gather(*sending)} == {201}


async def test_a_deployment_without_a_store_says_so(committed_of: DatabaseOf) -> None:
    async with files_world(committed_of) as world, client(world.app) as one:
        answer = await upload(one)
    assert (answer.status_code, answer.json()["code"]) == (503, "no_file_store")


@pytest.mark.parametrize("name", ["%FF", "a%0Ab", "a" * 201])
async def test_a_name_that_is_none_is_refused(world: HttpWorld, name: str) -> None:
    async with client(world.app) as one:
        assert (await upload(one, name=name)).status_code == 422
        assert (await upload(one, name="..%2F..%2Fetc%2Fpasswd")).json()["name"] == "passwd"
