"""What the services' rules refuse inbound events with."""

from services.grid.inbound.service.requests import REFUSALS as OF_REQUESTS
from services.registry.inbound_lists.service.lists import REFUSALS as OF_LISTS

BY_RULE = frozenset({*OF_REQUESTS.values(), *OF_LISTS.values()})
