"""Code lists of incidents (事件): sources, and why or with which result somebody took a step."""

from shared.reference.areas import COUNTY_DIGITS, GRID_DIGITS, TOWN_DIGITS, VILLAGE_DIGITS
from shared.reference.named_code import NamedCode


class Source(NamedCode):
    """Where an incident came from: 巡查, 居民, 随手拍, 12345, 上级, 媒体, 呼叫终端, 走访."""

    PATROL = "patrol", "网格巡查"
    RESIDENT = "resident", "群众上报"
    PUBLIC = "public", "公众随手拍"
    HOTLINE = "hotline_12345", "12345 热线"
    SUPERIOR = "superior", "上级交办"
    MEDIA = "media", "媒体反映"
    TERMINAL = "terminal", "呼叫终端报警"
    VISIT = "visit", "逾期未走访"


class FilingGround(NamedCode):
    """What an incident is filed upon (立案依据); nobody has to say it."""

    VERIFIED = "verified", "现场核实属实"
    VERIFIED_BY_PHONE = "verified_by_phone", "电话核实属实"
    SHOWN_BY_PICTURES = "shown_by_pictures", "图片、视频可以认定"
    ASSIGNED = "assigned", "上级交办，直接立案"


class RejectionReason(NamedCode):
    """Why an incident is not filed (不予立案)."""

    NOTHING_THERE = "nothing_there", "现场查无此事"
    NOT_IN_SCOPE = "not_in_scope", "不属于网格受理范围"
    REPORTED_ALREADY = "reported_already", "同一问题已有人上报"
    SETTLED_ALREADY = "settled_already", "核实时已经解决"
    PLACE_UNCLEAR = "place_unclear", "位置或情况不清，无法核实"
    REPORTED_IN_ERROR = "reported_in_error", "误报或上报人撤回"
    OTHER = "other", "其他（见备注）"


class ReturnReason(NamedCode):
    """Why a unit sends an incident back (退单)."""

    NOT_RESPONSIBLE = "not_responsible", "不属于本单位职责"
    OUTSIDE_AREA = "outside_area", "不在本单位管辖区域"
    CATEGORY_WRONG = "category_wrong", "事件类别有误"
    SEVERAL_UNITS = "several_units", "须由多个单位联合处置"
    PLACE_UNCLEAR = "place_unclear", "位置或情况不清，无法核实"
    OTHER = "other", "其他（见备注）"


class DeferralReason(NamedCode):
    """Why an incident may be handled after its deadline (缓办)."""

    RAINY_SEASON = "rainy_season", "汛期或连续降雨，无法施工"
    BAD_WEATHER = "bad_weather", "冰雪、大风等恶劣天气，无法施工"
    FUNDS_PENDING = "funds_pending", "资金尚未落实"
    APPROVAL_PENDING = "approval_pending", "须先办理审批手续"
    PROJECT_PENDING = "project_pending", "已列入工程项目，须分期实施"
    DISPUTE_PENDING = "dispute_pending", "权属或责任有争议，正在协调"
    PROCEEDINGS_PENDING = "proceedings_pending", "复议或诉讼尚未结束"
    OTHER = "other", "其他（见备注）"


class HandlingResult(NamedCode):
    """With which result an incident was handled (处置结果)."""

    DONE = "done", "已处置完毕"
    CLEANED = "cleaned", "已清理"
    REPAIRED = "repaired", "已修复"
    MEDIATED = "mediated", "已调解"
    CORRECTED = "corrected", "已督促整改到位"
    PENALISED = "penalised", "已依法处罚"
    HANDED_OVER = "handed_over", "已移交有权机关"
    EXPLAINED = "explained", "已向群众解释说明"
    NOTHING_FOUND = "nothing_found", "到场未发现问题"
    OTHER = "other", "其他（见备注）"


class ReworkReason(NamedCode):
    """Why a check failed and the unit handles it again (核查不通过)."""

    NOT_DONE = "not_done", "未处置"
    PARTLY_DONE = "partly_done", "处置不彻底"
    STILL_DIRTY = "still_dirty", "现场仍未清理干净"
    WRONG_PLACE = "wrong_place", "处置地点不符"
    PROOF_MISSING = "proof_missing", "缺少处置照片或凭证"
    RECURRED = "recurred", "问题再次出现"
    OTHER = "other", "其他（见备注）"


class LeaveKind(NamedCode):
    """What a unit may ask for: to handle it after its deadline, or to let its clock stand still."""

    DEFERRAL = "deferral", "缓办"
    SUSPENSION = "suspension", "挂起"


class LeaveRefusal(NamedCode):
    """Why leave is refused (不同意缓办、挂起)."""

    CAN_BE_DONE = "can_be_done", "现有条件可以按期处置"
    NOT_SHOWN = "not_shown", "理由不充分或缺少证明"
    TOO_LONG = "too_long", "申请时间过长"
    URGENT = "urgent", "涉及安全或群众急需，不能推迟"
    OTHER = "other", "其他（见备注）"


class TransferReason(NamedCode):
    """Why the office of another level shall have an incident (上报上级, 下交下级)."""

    BEYOND_AUTHORITY = "beyond_authority", "超出本级职责权限"
    BEYOND_MEANS = "beyond_means", "本级力量不足"
    SEVERAL_AREAS = "several_areas", "涉及多个区域"
    TAKEN_BACK = "taken_back", "属上级收回事项"
    WITHIN_REACH = "within_reach", "下级可以办理"
    OTHER = "other", "其他（见备注）"


class ReopenReason(NamedCode):
    """Why a closed incident is taken up again (重新立案)."""

    NOT_SOLVED = "not_solved", "问题未解决"
    CAME_BACK = "came_back", "问题反复"
    NOT_SATISFIED = "not_satisfied", "回访不满意"
    SAMPLE_FAILED = "sample_failed", "抽查不合格"
    OTHER = "other", "其他（见备注）"


class IncidentUndoReason(NamedCode):
    """Why a step is taken back: somebody entered it wrong."""

    WRONG_INCIDENT = "wrong_incident", "办错事件"
    WRONG_ENTRY = "wrong_entry", "录入有误"
    WRONG_STEP = "wrong_step", "操作环节选错"


class OrderStatus(NamedCode):
    """Where an order to an assisting unit (协办单) stands."""

    ORDERED = "ordered", "待接单"
    TAKEN = "taken", "协办中"
    FINISHED = "finished", "已反馈"
    RETURNED = "returned", "已退回"
    WITHDRAWN = "withdrawn", "已撤回"


class IncidentLevel(NamedCode):
    """Whose office has an incident."""

    GRID = "grid", "网格"
    VILLAGE = "village", "村（社区）"
    TOWN = "town", "镇街"
    COUNTY = "county", "县级"

    @property
    def digits(self) -> int:
        """Digits of an area of this level."""
        return DIGITS[self]


DIGITS = {
    IncidentLevel.GRID: GRID_DIGITS,
    IncidentLevel.VILLAGE: VILLAGE_DIGITS,
    IncidentLevel.TOWN: TOWN_DIGITS,
    IncidentLevel.COUNTY: COUNTY_DIGITS,
}

Reason = (
    FilingGround
    | RejectionReason
    | ReturnReason
    | DeferralReason
    | HandlingResult
    | ReworkReason
    | LeaveRefusal
    | TransferReason
    | ReopenReason
    | IncidentUndoReason
)

OTHER = "other"
"""The reason of a list that says nothing by itself: the note says it."""
