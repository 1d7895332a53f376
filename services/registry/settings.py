"""Registry's settings: the common ones and the keys that sign and encrypt extracts."""

from typing import Literal

from pydantic import Field, model_validator

from services.registry.corrections.domain import DEFAULT_STEPS, WORK_DAYS
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

    @model_validator(mode="after")
    def _extract_keys(self) -> "Settings":
        parse_keys(self.extract_private_key.get_secret_value(), length=32, name="XIANGLI_EXTRACT_PRIVATE_KEY")
        parse_keys(self.extract_encryption_keys.get_secret_value(), length=32, name="XIANGLI_EXTRACT_ENCRYPTION_KEYS")
        return self
