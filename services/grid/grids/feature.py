"""Grids as the house knows them."""

from sqlalchemy import select

from services.grid.grids.api import router
from services.grid.grids.domain import CoordinateSystem, GridCodeTaken, GridKind, GridNet
from services.grid.grids.models import Grid
from services.grid.grids.service.grids import restate
from shared.feature import Feature, Restatement
from shared.messaging.projection.routes import Route
from shared.reference.codes import published

FEATURE = Feature(
    router=router,
    tag="grids",
    about="网格：划定、撤销，查询坐标点所在网格。 Grids and which holds a point",
    states={"grid.grid": Restatement(restate, select(Grid.code))},
    routes=(Route("registry.area"),),
    constraints={"pk_grids": GridCodeTaken},
    code_lists=(
        published("grid_kinds", "网格类别", GridKind),
        published("grid_nets", "网格所属的网", GridNet),
        published("coordinate_systems", "坐标系", CoordinateSystem),
    ),
)
