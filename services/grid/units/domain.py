"""Handling units (处置单位): what is refused."""

from shared.errors import DomainError, ErrorKind


class UnitUnknown(DomainError):
    """There is no such unit, it is no longer active, or it is none that the caller's list shows."""

    kind, code, title = ErrorKind.INVALID, "unit_unknown", "处置单位不存在或已停用"
    advice = "请从本区域的处置单位中选择"


class UnitOutOfArea(DomainError):
    """The unit serves another area than the incident's."""

    kind, code, title = ErrorKind.INVALID, "unit_out_of_area", "处置单位不负责事件所在区域"
    advice = "请改派负责该区域的处置单位"


class UnitAreaUnknown(DomainError):
    """The area is none that exists today, and no open grid: nothing ever happens there."""

    kind, code, title = ErrorKind.INVALID, "unit_area_unknown", "服务区域不存在或已撤销"
    advice = "请填写本县现行的区划代码，或现有网格的编码"


class UnitTaken(DomainError):
    """The department already has a unit of this name in the area."""

    kind, code, title = ErrorKind.CONFLICT, "unit_taken", "该区域该部门已有同名处置单位"
    advice = "请使用已有的处置单位，或换一个名称"
