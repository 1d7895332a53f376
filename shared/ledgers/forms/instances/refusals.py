"""Refusals of what a phone sends."""

from typing import ClassVar

from shared.errors import DomainError, ErrorKind


class NotAnInstance(DomainError):
    """Refusal: the XML is no instance of a form: malformed, with a document type or entities, or too deep."""

    kind: ClassVar = ErrorKind.INVALID
    code: ClassVar = "not_an_instance"
    title: ClassVar = "提交的内容不是表单数据"
    advice: ClassVar = "请更新手机上的表单后重新填写"


class InstanceEncrypted(DomainError):
    """Refusal: the answers were encrypted on the phone, so that nobody can judge them (decision 64)."""

    kind: ClassVar = ErrorKind.INVALID
    code: ClassVar = "instance_encrypted"
    title: ClassVar = "表单在手机上已加密，无法审核，未登记"
    advice: ClassVar = "请在手机上删除带加密设置的表单，重新获取本系统的表单后再填写一次"


class NotFilledIn(DomainError):
    """Refusal: one or more answers are not what the form asks; `errors` says which fields."""

    kind: ClassVar = ErrorKind.INVALID
    code: ClassVar = "form_not_filled_in"
    title: ClassVar = "表单填写不正确"
    advice: ClassVar = "请在手机上打开该条记录，按提示修改后重新发送"
