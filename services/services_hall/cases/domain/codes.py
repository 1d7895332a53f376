"""Code lists of cases (办件): reasons, kinds, and what is said of materials, persons and delivery."""

from shared.reference.named_code import NamedCode


class RefusalReason(NamedCode):
    """Why an application is not accepted (不予受理; 行政许可法 32, 78)."""

    NOT_IN_AUTHORITY = "not_in_authority", "不属于本机关职权范围"
    NOT_REQUIRED = "not_required", "依法不需要办理该事项"
    MATERIALS_MISSING = "materials_missing", "申请材料不齐全"
    MATERIALS_IMPROPER = "materials_improper", "申请材料不符合法定形式"
    MATERIALS_FALSE = "materials_false", "隐瞒情况或提供虚假材料"
    NOT_ELIGIBLE = "not_eligible", "申请人不具备申请资格"
    APPLIED_ALREADY = "applied_already", "同一事项已受理或已办结"
    BARRED = "barred", "在不得再次申请的期限内"
    OTHER = "other", "其他（理由见文书）"


class DenialReason(NamedCode):
    """Why what was applied for is not granted (不予许可; 行政许可法 38, 57, 78)."""

    CONDITIONS_NOT_MET = "conditions_not_met", "不符合法定条件、标准"
    MEANS_EXCEEDED = "means_exceeded", "家庭收入或财产超过规定标准"
    INSPECTION_FAILED = "inspection_failed", "实地核查或检验检测不合格"
    MATERIALS_FALSE = "materials_false", "隐瞒情况或提供虚假材料"
    QUOTA_EXHAUSTED = "quota_exhausted", "名额或指标已用完"
    CONSENT_DENIED = "consent_denied", "会签部门不同意"
    PROMISE_BROKEN = "promise_broken", "容缺材料逾期未补"
    OTHER = "other", "其他（理由见文书）"


class MaterialStatus(NamedCode):
    """What is said of one material when the papers are checked off."""

    MISSING = "missing", "未提交"
    GIVEN = "given", "已提交"
    FAULTY = "faulty", "不符合要求"
    DEFERRED = "deferred", "容缺待补"


class MaterialProblem(NamedCode):
    """What is wrong with a material, or with an entry of the form: told in the one notice, marked when sent back."""

    NOT_SUBMITTED = "not_submitted", "未提交"
    INCOMPLETE = "incomplete", "内容不完整"
    WRONG_FORM = "wrong_form", "形式不符合要求"
    OUT_OF_DATE = "out_of_date", "已过有效期"
    ILLEGIBLE = "illegible", "字迹或图像不清"
    INCONSISTENT = "inconsistent", "与其他材料不一致"


class PersonPart(NamedCode):
    """What somebody is in a case."""

    APPLICANT = "applicant", "申请人"
    AGENT = "agent", "代理人"
    GUARDIAN = "guardian", "监护人"
    HOUSEHOLD_MEMBER = "household_member", "家庭成员"
    SPOUSE = "spouse", "配偶"
    OTHER_PARTY = "other_party", "其他当事人"


class PartProof(NamedCode):
    """By what somebody proves to act for the applicant."""

    POWER_OF_ATTORNEY = "power_of_attorney", "授权委托书"
    GUARDIANSHIP = "guardianship", "监护证明"
    HOUSEHOLD_REGISTER = "household_register", "户口簿"
    BIRTH_CERTIFICATE = "birth_certificate", "出生医学证明"
    COURT_RULING = "court_ruling", "法院裁判文书"


class Consent(NamedCode):
    """How the applicant agreed that the data are used for this case (个人信息保护法 13, 14)."""

    SIGNED = "signed", "本人签字"
    SPOKEN = "spoken", "本人当面口头同意"
    BY_AGENT = "by_agent", "代理人签字"
    BY_GUARDIAN = "by_guardian", "监护人签字"


class SpecialProcedure(NamedCode):
    """What the time is for that the limit does not count (特别程序; 行政许可法 45)."""

    HEARING = "hearing", "听证"
    TENDER = "tender", "招标"
    AUCTION = "auction", "拍卖"
    INSPECTION = "inspection", "检验"
    TESTING = "testing", "检测"
    QUARANTINE = "quarantine", "检疫"
    APPRAISAL = "appraisal", "鉴定"
    EXPERT_REVIEW = "expert_review", "专家评审"
    PUBLIC_NOTICE = "public_notice", "公示"


class SuspensionReason(NamedCode):
    """Why a case stands still (中止)."""

    OTHER_CASE = "other_case", "须以另一案件的结果为依据"
    APPLICANT_UNABLE = "applicant_unable", "申请人暂时不能参加办理"
    SUCCESSION = "succession", "等待承受权利义务的人参加"
    FORCE_MAJEURE = "force_majeure", "不可抗力"
    APPLICANT_ASKED = "applicant_asked", "申请人书面请求"


class ExtensionReason(NamedCode):
    """Why the limit is extended (延期; 行政许可法 42)."""

    COMPLEX = "complex", "情况复杂"
    FIELD_CHECK = "field_check", "需要实地核查"
    OTHER_BODY = "other_body", "等待其他机关答复"
    MANY_CASES = "many_cases", "集中受理量大"


class HandOverReason(NamedCode):
    """Why a file goes to another place."""

    REPORTED_UP = "reported_up", "上报上级办理"
    NEXT_STEP = "next_step", "进入下一环节"
    OTHER_DEPARTMENT = "other_department", "转其他部门办理"
    OTHER_PLACE = "other_place", "转属地办理"
    SENT_DOWN = "sent_down", "交下级核实"


class DeclineReason(NamedCode):
    """Why a file that was sent is not taken."""

    PAPERS_INCOMPLETE = "papers_incomplete", "移交材料不齐"
    NOT_OURS = "not_ours", "不属于本单位办理"
    SENT_TWICE = "sent_twice", "重复移交"


class DisagreementReason(NamedCode):
    """Why a department that was asked does not agree."""

    CONDITIONS_NOT_MET = "conditions_not_met", "不符合本部门审查条件"
    CONFLICT = "conflict", "与本部门已有决定冲突"
    MATERIALS_INSUFFICIENT = "materials_insufficient", "材料不足以判断"


class DeliveryWay(NamedCode):
    """How a result is delivered (送达)."""

    COUNTER = "counter", "窗口领取"
    AGENT = "agent", "代办员送达"
    POST = "post", "邮寄送达"


class Recipient(NamedCode):
    """Who signed for it."""

    APPLICANT = "applicant", "本人"
    AGENT = "agent", "代理人"
    GUARDIAN = "guardian", "监护人"
    ADULT_OF_HOUSEHOLD = "adult_of_household", "同住成年家属"


class Retention(NamedCode):
    """How long a file is kept (保管期限)."""

    PERMANENT = "permanent", "永久"
    YEARS_30 = "years_30", "30 年"
    YEARS_10 = "years_10", "10 年"


class CaseUndoReason(NamedCode):
    """Why a step is taken back: somebody entered it wrong."""

    WRONG_CASE = "wrong_case", "办错件"
    WRONG_ENTRY = "wrong_entry", "录入有误"
    WRONG_STEP = "wrong_step", "操作环节选错"
    TOO_EARLY = "too_early", "手续未齐即操作"


class Centre(NamedCode):
    """Which hall of a place a file lies in: a community centre serves several villages and lies in one of them."""

    VILLAGE_STATION = "village_station", "村便民服务站"
    COMMUNITY_CENTRE = "community_centre", "社区服务中心"
    TOWN_CENTRE = "town_centre", "镇服务中心"
    COUNTY_CENTRE = "county_centre", "县审批中心"


CENTRE_LEVELS = {
    Centre.VILLAGE_STATION: 12,
    Centre.COMMUNITY_CENTRE: 12,
    Centre.TOWN_CENTRE: 9,
    Centre.COUNTY_CENTRE: 6,
}
"""Digits of the area in which a hall lies."""


class Desk(NamedCode):
    """Which cases of a worklist."""

    HELD = "held", "在本单位办理"
    ARRIVING = "arriving", "待本单位签收"
    ASKED = "asked", "待本单位答复意见"
    PROMISES_BROKEN = "promises_broken", "容缺材料逾期未补"
    DUE_SOON = "due_soon", "三个工作日内到期"
    OVERDUE = "overdue", "已超期"


class CasePost(NamedCode):
    """Who takes up a case where it waits (岗位): the post whose turn it is."""

    WINDOW = "window", "窗口岗"
    REVIEW = "review", "审查岗"
    DECISION = "decision", "决定岗"
    CONSENT = "consent", "会签岗"
    DELIVERY = "delivery", "送达岗"


class RescheduleReason(NamedCode):
    """Why a due date was computed again."""

    NOTICE_ISSUED = "notice_issued", "年度放假通知发布，暂定时限确定"
    CALENDAR_AMENDED = "calendar_amended", "工作日历调整"
