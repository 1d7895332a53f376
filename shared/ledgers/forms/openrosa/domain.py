"""Refusals of submissions."""

from typing import ClassVar

from shared.errors import DomainError, ErrorKind


class FormOutdated(DomainError):
    """Refusal: the ledger has a newer version, and what was filled in does not fit it."""

    kind: ClassVar = ErrorKind.INVALID
    code: ClassVar = "form_outdated"
    title: ClassVar = "表单已更新，填写内容与新表单不符"
    advice: ClassVar = "请在手机上获取新表单，按新表单重新填写"


class InstanceTaken(DomainError):
    """Refusal: an instance with this id has arrived already, from somebody else or with other answers."""

    kind: ClassVar = ErrorKind.CONFLICT
    code: ClassVar = "instance_taken"
    title: ClassVar = "该条填报已提交过，内容不得更改"
    advice: ClassVar = "请在台账中更正已登记的记录，或在手机上另填一份"


class FilesNotTaken(DomainError):
    """Refusal: files come with the instance, and this service keeps none."""

    kind: ClassVar = ErrorKind.INVALID
    code: ClassVar = "files_not_taken"
    title: ClassVar = "暂不接收照片、附件和签名"
    advice: ClassVar = "请在手机上删除照片、附件和签名后重新发送"


class FileMissing(DomainError):
    """Refusal: the instance names a file that did not come with it."""

    kind: ClassVar = ErrorKind.INVALID
    code: ClassVar = "file_missing"
    title: ClassVar = "照片或附件没有随表单一起提交"
    advice: ClassVar = "请重新发送；仍不行时，请在手机上重新拍照或选择附件"


class NotASubmission(DomainError):
    """Refusal: the request is no submission: not multipart, broken, or without an instance."""

    kind: ClassVar = ErrorKind.INVALID
    code: ClassVar = "not_a_submission"
    title: ClassVar = "提交的内容不是表单"
    advice: ClassVar = "请更新手机上的填报应用后重新发送"
