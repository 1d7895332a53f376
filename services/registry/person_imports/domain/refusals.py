"""Refusals of imports of residents."""

from shared.errors import DomainError, ErrorKind


class NotToBeConfirmed(DomainError):
    """A row that is to be confirmed has no likely duplicate, or something else is wrong with it."""

    kind, code, title = ErrorKind.CONFLICT, "row_not_to_be_confirmed", "所选行没有待核对的疑似重复，或另有问题"
    advice = "请刷新问题清单；另有问题的行，请改正后重新上传"
