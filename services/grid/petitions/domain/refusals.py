"""Refusals of petitions (信访)."""

from shared.errors import DomainError, ErrorKind


class PetitionTransitionError(DomainError):
    """The table does not allow the step from where the petition is."""

    kind, code, title = ErrorKind.CONFLICT, "petition_transition_not_allowed", "信访事项当前状态不允许此操作"
    advice = "请刷新查看信访事项现在的状态"


class PetitionLevelWrong(DomainError):
    """It is about a village, a town or the county, and answered by the town or the county."""

    kind, code, title = ErrorKind.INVALID, "petition_level_wrong", "所属区域或承办层级不正确"
    advice = "所属区域填村（社区）、镇街或县；承办层级填镇街（9）或县（6），不得低于所属区域"


class PetitionDateWrong(DomainError):
    """The day lies before what it follows, or after today."""

    kind, code, title = ErrorKind.INVALID, "petition_date_wrong", "日期不正确"
    advice = "日期不得早于上一环节，也不得晚于今天"


class PetitionTooLate(DomainError):
    """The law's days have passed."""

    kind, code, title = ErrorKind.CONFLICT, "petition_too_late", "已超过法定期限"
    advice = "延期须在办结期限届满前批准；复查、复核须在收到书面答复之日起 30 日内提出"


class PetitionExtendedAlready(DomainError):
    """It was extended before: the law allows it once."""

    kind, code, title = ErrorKind.CONFLICT, "petition_extended_already", "该事项已延期一次，不得再次延期"
    advice = "请在延长后的期限内答复"


class PetitionExtensionWrong(DomainError):
    """The new limit lies before the old one, or more than the law's days after it."""

    kind, code, title = ErrorKind.INVALID, "petition_extension_wrong", "延长后的期限不正确"
    advice = "延长后的期限须晚于原期限，且延长不超过 30 日"


class PetitionReviewByAnswerer(DomainError):
    """Whoever answered does not review it."""

    kind, code, title = ErrorKind.FORBIDDEN, "petition_review_by_answerer", "答复人不得复查、复核同一事项"
    advice = "请由其他人员办理"


class PetitionReceptionWrong(DomainError):
    """It was received on no reception of that office, or one that is not held."""

    kind, code, title = ErrorKind.INVALID, "petition_reception_wrong", "接访场次不正确"
    advice = "信访形式为领导接访的，须选择本级已排定的接访场次；其他形式不填"


class PetitionPersonWrong(DomainError):
    """The register has told of no such person, or what was known of them is erased."""

    kind, code, title = ErrorKind.INVALID, "petition_person_wrong", "信访人标识不正确"
    advice = "请填写底册中该人的标识；查不到的不填"


class PetitionErased(DomainError):
    """Who petitioned and what for was erased: it does not go on."""

    kind, code, title = ErrorKind.CONFLICT, "petition_erased", "该信访事项的个人信息已清除，不能撤销"
    advice = "需要继续办理的，请由信访人重新提出后登记"


class PetitionNothingToUndo(DomainError):
    """It was only registered: that is not undone but withdrawn."""

    kind, code, title = ErrorKind.CONFLICT, "petition_nothing_to_undo", "没有可以撤销的操作"
    advice = "误登的请使用“撤回”，理由选“误登”"
