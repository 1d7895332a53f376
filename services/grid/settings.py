"""What an operator may set for grid."""

from shared.settings import ServiceSettings


class Settings(ServiceSettings):
    """The kit's settings; grid adds none."""
