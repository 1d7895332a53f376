"""Code lists of petitions (信访)."""

from shared.reference.named_code import NamedCode


class PetitionForm(NamedCode):
    """How people petition (信访形式)."""

    LETTER = "letter", "来信"
    VISIT = "visit", "来访"
    ONLINE = "online", "网上信访"
    CALL = "call", "来电"
    RECEPTION = "reception", "领导接访"


class PetitionMatter(NamedCode):
    """What petitions are about (信访事项类别)."""

    LAND = "land", "土地、山林权属"
    DEMOLITION = "demolition", "征地拆迁"
    WAGES = "wages", "劳动报酬"
    SOCIAL_SECURITY = "social_security", "社会保障、救助"
    HOUSING = "housing", "住房、物业"
    ENVIRONMENT = "environment", "环境污染"
    EDUCATION_HEALTH = "education_health", "教育、医疗"
    CADRES = "cadres", "干部作风、村务"
    OTHER = "other", "其他"


class PetitionOutcome(NamedCode):
    """What the answer says (处理意见)."""

    SUPPORTED = "supported", "请求有据，予以支持"
    PARTLY = "partly", "部分支持"
    EXPLAINED = "explained", "请求合理但缺乏依据，已作解释"
    REJECTED = "rejected", "请求无据，不予支持"


class ReviewResult(NamedCode):
    """What a review says (复查、复核意见)."""

    UPHELD = "upheld", "维持"
    CHANGED = "changed", "变更"
    REVOKED = "revoked", "撤销，责令重新办理"


class PetitionRefusal(NamedCode):
    """Why a petition is not accepted, or passed on (不予受理、转送)."""

    IN_COURT = "in_court", "应当通过诉讼、仲裁、复议等途径解决"
    REVIEWED_FINALLY = "reviewed_finally", "已经复核终结"
    UNDER_WAY = "under_way", "已在办理，期限未满"
    OTHER_AUTHORITY = "other_authority", "属其他机关职责"
    OTHER = "other", "其他（见备注）"


class PetitionWithdrawal(NamedCode):
    """Why a petition ends without an answer (撤回)."""

    BY_PETITIONER = "by_petitioner", "信访人撤回"
    ENTERED_IN_ERROR = "entered_in_error", "误登"


class PetitionStep(NamedCode):
    """What was done with a petition: one line of its history each."""

    REGISTER = "register", "登记"
    ACCEPT = "accept", "受理"
    REFUSE = "refuse", "不予受理"
    REFER = "refer", "转送"
    ASSIGN = "assign", "交办"
    EXTEND = "extend", "延期"
    ANSWER = "answer", "答复"
    ASK_REVIEW = "ask_review", "申请复查"
    REVIEW = "review", "复查"
    ASK_FINAL_REVIEW = "ask_final_review", "申请复核"
    FINAL_REVIEW = "final_review", "复核"
    WITHDRAW = "withdraw", "撤回"
    UNDO = "undo", "撤销上一步"
    BOUNDARY = "boundary", "区划调整"


OTHER = "other"
"""The reason of a list that says nothing by itself: the note says it."""
