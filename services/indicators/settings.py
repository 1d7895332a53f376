"""What an operator may set for indicators."""

from shared.settings import ServiceSettings


class Settings(ServiceSettings):
    """The kit's settings; indicators adds none."""
