"""Severities (等级) of incidents, in reports, in requests of county systems and in the incident dictionary."""

from shared.reference.named_code import NamedCode


class Severity(NamedCode):
    """How grave an incident is: 一般, 较重, 紧急."""

    NORMAL = "normal", "一般"
    SERIOUS = "serious", "较重"
    URGENT = "urgent", "紧急"
