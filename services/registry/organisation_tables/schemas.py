"""Bodies of exports of organisations."""

from pydantic import Field

from shared.contracts.registry.organisations import OrganisationStatus
from shared.http.export_routes import BeginAreaExport


class BeginOrganisationExport(BeginAreaExport):
    """Which organisations are taken out, how, and what for. The purpose stands in the table itself."""

    status: OrganisationStatus | None = Field(default=None, description="状态 null: all", examples=["active"])
