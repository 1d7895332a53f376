"""What is refused about consents."""

from shared.errors import DomainError, ErrorKind


class ConsentDatesWrong(DomainError):
    """A day in the future or before birth, or an end that is not after the beginning."""

    kind, code, title = ErrorKind.INVALID, "consent_dates_wrong", "同意的日期不正确"
    advice = "请核对日期：同意日不早于出生、不晚于今天，截止日晚于同意日，撤回日在同意日至今天之间"


class ConsentDoesNotCover(DomainError):
    """A group of data that the purpose has no need of (个人信息保护法 6)."""

    kind, code, title = ErrorKind.INVALID, "consent_does_not_cover", "所选信息类别超出该处理目的所需"
    advice = "请只选择该目的所需的信息类别；另有目的的，请另行取得同意"


class ConsentByGuardian(DomainError):
    """Somebody under fourteen: the guardian consents (个人信息保护法 31)."""

    kind, code, title = ErrorKind.CONFLICT, "consent_by_guardian", "不满十四周岁的，须由父母或者其他监护人同意"
    advice = "请监护人到窗口办理，或凭监护人签字的书面同意登记"


class ConsentGuardianWrong(DomainError):
    """Who is named is no guardian by the register, or the person consents alone."""

    kind, code, title = ErrorKind.INVALID, "consent_guardian_wrong", "底册中没有该监护关系，或该居民应由本人同意"
    advice = "请先登记监护人或核对户内关系；已满十四周岁的未成年人和有完全行为能力的成年人由本人同意"


class ConsentKnown(DomainError):
    """Another consent to the same purpose holds on one of the days; `errors` names it."""

    kind, code, title = ErrorKind.CONFLICT, "consent_known", "该居民在这段时间已同意同一目的"
    advice = "信息类别或期限有变的，请先撤回原同意，再重新登记"


class ConsentTransitionError(DomainError):
    """It is not where this step begins, or its term is over."""

    kind, code, title = ErrorKind.CONFLICT, "consent_transition_not_allowed", "该同意当前状态不允许此操作"
    advice = "请刷新查看现在的状态"


class ConsentNothingToUndo(DomainError):
    """Nothing was done to it since it was given, or what was followed from a life event."""

    kind, code, title = ErrorKind.CONFLICT, "consent_nothing_to_undo", "该同意没有可撤销的操作"
    advice = "误登的同意，请作废；随死亡、迁出或合并终止的，请撤销该人口事项"


class ConsentOfOwnWish(DomainError):
    """The person gave or withdrew it by the own login, or at another's counter: no officer turns that round."""

    kind, code, title = ErrorKind.FORBIDDEN, "consent_of_own_wish", "该操作由本人办理，工作人员不能代为撤销"
    advice = "本人可用自己的账号或到窗口重新办理；在窗口办理有误的，由受理人撤销"
