"""What drafts, publications and ends of definitions are refused for."""

from typing import ClassVar

from shared.errors import DomainError, ErrorKind


class DefinitionWrong(DomainError):
    """The definition says nothing sensible. `errors` says where and why."""

    kind: ClassVar = ErrorKind.INVALID
    code: ClassVar = "definition_wrong"
    title: ClassVar = "指标定义不正确"
    advice: ClassVar = "请按所列各项改正后重新提交"


class DefinitionDraftExists(DomainError):
    """The indicator has a draft already."""

    kind: ClassVar = ErrorKind.CONFLICT
    code: ClassVar = "definition_draft_exists"
    title: ClassVar = "该指标已有草稿"
    advice: ClassVar = "请修改已有草稿，或先作废"


class DefinedBySame(DomainError):
    """Who had a hand in a draft does not publish it."""

    kind: ClassVar = ErrorKind.FORBIDDEN
    code: ClassVar = "definition_by_same_person"
    title: ClassVar = "起草人不得发布自己起草的指标"
    advice: ClassVar = "请由另一位有发布权限的人员核对后发布"


class DefinesMore(DomainError):
    """The definition counts what its author may not see over the county."""

    kind: ClassVar = ErrorKind.FORBIDDEN
    code: ClassVar = "definition_counts_more"
    title: ClassVar = "指标统计的内容超出您的授权"
    advice: ClassVar = "请由持有该权限的人员办理，或改用其他来源"


class DefinitionOpensInThePast(DomainError):
    """A further version opens today or later, and not before the version before it."""

    kind: ClassVar = ErrorKind.INVALID
    code: ClassVar = "definition_opens_in_the_past"
    title: ClassVar = "新口径的启用日不得早于今天，也不得早于上一版本的启用日"
    advice: ClassVar = "请更改启用日；以往各期仍按原口径统计"


class DefinitionInUse(DomainError):
    """Other indicators are made of it. `errors` names them."""

    kind: ClassVar = ErrorKind.CONFLICT
    code: ClassVar = "definition_in_use"
    title: ClassVar = "其他指标由此指标计算得出，不能停用"
    advice: ClassVar = "请先停用或改写所列指标"


class DefinitionOver(DomainError):
    """The indicator has ended, or has not."""

    kind: ClassVar = ErrorKind.CONFLICT
    code: ClassVar = "definition_over"
    title: ClassVar = "指标的启用状态不允许此操作"
    advice: ClassVar = "请刷新后查看指标的启用和停用日期"


DRAFTING = (DefinitionWrong, DefinesMore, DefinitionOpensInThePast)
"""What a draft of a definition is refused for."""
PUBLISHING = (*DRAFTING, DefinedBySame)
"""What its publication is refused for."""
