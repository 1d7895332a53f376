"""What indicators was asked for under a key is not shown again to who was moved (`tests.replays`)."""

from shared.auth.principal import Grant
from shared.testing.doors import Arrivals, Door
from tests.indicators.county import COUNTY, TOWN, TREE
from tests.indicators.definitions.drafting import AUTHOR, SECOND, a_draft
from tests.replays import Asked, sent_again

ELSEWHERE = (Grant("town_officer", TOWN), Grant("auditor", COUNTY))


async def test_who_was_moved_is_shown_nothing_again(door: Door, arrivals: Arrivals) -> None:
    await arrivals.take(*TREE)
    await sent_again(door, AUTHOR, Asked("/definition-drafts", a_draft()), ELSEWHERE)
    await sent_again(door, AUTHOR, Asked("/definition-drafts/X-URGENT/try"), ELSEWHERE)
    await sent_again(door, SECOND, Asked("/definition-drafts/X-URGENT/publish", tag=1), ELSEWHERE)
