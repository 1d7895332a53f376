"""Tags of both families: how many hold, where the person lives, by tag."""

from collections.abc import Iterator

from services.indicators.contributions.domain.base import Contribution, contributes, stay
from shared.contracts.registry.tags import RestrictedTagState, TagState


@contributes("registry.tag", measures=["TAG-CARE"])
@contributes("registry.restricted_tag", measures=["TAG-RESTRICTED"])
def tags(state: TagState | RestrictedTagState) -> Iterator[Contribution]:
    """A stock per tag; the two families are two measures, because who may see them differs."""
    measure = "TAG-CARE" if isinstance(state, TagState) else "TAG-RESTRICTED"
    yield from stay(measure, state.residence, state.started_on, state.ended_on)
    yield from stay(measure, state.residence, state.started_on, state.ended_on, f"tag:{state.code}")
