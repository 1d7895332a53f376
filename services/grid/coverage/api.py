"""Coverage of villages by grids (网格覆盖情况) over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from services.grid.coverage.schemas import CoverageView
from services.grid.deps import Grid
from services.grid.grids.domain import GridKind, GridNet
from shared.contracts.envelope import AreaCode
from shared.http.endpoint import reads
from shared.http.route import ServiceRoute
from shared.http.schemas import Day
from shared.http.security import Authorised
from shared.reference.areas import VILLAGE_DIGITS

router = APIRouter(route_class=ServiceRoute, tags=["grids"])


@router.get(
    "/coverage/{village}",
    **reads(
        "getCoverage",
        "网格覆盖情况",
        "一个村（社区）的网格之间待修的重叠和空隙，以及各网格的责任人和无责任人的日子，供网格长和镇村修补。",
        permission="grid.read",
    ),
)
async def coverage(
    village: Annotated[
        AreaCode,
        Path(
            min_length=VILLAGE_DIGITS,
            max_length=VILLAGE_DIGITS,
            description="村级代码 code of the village, 12 digits",
            examples=["450481114201"],
        ),
    ],
    principal: Authorised,
    grid: Grid,
    kind: Annotated[GridKind, Query(description="网格类别 of this kind")] = GridKind.COMPREHENSIVE,
    net: Annotated[GridNet, Query(description="所属的网 of this net")] = GridNet.COMMITTEES,
    since: Annotated[
        Day | None, Query(description="起始日 first day for gaps of staff; by default 90 days ago")
    ] = None,
) -> CoverageView:
    """How the open grids of a village cover it, and who answers for them."""
    return CoverageView.of(await grid.coverages.of(principal, village, kind=kind, net=net, since=since))
