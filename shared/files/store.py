"""Where contents lie: a folder of this machine, or a bucket of an S3-compatible store. Knows names and bytes alone."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import LocalStore, S3Store

from shared.errors import DomainError, ErrorKind, Unavailable
from shared.observability.logging import get_logger
from shared.settings import ServiceSettings

if TYPE_CHECKING:
    from obstore.store import S3Config  # stands in the package's types alone

log = get_logger(__name__)

PART = 8 << 20
"""Bytes that are read or written at a time."""


class NoStore(DomainError):
    """Refusal: this deployment keeps no files (`XIANGLI_FILES` is not set)."""

    kind, code, title = ErrorKind.UNAVAILABLE, "no_file_store", "本县尚未配置附件存储"
    advice = "请联系运维人员配置附件存储后再试"


class ContentMissing(Exception):
    """Error: the store has no content of that name."""


class FileStore:
    """Contents by name. Names are ids, so that they tell nothing."""

    def __init__(self, store: LocalStore | S3Store) -> None:
        self._store = store

    @classmethod
    def from_settings(cls, settings: ServiceSettings, service: str) -> Self | None:
        """The store of a service by its settings; None if none is set. Connects to nothing."""
        if settings.files is None:
            return None
        place = urlsplit(settings.files)
        if place.scheme != "s3":
            folder = Path(settings.files) / service
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            return cls(LocalStore(folder, mkdir=True))
        endpoint = settings.files_endpoint
        config: S3Config = {"region": settings.files_region, "virtual_hosted_style_request": False}
        if endpoint is not None:
            config["endpoint"] = endpoint
        if settings.files_access_key is not None and settings.files_secret_key is not None:
            config["access_key_id"] = settings.files_access_key.get_secret_value()
            config["secret_access_key"] = settings.files_secret_key.get_secret_value()
        store = S3Store(
            place.netloc,
            prefix="/".join(part for part in (place.path.strip("/"), service) if part),
            config=config,
            client_options={"allow_http": (endpoint or "").startswith("http://"), "timeout": "60s"},
            retry_config={"max_retries": 2},
        )
        return cls(store)

    async def put(self, name: str, content: AsyncIterator[bytes]) -> None:
        """Keep a content. Raises `Unavailable`, and what `content` raises; then what lies there is of no use."""
        writer = obstore.open_writer_async(self._store, name, buffer_size=PART)
        try:
            async with writer:
                async for chunk in content:
                    await writer.write(chunk)
        except BaseError as error:
            raise _away(error) from error

    async def get(self, name: str) -> AsyncIterator[bytes]:
        """A content. Raises `ContentMissing`, `Unavailable`."""
        try:
            found = await obstore.get_async(self._store, name)
            async for chunk in found.stream(min_chunk_size=1 << 16):
                yield bytes(chunk)
        except (NotFoundError, FileNotFoundError) as error:
            raise ContentMissing from error
        except BaseError as error:
            raise _away(error) from error

    async def delete(self, name: str) -> None:
        """Remove a content; nothing happens if there is none. Raises `Unavailable`."""
        try:
            await obstore.delete_async(self._store, name)
        except (NotFoundError, FileNotFoundError):
            return
        except BaseError as error:
            raise _away(error) from error


def _away(error: Exception) -> Unavailable:
    log.error("file_store_away", error=type(error).__name__)
    return Unavailable(retry_after=5)
