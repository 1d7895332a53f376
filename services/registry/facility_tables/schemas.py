"""Bodies of exports of facilities."""

from pydantic import Field

from shared.contracts.registry.facilities import FacilityStatus
from shared.http.export_routes import BeginAreaExport


class BeginFacilityExport(BeginAreaExport):
    """Which facilities are taken out, how, and what for. The purpose stands in the table itself."""

    status: FacilityStatus | None = Field(default=None, description="状态 null: all", examples=["open"])
