"""What an operator may set for grid."""

import re
from typing import Self

from pydantic import Field, SecretStr, model_validator

from services.grid.incidents.domain.rules import IncidentPolicy
from services.grid.public_reports.domain import PublicReportPolicy
from shared.settings import Secret, ServiceSettings, parse_keys

_SOURCE = re.compile(r"[\x21-\x2b\x2d-\x7e]{1,200}")


class Settings(ServiceSettings):
    """The kit's settings, those of inbound events of county systems, and of incidents."""

    inbound_private_keys: Secret = Field(
        default=SecretStr(""),
        description="P-256 private keys of the county's door, 32 bytes: kid:base64,…; empty: the door is shut",
    )
    inbound_sources: str = Field(
        default="", description="CloudEvents sources that may send, such as urn:county:450481:hotline-12345,…"
    )
    inbound_rate_per_minute: int = Field(default=600, ge=1, description="events a minute of each source")
    inbound_max_bytes: int = Field(default=65_536, ge=1024, le=1_000_000, description="of one event from the county")

    incident_check_percent: int = Field(
        default=20, ge=0, le=100, description="of incidents handled on the spot so many in a hundred are checked"
    )
    incident_verify_hours: int = Field(
        default=24, ge=1, le=240, description="within so many hours of its report an incident is filed or rejected"
    )
    incident_alarm_minutes: int = Field(
        default=10,
        ge=1,
        le=1_440,
        description="within so many minutes a terminal's alarm is filed or rejected",
    )
    incident_near_metres: int = Field(
        default=100, ge=1, le=5_000, description="duplicates of an incident are looked for so far away"
    )
    incident_near_days: int = Field(default=7, ge=1, le=90, description="and reported so many days before or after it")
    public_report_client_per_day: int = Field(
        default=10, ge=1, le=1_000, description="public reports that are taken of one client (address) a day"
    )
    public_report_village_per_hour: int = Field(
        default=60, ge=1, le=10_000, description="public reports that are taken from one village an hour"
    )

    @property
    def public_report_policy(self) -> PublicReportPolicy:
        """What the county set against abuse of public reports."""
        return PublicReportPolicy(
            client_per_day=self.public_report_client_per_day, village_per_hour=self.public_report_village_per_hour
        )

    @property
    def incident_policy(self) -> IncidentPolicy:
        """What the county sets for its incidents."""
        return IncidentPolicy(
            check_percent=self.incident_check_percent,
            verify_hours=self.incident_verify_hours,
            near_metres=self.incident_near_metres,
            near_days=self.incident_near_days,
            alarm_minutes=self.incident_alarm_minutes,
        )

    @property
    def allowed_sources(self) -> frozenset[str]:
        """The `source` attributes that may send."""
        return frozenset(filter(None, (source.strip() for source in self.inbound_sources.split(","))))

    @model_validator(mode="after")
    def _inbound_consistent(self) -> Self:
        if keys := self.inbound_private_keys.get_secret_value():
            parse_keys(keys, length=32, name="XIANGLI_INBOUND_PRIVATE_KEYS")
        if not all(_SOURCE.fullmatch(source) for source in self.allowed_sources):
            raise ValueError("XIANGLI_INBOUND_SOURCES: a source has 1 to 200 printable ASCII characters, no space")
        return self
