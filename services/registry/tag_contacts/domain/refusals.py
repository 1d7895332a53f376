"""What is refused about contacts of tags."""

from shared.errors import DomainError, ErrorKind

MOST = 10
"""Valid contacts of one tag."""


class TagContactTransitionError(DomainError):
    """It is not where this step begins, or its tag has ended."""

    kind, code, title = ErrorKind.CONFLICT, "tag_contact_transition_not_allowed", "联系人当前状态不允许此操作"
    advice = "请刷新查看现在的状态；标签已结束的，联系人不再变更"


class TagContactDatesWrong(DomainError):
    """A day in the future, before the person was born, or an end before the beginning."""

    kind, code, title = ErrorKind.INVALID, "tag_contact_dates_wrong", "联系人的日期不正确"
    advice = "请核对日期：不早于被照护人出生，止日不早于起日，均不晚于今天"


class TagContactDoesNotFit(DomainError):
    """Who is to be a contact cannot be one of this role; `errors` says why."""

    kind, code, title = ErrorKind.INVALID, "tag_contact_does_not_fit", "此人不能担任该身份的联系人"
    advice = "监护人须已成年，且不是本人；系统用户只能登记为责任人"


class TagContactKnown(DomainError):
    """The same one is a valid contact of this role already."""

    kind, code, title = ErrorKind.CONFLICT, "tag_contact_known", "该联系人已登记"
    advice = "请更正已登记的联系人；确为另一人的，请写明姓名和电话"


class TooManyTagContacts(DomainError):
    """The tag has as many valid contacts as there may be."""

    kind, code, title = ErrorKind.CONFLICT, "too_many_tag_contacts", f"一个标签的联系人不超过 {MOST} 人"
    advice = "请先结束不再担任的联系人"


class TagContactUnchanged(DomainError):
    """A correction says what is known already."""

    kind, code, title = ErrorKind.INVALID, "tag_contact_unchanged", "更正内容与现有信息相同"
    advice = "请核对要更正的内容"


class TagContactNothingToUndo(DomainError):
    """Nothing was done to it since it was entered."""

    kind, code, title = ErrorKind.CONFLICT, "tag_contact_nothing_to_undo", "该联系人登记后没有可撤销的操作"
    advice = "误登的联系人，请撤回"


class TagContactNotDue(DomainError):
    """There is nothing to say of the contact, or nothing that could be kept."""

    kind, code, title = ErrorKind.CONFLICT, "tag_contact_not_due", "该联系人没有待确认的情况"
    advice = "联系人迁出或失踪后才须确认是否继续担任；已死亡的，请结束后另行登记"
