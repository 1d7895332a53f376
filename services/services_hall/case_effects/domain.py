"""Effects of cases (办件登记事项): where their place and day come from, and what registry's answers say to a clerk."""

from collections.abc import Mapping
from typing import NamedTuple

from shared.contracts.effect_answers import EffectStatus
from shared.errors import DomainError, ErrorKind
from shared.reference.named_code import NamedCode


class EffectPlace(NamedCode):
    """Where the place of an effect comes from; a place that is entered goes before the counter's."""

    COUNTER = "counter", "受理地"
    ENTERED = "entered", "办理时填写"


class EffectDay(NamedCode):
    """Where the first day of an effect comes from; a day that is entered goes before the decision's."""

    DECISION = "decision", "决定日"
    ENTERED = "entered", "办理时填写"


class CaseEffectStands(DomainError):
    """The register was asked for what was granted, or has changed by it: the decision is not taken back before that."""

    kind, code, title = ErrorKind.CONFLICT, "case_effect_stands", "底册正在办理或已办理该办件的登记，不能撤销决定"
    advice = "请等待底册答复；已办理的，请先由登记所在村（社区）在底册撤销该登记，再撤销决定"


class CaseEffectNotRefused(DomainError):
    """Only what registry has refused is asked for once more."""

    kind, code, title = ErrorKind.CONFLICT, "case_effect_not_refused", "该办件没有被底册拒绝的登记，无须再次提请"
    advice = "请刷新后查看底册的答复"


class CaseHasNoEffect(DomainError):
    """The item's version, or a case that was not granted, changes nothing in the register."""

    kind, code, title = ErrorKind.CONFLICT, "case_has_no_effect", "该办件不涉及底册登记"
    advice = "请查看事项的登记事项；不予许可的办件不提请登记"


class CaseEffectIncomplete(DomainError):
    """Place or day of what would change in the register was not entered."""

    kind, code, title = ErrorKind.CONFLICT, "case_effect_incomplete", "准予前须填写登记地和起始日"
    advice = "请先填写登记事项；受理地不是村（社区）的，须填写登记所在村（社区）或网格"


class CaseEffectOutside(DomainError):
    """Whoever decides does not decide in the place where the register would change."""

    kind, code, title = ErrorKind.CONFLICT, "case_effect_outside", "登记地不在您的决定权限内"
    advice = "请更正登记地，或移交有权决定的单位办理"


class EffectPlaceWrong(DomainError):
    """It is no village, no grid of a village, of this county that is in force."""

    kind, code, title = ErrorKind.INVALID, "effect_place_wrong", "登记地应为本县现行的村（社区）或其网格"
    advice = "请核对登记地代码"


class EffectDayWrong(DomainError):
    """What begins later is not registered yet."""

    kind, code, title = ErrorKind.INVALID, "effect_day_wrong", "起始日不得晚于今天"
    advice = "请核对起始日"


class Told(NamedTuple):
    """A refusal as a clerk reads it: why, and what to do."""

    reason: str
    advice: str


NOT_OF_REGISTER = Told("申请人不是底册中的居民，未提请登记", "请在底册登记该居民，再凭身份摘要另行提交办件")
_AGAIN = "再次提请登记"
_REDECIDE = "请核对；填写有误的，请撤销决定，更正登记事项后重新决定"
_HOUSEHOLD = f"请先由其户所在村（社区）在底册办理该户的变更，然后{_AGAIN}"

REFUSALS: Mapping[str, Told] = {
    "resident_unknown": Told("底册中没有该居民", "请在底册登记该居民，再凭身份摘要另行提交办件"),
    "person_already_active": Told("该人员已在此登记", "无须重复登记；登记地填写有误的，请撤销决定，更正后重新决定"),
    "book_of_another_place": Told(
        "该人员的居住或户籍登记在其他村（社区）", f"请在底册提出迁移申请，由迁出地同意；迁出地已办理迁出的，可{_AGAIN}"
    ),
    "unknown_area": Told("行政区划代码不存在或已撤销", _REDECIDE),
    "unknown_grid": Told("网格不存在或已撤销", _REDECIDE),
    "event_out_of_order": Told("与该人员之后已登记的事项矛盾", _REDECIDE),
    "event_before_birth": Told("事项日期早于出生日期", _REDECIDE),
    "event_in_future": Told("发生日期不得晚于申报日期，申报日期不得晚于今天", _REDECIDE),
    "person_deceased": Told("该人员已登记死亡", f"请核对人员；死亡登记有误的，请先在底册撤销，然后{_AGAIN}"),
    "person_missing": Told("该人员已登记失踪", f"已寻回的，请先在底册登记寻回，然后{_AGAIN}"),
    "person_merged": Told("该人员已合并至另一份登记", f"请{_AGAIN}，将按合并后保留的登记办理"),
    "person_erased": Told("该人员的个人信息已依法清除，其登记不再变更", "请凭证件按新居民登记，再另行提交办件"),
    "household_needs_head": Told("户内还有其他成员，须先指定新户主", _HOUSEHOLD),
    "succession_incomplete": Told("须说明其余成员与新户主的关系", _HOUSEHOLD),
    "succession_names_others": Told("与新户主的关系中有不是该户成员的人", _HOUSEHOLD),
    "membership_dates": Told("成员日期不正确", _HOUSEHOLD),
    "relation_disagrees_with_sex": Told("与户主的关系和该人员的性别不符", _HOUSEHOLD),
    "relation_disagrees_with_age": Told("与户主的关系和双方的出生日期不符", _HOUSEHOLD),
    "relation_twice": Told("户内已有一名成员与户主为此关系", _HOUSEHOLD),
    "person_not_active": Told(
        "该人员当日不在册",
        f"请核对人员；不在此居住的，先在底册登记居住，然后{_AGAIN}；日期有误的，请撤销决定，更正后重新决定",
    ),
    "benefit_held_already": Told(
        "该居民已凭先前准予的办件享受此项待遇", "无须重复办理；有变动的，请先在底册停止原待遇"
    ),
    "tag_dates": Told(
        "标签日期不正确", "该居民此前已享受此项待遇，起始日须在其停止日之后；请撤销决定，更正起始日后重新决定"
    ),
    "tag_does_not_fit": Told("该人员的年龄、性别或居住情况不符合此标签的条件", _REDECIDE),
    "effect_reversed": Told("底册已撤销该登记", f"决定有误的，请撤销决定；撤销登记有误的，请{_AGAIN}"),
}
"""Registry's codes, with its own titles, and what is done next in the hall."""


def told(status: str | None, code: str | None) -> Told | None:
    """What a clerk reads of an answer; None while there is nothing to say."""
    if status != EffectStatus.REFUSED or code is None:
        return None
    return REFUSALS.get(code, Told(f"底册不予办理（{code}）", f"请向底册管理人员核对该代码，处理后{_AGAIN}"))
