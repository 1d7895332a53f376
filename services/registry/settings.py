"""Registry's settings: the common ones, the keys of extracts, the county's policies, and who may deliver lists."""

from typing import Literal

from pydantic import Field, SecretStr, model_validator

from services.registry.corrections.domain import DEFAULT_STEPS, WORK_DAYS
from services.registry.inbound_lists.domain import Authorities
from services.registry.verifications.domain import FRESH_DAYS
from shared.settings import Secret, ServiceSettings, parse_keys


class Settings(ServiceSettings):
    """Read by the composition roots only."""

    extract_private_key: Secret = Field(description="Ed25519 seeds, 32 bytes: kid:base64,… the first one signs")
    extract_encryption_keys: Secret = Field(
        description="AES keys of extracts, 32 bytes: kid:base64,… the first one encrypts; the same in services_hall"
    )
    transfer_work_days: int = Field(
        default=5, ge=1, le=60, description="work days within which the holding side decides on a transfer"
    )
    transfer_after_limit: Literal["lapse", "confirm"] = Field(
        default="lapse", description="what becomes of a transfer nobody decided on: lapse or confirm"
    )

    correction_steps: str = Field(
        default=DEFAULT_STEPS,
        description="fields whose correction is approved, and by which steps: field:check+approve+confirm,… or none",
    )
    correction_work_days: int = Field(
        default=WORK_DAYS, ge=1, le=60, description="work days within which a correction is approved to the last step"
    )

    fresh_days: str = Field(
        default=FRESH_DAYS, description="days for which a look at a field group is good: group:days,…"
    )

    inbound_private_keys: Secret = Field(
        default=SecretStr(""),
        description="P-256 private keys to which lists are encrypted, 32 bytes: kid:base64,…; empty: none is taken in",
    )
    inbound_lists: str = Field(
        default="", description="lists that sources may deliver, and for which area: source=area:kind+kind,…"
    )
    inbound_rate_per_minute: int = Field(default=600, ge=1, description="events a minute of each source")
    inbound_max_bytes: int = Field(default=65_536, ge=1024, le=1_000_000, description="of one event from the county")

    @model_validator(mode="after")
    def _inbound_consistent(self) -> "Settings":
        if keys := self.inbound_private_keys.get_secret_value():
            parse_keys(keys, length=32, name="XIANGLI_INBOUND_PRIVATE_KEYS")
        Authorities.parse(self.inbound_lists)
        return self

    @model_validator(mode="after")
    def _extract_keys(self) -> "Settings":
        parse_keys(self.extract_private_key.get_secret_value(), length=32, name="XIANGLI_EXTRACT_PRIVATE_KEY")
        parse_keys(self.extract_encryption_keys.get_secret_value(), length=32, name="XIANGLI_EXTRACT_ENCRYPTION_KEYS")
        return self
