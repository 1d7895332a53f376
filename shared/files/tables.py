"""Table of files: what each is, who may read it, until when it is kept. Its DDL is in `shared.files.schema`."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from shared.db.base import AreaText, KitBase
from shared.db.sealing import sealed, unkeyed


class FileRow(KitBase):
    """File. Without `kind` it is being received; without `noun` it belongs to its uploader; else to an object."""

    __tablename__ = "files"
    __table_args__: Any = (
        CheckConstraint("kind IS NULL OR (size IS NOT NULL AND digest IS NOT NULL AND key IS NOT NULL)", name="whole"),
        CheckConstraint("(noun IS NULL) = (object_id IS NULL) AND (noun IS NULL) = (permission IS NULL)", name="owner"),
        Index("ix_files_expires", "expires_at", postgresql_where=text("expires_at IS NOT NULL")),
        Index("ix_files_object", "object_id", postgresql_where=text("object_id IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str | None]
    size: Mapped[int | None] = mapped_column(BigInteger)
    digest: Mapped[bytes | None] = unkeyed("SHA-256 of the content")
    key: Mapped[bytes | None] = sealed("files.key")  # under which the content lies in the store
    name: Mapped[bytes | None] = sealed("files.name")  # a file's name may name a person
    uploaded_by: Mapped[str]
    uploaded_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    noun: Mapped[str | None]
    object_id: Mapped[UUID | None]
    area: Mapped[str | None] = mapped_column(AreaText())
    department: Mapped[str | None]
    permission: Mapped[str | None]  # what a reader needs in that area
