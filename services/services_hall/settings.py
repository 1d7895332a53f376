"""What an operator may set for the hall: the common settings and the keys that open extracts."""

from pydantic import Field, model_validator

from shared.reference.departments import ITEM_CATEGORIES, with_own
from shared.settings import ORIGIN, Secret, ServiceSettings, parse_keys


class Settings(ServiceSettings):
    """Read by the composition roots only."""

    extract_public_keys: str = Field(description="Ed25519 public keys of registry, 32 bytes: kid:base64,…")
    extract_encryption_keys: Secret = Field(
        description="AES keys of extracts, 32 bytes: kid:base64,… all of them open; the same in registry"
    )

    item_categories: str = Field(
        default="", description="categories of items beside the shipped ones, or by another name: code:name,…"
    )

    public_address: str = Field(
        default="", description="where residents reach the county, https://…; printed as QR code on documents"
    )

    agency_forward_days: int = Field(
        default=3, ge=1, le=30, description="working days within which an agent forwards a matter that was accepted"
    )

    rectification_days: int = Field(
        default=5, ge=1, le=60, description="working days within which a low rating is put right; 5 or 15 by province"
    )

    @property
    def category_names(self) -> dict[str, str]:
        """Chinese names of the categories of items by code."""
        return with_own(ITEM_CATEGORIES, self.item_categories, setting="XIANGLI_ITEM_CATEGORIES")

    @model_validator(mode="after")
    def _extract_keys(self) -> "Settings":
        parse_keys(self.extract_public_keys, length=32, name="XIANGLI_EXTRACT_PUBLIC_KEYS")
        parse_keys(self.extract_encryption_keys.get_secret_value(), length=32, name="XIANGLI_EXTRACT_ENCRYPTION_KEYS")
        assert self.category_names  # raises for what is no name
        if self.public_address and not ORIGIN.fullmatch(self.public_address):
            raise ValueError("XIANGLI_PUBLIC_ADDRESS must be https://host or https://host:port, without a path")
        return self
