"""Refusals of cases (办件), and the rules that raise them."""

from services.services_hall.cases.domain.codes import DenialReason
from shared.errors import DomainError, ErrorKind, FieldError, ReasonNotExpected, ReasonRequired


class CaseTransitionError(DomainError):
    """The case is not where this step begins."""

    kind, code, title = ErrorKind.CONFLICT, "case_transition_not_allowed", "办件当前状态不允许此操作"
    advice = "请刷新查看办件现在的状态和可做的操作"


class ItemDoesNotAccept(DomainError):
    """The item has no published version, or is not accepted at this level of area."""

    kind, code, title = ErrorKind.CONFLICT, "item_not_accepted_here", "该事项未发布或不在本级受理"
    advice = "请查看办事指南中的受理层级，转到相应窗口办理"


class UnknownCounter(DomainError):
    """The counter's area is not in force."""

    kind, code, title = ErrorKind.INVALID, "unknown_area", "行政区划代码不存在或已撤销"
    advice = "请核对区划代码，已撤销的改用其承接区划"


class ExtractRefused(DomainError):
    """The extract is forged, expired, meant for another service, or says too little."""

    kind, code, title = ErrorKind.INVALID, "extract_not_valid", "身份摘要无效或已过期"
    advice = "请为申请人重新开具身份摘要后再提交"


class ExtractForOtherUse(DomainError):
    """The extract was made for another purpose than a case, or for another counter."""

    kind, code, title = ErrorKind.INVALID, "extract_for_other_use", "身份摘要的用途或受理地与本次办件不符"
    advice = "请按本受理地、办件用途重新开具身份摘要"


class ExtractUsed(DomainError):
    """The extract has opened a case already."""

    kind, code, title = ErrorKind.CONFLICT, "extract_used", "身份摘要已用于另一办件"
    advice = "一份身份摘要只能办理一件，请重新开具"


class CaseHeldElsewhere(DomainError):
    """The file lies with another place, which alone may take this step."""

    kind, code, title = ErrorKind.CONFLICT, "case_held_elsewhere", "办件现由其他单位办理"
    advice = "请查看办件现在由哪个单位办理；需要本单位办理的，请其移交"


class CaseOnItsWay(DomainError):
    """The file was sent and has not been taken."""

    kind, code, title = ErrorKind.CONFLICT, "case_on_its_way", "办件正在移交途中，尚未签收"
    advice = "请等待接收单位签收或退回；误移交的，可撤销上一步"


class CaseNotSent(DomainError):
    """Nobody has sent the file anywhere."""

    kind, code, title = ErrorKind.CONFLICT, "case_not_sent", "办件没有待签收的移交"
    advice = "请刷新后查看办件现在的办理单位"


class CaseNothingToUndo(DomainError):
    """The last thing done to it is not a step that can be taken back."""

    kind, code, title = ErrorKind.CONFLICT, "case_nothing_to_undo", "没有可以撤销的步骤"
    advice = "提交后要取消的请撤回办件；依法视为受理、逾期终止的不能撤销"


class CaseDeemedAccepted(DomainError):
    """Five working days passed without a notice: it counts as accepted since its receipt (行政许可法 32)."""

    kind, code, title = ErrorKind.CONFLICT, "case_deemed_accepted", "收件满 5 个工作日未告知，依法视为已受理"
    advice = "请办理受理，受理日按收件日计算"


class NoticeGivenAlready(DomainError):
    """What is missing is told once, in full."""

    kind, code, title = ErrorKind.CONFLICT, "notice_given_already", "补正内容已一次性告知过，不得再次告知"
    advice = "请根据已补正的材料决定受理或不予受理"


class NoticeIncomplete(DomainError):
    """The one notice leaves out a material that is required and was not given."""

    kind, code, title = ErrorKind.INVALID, "notice_incomplete", "一次性告知须列全所有未提交或不合要求的必要材料"
    advice = "请补上所列材料后重新告知"


class NoticeUntilWrong(DomainError):
    """The applicant's time to supply ends today or before, or more than 90 days from now."""

    kind, code, title = ErrorKind.INVALID, "notice_until_wrong", "补正截止日应晚于今天，且不超过 90 天"
    advice = "请重新填写补正截止日"


class MaterialUnknown(DomainError):
    """The item's version has no material of this number."""

    kind, code, title = ErrorKind.INVALID, "material_unknown", "该事项没有此序号的材料"
    advice = "请按事项材料清单的序号填写，从 1 开始"


class MaterialNotDeferrable(DomainError):
    """The item does not let this material come later."""

    kind, code, title = ErrorKind.CONFLICT, "material_not_deferrable", "该材料不能容缺后补"
    advice = "请申请人提交该材料；确需补正的，请一次性告知"


class PromiseWrong(DomainError):
    """A deferred material is promised for a day; no other material is, and the day is not in the past."""

    kind, code, title = ErrorKind.INVALID, "promise_wrong", "容缺材料须填写承诺补交日，且不早于今天；其他情况不填"
    advice = "请核对材料状态和承诺补交日"


class PromiseTooLate(DomainError):
    """A material is promised for a day after the case is due."""

    kind, code, title = ErrorKind.CONFLICT, "promise_too_late", "容缺材料的承诺补交日晚于办理时限"
    advice = "请与申请人约定办理时限之内的补交日"


class MaterialsOutstanding(DomainError):
    """A required material was not given, or one that was promised has not come."""

    kind, code, title = ErrorKind.CONFLICT, "materials_outstanding", "必要材料尚未收齐"
    advice = "请收齐所列材料；可以容缺的，登记承诺补交日"


class PromiseNotBroken(DomainError):
    """The reason says that a promised material did not come, and none is overdue."""

    kind, code, title = ErrorKind.CONFLICT, "promise_not_broken", "没有逾期未补的容缺材料"
    advice = "请选择实际的不予许可理由"


class CompetentNotExpected(DomainError):
    """Only what does not lie in this body's authority is sent to another one (行政许可法 32)."""

    kind, code, title = ErrorKind.INVALID, "competent_not_expected", "仅在不属于本机关职权范围时填写应向哪个部门申请"
    advice = "请删去该部门，或改选不予受理的理由"


class GuardianNeeded(DomainError):
    """The applicant is a minor (民法典 17 to 20, 23): a guardian acts."""

    kind, code, title = ErrorKind.CONFLICT, "guardian_needed", "申请人未成年，须由监护人代为办理"
    advice = "请先添加监护人及其证明；十六周岁以上以自己劳动收入为主要生活来源的，提交时注明"


class ProofNeeded(DomainError):
    """Who acts for the applicant proves it."""

    kind, code, title = ErrorKind.INVALID, "proof_needed", "代理人、监护人须出具证明；其他当事人不填"
    advice = "请选择证明的种类"


class ApplicantStands(DomainError):
    """A case has one applicant, who stands in it from its beginning."""

    kind, code, title = ErrorKind.INVALID, "applicant_stands", "申请人在提交时已确定，不能再添加"
    advice = "请选择其他身份；申请人有误的，撤回后重新提交"


class PersonsTooMany(DomainError):
    """A case has as many persons as it can hold."""

    kind, code, title = ErrorKind.CONFLICT, "persons_too_many", "一件办件最多登记 30 名当事人"
    advice = "请移除不需要的当事人"


class ApplicantUnclear(DomainError):
    """The applicant comes from an extract, or is typed at the counter: one of the two."""

    kind, code, title = ErrorKind.INVALID, "applicant_unclear", "须提供身份摘要或当场录入当事人信息，二者择一"
    advice = "请只提供其中一种"


class ConsentNotRecorded(DomainError):
    """Who is typed at the counter has agreed that the data are used."""

    kind, code, title = ErrorKind.INVALID, "consent_not_recorded", "当场录入的，须记录本人同意的方式"
    advice = "请选择同意的方式"


class CaseStepsRemain(DomainError):
    """Steps of the review remain, or there is none to begin."""

    kind, code, title = ErrorKind.CONFLICT, "case_steps_remain", "审查环节未走完，或没有这个环节"
    advice = "请按事项规定的环节办理；最后一个环节作出决定"


class StepTakenAbove(DomainError):
    """The file was sent down: what its step decides, the level that the item prescribes decides."""

    kind, code, title = ErrorKind.CONFLICT, "step_taken_above", "本环节应由上级单位办理"
    advice = "请核实后把办件移交回该环节规定的层级"


class CaseAnsweredTogether(DomainError):
    """The matter that it belongs to has its one answer, which rests on the result of this case."""

    kind, code, title = ErrorKind.CONFLICT, "case_answered_together", "该办件所属的一件事已统一答复"
    advice = "请先由牵头部门撤销统一答复，再撤销本件的步骤"


class HandOverWrong(DomainError):
    """A file goes to a place of the same county, and to another than where it lies."""

    kind, code, title = ErrorKind.INVALID, "hand_over_wrong", "移交的单位不正确：须在本县范围内，且不是现办理单位"
    advice = "请核对接收单位的区划、部门和中心级别"


class ConsentOutstanding(DomainError):
    """A department that was asked has not answered, or does not agree."""

    kind, code, title = ErrorKind.CONFLICT, "consent_outstanding", "会签部门尚未答复或不同意"
    advice = "请等待答复；部门不同意的，作出不予许可的决定或重新征求意见"


class ConsentNotAsked(DomainError):
    """This department's consent was not asked, or it has answered."""

    kind, code, title = ErrorKind.CONFLICT, "consent_not_asked", "没有待该部门答复的意见"
    advice = "请刷新后查看"


class ConsentAskedAlready(DomainError):
    """This department was asked and has not answered."""

    kind, code, title = ErrorKind.CONFLICT, "consent_asked_already", "已征求该部门意见，尚未答复"
    advice = "请等待该部门答复"


class ExtendedAlready(DomainError):
    """A limit is extended once."""

    kind, code, title = ErrorKind.CONFLICT, "extended_already", "办理时限只能延长一次"
    advice = "请在已延长的时限内办结"


class ExtensionTooLate(DomainError):
    """A limit is extended before it has run out."""

    kind, code, title = ErrorKind.CONFLICT, "extension_too_late", "办理时限已到，不能再延长"
    advice = "请尽快办结，并按规定说明超期原因"


class ExtensionTooLong(DomainError):
    """Ten working days at most, fifteen if several departments handle it together (行政许可法 42)."""

    kind, code, title = ErrorKind.INVALID, "extension_too_long", "最多延长 10 个工作日，多部门联合办理的 15 个工作日"
    advice = "请缩短延长的天数"


class DeliveryWrong(DomainError):
    """A delivery by post has a tracking number, any other none; nobody receives before the decision or tomorrow."""

    kind, code, title = (
        ErrorKind.INVALID,
        "delivery_wrong",
        "送达信息不正确：邮寄的填写单号，其他方式不填；签收日应在决定之后、今天之前",
    )
    advice = "请核对送达方式、单号和签收日"


class ApplicantErased(DomainError):
    """Nothing is written any more of who was erased (清除): nothing would erase it again."""

    kind, code, title = ErrorKind.CONFLICT, "applicant_erased", "当事人信息已依法清除，不能再记录其文字或地址"
    advice = "请不填写说明，重新提交；上门地址不能再登记"


def require_reason(*, granted: bool, reason: DenialReason | None, subject: object = None) -> None:
    """What is not granted has a reason, what is granted has none. Raises `ReasonRequired`, `ReasonNotExpected`."""
    if not granted and reason is None:
        raise ReasonRequired(subject, errors=[FieldError("reason", "missing", "不予许可须说明理由")])
    if granted and reason is not None:
        raise ReasonNotExpected(
            subject, errors=[FieldError("reason", "unexpected", "准予许可的，不填写不予许可的理由")]
        )


def case_number(item_code: str, day: str, serial: int) -> str:
    """办件编号: item code, day as YYYYMMDD, daily serial of at least four digits (GB/T 39554.1 sample: 31 + 8 + 4)."""
    return f"{item_code}{day}{serial:04d}"
