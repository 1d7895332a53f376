"""Findings that only lists of residents have; the others are refusals of registering and of founding households."""

from collections.abc import Mapping
from enum import StrEnum

from shared.errors import FieldError


class ListProblem(StrEnum):
    """Why a row is not taken in."""

    HEAD_DISAGREES = "head_disagrees"
    HOUSEHOLD_SCATTERED = "household_scattered"
    DIFFERS = "differs_from_register"  # a correction is proposed, and not made
    NOT_ACTIVE = "not_active_in_register"  # moved out, dead, missing, merged or annulled
    AREA_OUTSIDE = "area_outside"


MESSAGES: Mapping[ListProblem, str] = {
    ListProblem.HEAD_DISAGREES: "所填户主与本户户主所在行不一致",
    ListProblem.HOUSEHOLD_SCATTERED: "同一户的人员没有排在一起，请按户号排序后重新上传",
    ListProblem.DIFFERS: "与在册信息不同，未作改动；确需更正的，请在该居民档案中办理",
    ListProblem.NOT_ACTIVE: "该证件号码的居民已不在册（如已迁出、死亡），未作改动；有误的，请在其档案中办理",
    ListProblem.AREA_OUTSIDE: "该地不在您的管辖范围内，请核对代码，或由所属地导入",
}


def at(column: str, problem: ListProblem) -> FieldError:
    """The finding at a column."""
    return FieldError(column, problem.value, MESSAGES[problem])
