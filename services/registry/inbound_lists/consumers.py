"""Receivers of what departments send in."""

from services.registry.inbound_lists.domain import Authorities
from services.registry.inbound_lists.service.lists import InboundLists
from services.registry.wiring import use_cases
from shared.messaging.inbound.receiver import Receivers


def receivers(authorities: Authorities) -> Receivers:
    """The receivers by noun. `authorities`: which lists which source may deliver."""
    return {"county.list": lambda context: InboundLists(context, use_cases(context).benefit_applying, authorities)}
