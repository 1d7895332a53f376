"""Refusals of incidents (事件)."""

from shared.errors import DomainError, ErrorKind


class IncidentTransitionError(DomainError):
    """The table does not allow the step from where the incident is."""

    kind, code, title = ErrorKind.CONFLICT, "incident_transition_not_allowed", "事件当前状态不允许此操作"
    advice = "请刷新查看事件现在的状态和可做的操作"


class HandlerMayNotCheck(DomainError):
    """GB/T 30428.1: 核查 is done by somebody else than the handler."""

    kind, code, title = ErrorKind.FORBIDDEN, "incident_check_by_handler", "处置人不得核查自己处置的事件"
    advice = "请由其他有核查权限的人员核查"


class OfficialSource(DomainError):
    """Refusal: a resident reports as an official source (巡查, 12345, 上级, 媒体)."""

    kind, code, title = ErrorKind.FORBIDDEN, "incident_source_official", "居民上报的事件来源只能是“居民”"
    advice = "请把来源改为“居民”后重新上报"


class IncidentDeferralTooLate(DomainError):
    """A deferral is granted before the deadline: afterwards it would only hide that it was missed."""

    kind, code, title = ErrorKind.CONFLICT, "incident_deferral_too_late", "办理时限已过，不能再批准缓办"
    advice = "请尽快办理；超期情况如实反馈"


class IncidentDeferredAlready(DomainError):
    """It was deferred before."""

    kind, code, title = ErrorKind.CONFLICT, "incident_deferred_already", "该事件已批准缓办"
    advice = "无需再次批准；办理完成后照常反馈"


class IncidentNotLocated(DomainError):
    """No grid holds the point, and no area was named instead."""

    kind, code, title = ErrorKind.INVALID, "incident_not_located", "位置不在任何网格内，请指定所属区域"
    advice = "请填写所属村（社区）或网格"


class IncidentAreaUnknown(DomainError):
    """The area that was named is neither a village that exists today nor an open grid."""

    kind, code, title = ErrorKind.INVALID, "incident_area_unknown", "事件所属区域不存在"
    advice = "请核对区划代码；新设的区域稍后再试"


class IncidentPointOutsideArea(DomainError):
    """The grid that holds the point does not lie in the area that was named."""

    kind, code, title = ErrorKind.INVALID, "incident_point_outside_area", "位置不在指定区域内"
    advice = "请核对位置，或改选位置所在的区域"


class HandlerGivesNoLeave(DomainError):
    """Leave (缓办, 挂起) is given by somebody else than who handles it."""

    kind, code, title = ErrorKind.FORBIDDEN, "incident_leave_by_handler", "处置人不得批准自己处置的事件缓办或挂起"
    advice = "请由其他有派遣权限的人员批准"


class IncidentHeldElsewhere(DomainError):
    """The office of another level has the incident."""

    kind, code, title = ErrorKind.CONFLICT, "incident_held_elsewhere", "事件现由其他层级承办"
    advice = "请查看事件现在的承办层级；需要本级办理的，请其下交或上报"


class IncidentLeaveAskedAlready(DomainError):
    """Leave was asked for and nobody has answered yet."""

    kind, code, title = ErrorKind.CONFLICT, "incident_leave_asked_already", "已有缓办或挂起申请待批"
    advice = "请等待批复后再申请"


class IncidentLeaveNotAsked(DomainError):
    """Nobody asked for leave."""

    kind, code, title = ErrorKind.CONFLICT, "incident_leave_not_asked", "没有待批的缓办或挂起申请"
    advice = "请刷新查看；需要直接批准的，请使用“批准缓办”或“批准挂起”"


class IncidentLeaveUntilWrong(DomainError):
    """The day until which leave is given lies before tomorrow, before the deadline, or too far ahead."""

    kind, code, title = ErrorKind.INVALID, "incident_leave_until_wrong", "缓办或挂起的截止日不正确"
    advice = "截止日须在明天以后、一年以内；缓办的还须晚于原办理时限"


class IncidentLevelWrong(DomainError):
    """The office of that level has it already, or the incident's area lies above that level."""

    kind, code, title = ErrorKind.INVALID, "incident_level_wrong", "承办层级不正确"
    advice = "请另选层级：不能是现在的承办层级，也不能低于事件所属区域的层级"


class IncidentTakenBack(DomainError):
    """By the town's list of duties (履职事项清单) such incidents were taken back by the level above."""

    kind, code, title = ErrorKind.CONFLICT, "incident_taken_back", "该类事件属上级收回事项，须由县级部门承办"
    advice = "请上报县级，由县级派给县级部门的处置单位"


class IncidentLeadElsewhere(DomainError):
    """By the town's list of duties another department leads."""

    kind, code, title = ErrorKind.CONFLICT, "incident_lead_elsewhere", "按履职事项清单，该类事件由其他部门牵头"
    advice = "请派给清单所列的牵头部门，本单位可作为协办单位"


class IncidentMergeWrong(DomainError):
    """The other incident is the same, has ended, or the one that ends has duplicates of its own."""

    kind, code, title = ErrorKind.CONFLICT, "incident_merge_wrong", "不能并入所选事件"
    advice = "请并入另一件尚未办结的事件；已有并案的事件不能再并入其他事件，请反向并案"


class IncidentOrdersOpen(DomainError):
    """Assisting units have not finished: there is one closure."""

    kind, code, title = ErrorKind.CONFLICT, "incident_orders_open", "协办单位尚未全部反馈"
    advice = "请等待协办单位反馈，或由派遣人员撤回未完成的协办单"


class IncidentOrderTaken(DomainError):
    """The unit leads, or has an order for this incident that has not ended."""

    kind, code, title = ErrorKind.CONFLICT, "incident_order_taken", "该单位已在处置此事件"
    advice = "请另选协办单位"


class IncidentOrderMoved(DomainError):
    """The order is not where this step begins."""

    kind, code, title = ErrorKind.CONFLICT, "incident_order_not_allowed", "协办单当前状态不允许此操作"
    advice = "请刷新查看协办单现在的状态"


class IncidentSupervisedAlready(DomainError):
    """A level above supervises it already."""

    kind, code, title = ErrorKind.CONFLICT, "incident_supervised_already", "该事件已在督办中"
    advice = "无需再次督办；需要改期的，先销号再督办"


class IncidentNotSupervised(DomainError):
    """Nobody supervises it."""

    kind, code, title = ErrorKind.CONFLICT, "incident_not_supervised", "该事件不在督办中"
    advice = "请刷新查看"


class IncidentSupervisionStands(DomainError):
    """What is supervised is closed only after whoever supervises has lifted that."""

    kind, code, title = ErrorKind.CONFLICT, "incident_supervision_stands", "督办尚未销号，不能结案"
    advice = "请由督办机关核实销号后再结案"


class IncidentSupervisorNeeded(DomainError):
    """It is supervised, and lifted, by the office of a level that is high enough."""

    kind, code, title = ErrorKind.FORBIDDEN, "incident_supervisor_needed", "须由提出督办的层级或其上级销号"
    advice = "请联系提出督办的机关"


class IncidentSupervisionUntilWrong(DomainError):
    """By when supervision wants it closed lies in the past, or too far ahead."""

    kind, code, title = ErrorKind.INVALID, "incident_supervision_until_wrong", "督办期限不正确"
    advice = "督办期限须晚于现在、在一年以内"


class IncidentUrgedToday(DomainError):
    """The same person urged it today."""

    kind, code, title = ErrorKind.CONFLICT, "incident_urged_today", "今天已经催办过"
    advice = "请明天再催；情况紧急的请拨打 12345"


class IncidentNothingToUndo(DomainError):
    """What was done last is not undone: it was told as it was said, or was time's."""

    kind, code, title = ErrorKind.CONFLICT, "incident_nothing_to_undo", "没有可以撤销的操作"
    advice = "上报和催办不能撤销；误报的请不予立案"
