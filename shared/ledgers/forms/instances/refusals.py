"""Refusals of what a phone sends."""

from typing import ClassVar

from shared.errors import DomainError, ErrorKind


class NotAnInstance(DomainError):
    """Refusal: the XML is no instance of a form: malformed, with a document type or entities, or too deep."""

    kind: ClassVar = ErrorKind.INVALID
    code: ClassVar = "not_an_instance"
    title: ClassVar = "提交的内容不是表单数据"
    advice: ClassVar = "请更新手机上的表单后重新填写"


class NotFilledIn(DomainError):
    """Refusal: one or more answers are not what the form asks; `errors` says which fields."""

    kind: ClassVar = ErrorKind.INVALID
    code: ClassVar = "form_not_filled_in"
    title: ClassVar = "表单填写不正确"
    advice: ClassVar = "请在手机上打开该条记录，按提示修改后重新发送"
