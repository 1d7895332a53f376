"""Listening addresses: the part of the settings that a health check needs. It holds no secret."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Listening(BaseSettings):
    """Listening addresses. Environment variables are `XIANGLI_` + the upper-case name."""

    model_config = SettingsConfigDict(env_prefix="XIANGLI_", extra="ignore", frozen=True, hide_input_in_errors=True)

    host: str = "127.0.0.1"
    port: int = Field(default=8001, ge=1, le=65535)
    internal_port: int = Field(default=8101, ge=1, le=65535, description="health and metrics, never exposed")
