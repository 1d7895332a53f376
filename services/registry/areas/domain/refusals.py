"""Refusals of areas."""

from shared.errors import DomainError, ErrorKind, NotFound


class UnknownArea(DomainError):
    """No village of that code is open in this register on that day."""

    kind, code, title = ErrorKind.INVALID, "unknown_area", "行政区划代码不存在或已撤销"
    advice = "请核对区划代码，已撤销的改用其承接区划"


class UnknownGrid(DomainError):
    """No grid of that code is known to be open: the grid service owns grids."""

    kind, code, title = ErrorKind.INVALID, "unknown_grid", "网格不存在或已撤销"
    advice = "请核对网格编码，已撤销的改用其承接网格；新设的网格稍后再试"


class AreaAlreadyAbolished(DomainError):
    """The area was abolished before."""

    kind, code, title = ErrorKind.CONFLICT, "area_already_abolished", "该行政区划已撤销"
    advice = "请在其承接区划上办理"


class AreaHasParts(DomainError):
    """Areas below it still exist on that day."""

    kind, code, title = ErrorKind.CONFLICT, "area_has_parts", "该区划下还有未撤销的区划"
    advice = "请先撤销下级区划"


class AreaPopulated(DomainError):
    """Somebody lives or is registered in the area that ends, and nobody says to which one they go."""

    kind, code, title = ErrorKind.CONFLICT, "area_populated", "该区划内还有居民或住户"
    advice = "请填写一个继任区划，居民随之划入；分别划入几个区划的，请办理区划调整；或先为其中居民办理迁移"


class AreaNotFound(NotFound):
    """Same body as any other `not_found`."""


class AreaRenamedSince(DomainError):
    """The area got its present name after that day."""

    kind, code, title = ErrorKind.CONFLICT, "area_renamed_since", "该区划在此日期之后已更名"
    advice = "请填写上次更名之日或之后的日期；需改早的，先撤销上次更名"


class AreaNotRenamed(DomainError):
    """No renaming of the area stands that could be undone."""

    kind, code, title = ErrorKind.CONFLICT, "area_not_renamed", "该区划没有可撤销的更名"
    advice = "请刷新后查看该区划的历次名称"
