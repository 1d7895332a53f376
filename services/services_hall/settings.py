"""What an operator may set for the hall."""

from shared.settings import ServiceSettings


class Settings(ServiceSettings):
    """The kit's settings; the hall adds none."""
