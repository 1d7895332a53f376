"""Refusals of files, and how long what nobody attached is kept."""

from datetime import timedelta

from shared.errors import DomainError, ErrorKind

RECEIVING = timedelta(hours=6)
"""After this an upload that never ended is forgotten."""
UNATTACHED = timedelta(days=7)
"""How long a file is kept that was attached to nothing."""
MAX_NAME = 200
MOST_WAITING, MOST_OF_THE_LARGEST = 200, 16
"""Files of one uploader that are attached to nothing: so many, and together as large as so many of the largest."""
BY_OBJECT = "by_object"
"""In place of a permission: the file is read through the object that it belongs to, as that object says."""


class TooManyFiles(DomainError):
    """Refusal: the caller has handed in much that is attached to nothing; strangers would fill the store."""

    kind, code, title = ErrorKind.CONFLICT, "too_many_files", "已上传而未使用的文件过多"
    advice = "请先在登记中使用已上传的文件；未使用的文件七日后自动删除"


class FileTooLarge(DomainError):
    """Refusal: the content is larger than this deployment takes."""

    kind, code, title = ErrorKind.TOO_LARGE, "file_too_large", "文件过大"
    advice = "请压缩或分成几个文件后再上传"


class EmptyFile(DomainError):
    """Refusal: there is no content."""

    kind, code, title = ErrorKind.INVALID, "empty_file", "文件是空的"
    advice = "请核对文件内容后重新上传"


class WrongKind(DomainError):
    """Refusal: the file is of another kind than is asked for at this place."""

    kind, code, title = ErrorKind.INVALID, "wrong_file_kind", "文件类型不符合此项要求"
    advice = "请按该项要求的类型重新上传"


class FileAttached(DomainError):
    """Refusal: the file belongs to another object already."""

    kind, code, title = ErrorKind.CONFLICT, "file_attached", "该文件已用于其他记录"
    advice = "请为本记录重新上传文件"


class FileDamaged(DomainError):
    """Refusal: the stored content is gone or was changed."""

    kind, code, title = ErrorKind.UNAVAILABLE, "file_damaged", "文件内容无法读取"
    advice = "请联系运维人员从备份恢复该文件"
