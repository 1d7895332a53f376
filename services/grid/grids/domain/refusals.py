"""Grids (网格): what their polygons, codes and days are refused for."""

from shared.errors import DomainError, ErrorKind


class GridPolygonInvalid(DomainError):
    """The ring is not closed, crosses itself, has no area, has too many points, or leaves WGS 84."""

    kind, code, title = ErrorKind.INVALID, "grid_polygon_invalid", "网格边界不是有效的闭合多边形"
    advice = "请检查各点顺序：首尾两点相同，边线互不相交，经度在前、纬度在后"


class GridVillageUnknown(DomainError):
    """The first twelve digits of the code are no village that exists on the day the grid begins."""

    kind, code, title = ErrorKind.INVALID, "grid_village_unknown", "网格编码所属的村（社区）不存在"
    advice = "请核对编码前 12 位；新设的村（社区）稍后再试"


class GridDateInvalid(DomainError):
    """A grid that begins after today, or ends before it begins or after today."""

    kind, code, title = ErrorKind.INVALID, "grid_date_invalid", "网格起止日期不正确"
    advice = "请核对起止日期：不得早于所属村（社区）设立之日，止日不早于起日"


class GridOverlaps(DomainError):
    """The polygon lies over an open grid of the same kind."""

    kind, code, title = ErrorKind.CONFLICT, "grid_overlaps", "与同类网格的边界重叠"
    advice = "请对照相邻网格调整边界，使两者不重叠"


class GridInOtherTown(DomainError):
    """The polygon lies over an open grid, of whatever kind, of another town."""

    kind, code, title = ErrorKind.CONFLICT, "grid_in_other_town", "网格边界伸入其他乡镇（街道）的网格"
    advice = "请对照相邻乡镇（街道）的网格调整边界"


class GridFarAway(DomainError):
    """The polygon lies far from the other grids of its village, or of its town or county."""

    kind, code, title = ErrorKind.INVALID, "grid_far_away", "网格离所属村（社区）的其他网格过远"
    advice = "请核对坐标（WGS 84，先经度后纬度）和网格编码"


class GridCodeTaken(DomainError):
    """A code is never used twice, not even after its grid was closed."""

    kind, code, title = ErrorKind.CONFLICT, "grid_code_taken", "网格编码已被使用"
    advice = "请换一个编码，撤销的编码也不能再用"


class GridAlreadyClosed(DomainError):
    """The grid ended before; it ends once."""

    kind, code, title = ErrorKind.CONFLICT, "grid_already_closed", "网格已撤销"
    advice = "请查看该网格的承接网格，在承接网格上办理"


class GridSuccessorUnknown(DomainError):
    """A successor that is the grid itself, no grid that exists today, or one outside the caller's areas."""

    kind, code, title = ErrorKind.INVALID, "grid_successor_unknown", "承接网格不存在、已撤销或不在您的管理范围内"
    advice = "请填写您管理范围内现有网格的编码"


class GridAxesSwapped(DomainError):
    """Every vertex reads as (latitude, longitude) of a place in China and none as (longitude, latitude)."""

    kind, code, title = ErrorKind.INVALID, "grid_axes_swapped", "坐标的经度、纬度颠倒了"
    advice = "请把每个点改为先经度、后纬度（我国经度约 73 至 136，纬度约 3 至 54）"


class GridHasHole(DomainError):
    """A polygon with an inner ring: what lies inside would belong to no grid."""

    kind, code, title = ErrorKind.INVALID, "grid_has_hole", "网格边界内含空洞"
    advice = "请去掉内环，空洞中的地方也要归入一个网格"
