"""Refusals of items (事项)."""

from shared.errors import DomainError, ErrorKind


class ItemCodeTaken(DomainError):
    kind, code, title = ErrorKind.CONFLICT, "item_code_taken", "事项编码已存在"
    advice = "请换一个编码，或在已有事项上发布新版本"


class ItemTransitionError(DomainError):
    """The item is not where this step begins."""

    kind, code, title = ErrorKind.CONFLICT, "item_transition_not_allowed", "事项当前状态不允许此操作"
    advice = "请刷新后查看事项的状态；已停用的可以恢复"


class ItemSamePerson(DomainError):
    """Who had a hand in a draft does not publish it, nor retire what they wanted retired."""

    kind, code, title = ErrorKind.FORBIDDEN, "item_same_person", "起草人不得审核发布自己起草的内容"
    advice = "请由另一位可以管理该事项的人员核对后办理"


class ItemDraftMissing(DomainError):
    """Nobody has drafted what is to be published, or the retirement that is to be decided."""

    kind, code, title = ErrorKind.CONFLICT, "item_draft_missing", "没有待审核的草稿"
    advice = "请先起草新版本或提出停用，再由另一人审核"


class ItemDraftOther(DomainError):
    """A draft of the other kind stands: a version while it is to be retired, or the other way round."""

    kind, code, title = ErrorKind.CONFLICT, "item_draft_other", "该事项另有待审核的草稿"
    advice = "请先审核或作废现有草稿"


class ItemDraftStale(DomainError):
    """A draft that was to be published is not the one that was seen."""

    kind, code, title = ErrorKind.CONFLICT, "item_draft_stale", "草稿在您查看之后已有改动"
    advice = "请重新查看草稿的差异，再发布"


class ItemUnchanged(DomainError):
    """The draft says what the newest version says."""

    kind, code, title = ErrorKind.CONFLICT, "item_unchanged", "草稿与现行版本没有差别"
    advice = "没有改动不需要发布；请修改后再提交"


class DutyNotOfTown(DomainError):
    """The list of the town's duties leaves this to a department of the county (履职事项清单)."""

    kind, code, title = ErrorKind.CONFLICT, "duty_not_of_town", "按履职事项清单，此环节不由乡镇、村（社区）办理"
    advice = "请上报县级主管部门办理；清单有变的，请先发布事项的新版本"
