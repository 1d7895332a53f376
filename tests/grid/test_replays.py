"""What grid was asked for under a key is not shown again to who was moved (`tests.replays`)."""

from shared.auth.principal import Grant
from shared.testing.doors import Door
from tests.grid.builders import COUNTY_OFFICER, FIRST_GRID, OTHER_VILLAGE, TOWN_OFFICER, VILLAGE, an_incident
from tests.grid.grid_changes.changing import a_split
from tests.grid.petitions.test_api import a_petition
from tests.grid.public_reports.test_api import reported, shown
from tests.grid.staff.test_api import an_appointment
from tests.replays import Asked, sent_again

ELSEWHERE = (Grant("town_officer", "450481101"), Grant("village_clerk", OTHER_VILLAGE), Grant("auditor", VILLAGE))


async def test_who_was_moved_is_shown_nothing_again(door: Door, grids: None) -> None:
    who = TOWN_OFFICER
    incident = await sent_again(door, who, Asked("/incidents", an_incident()), ELSEWHERE)
    await sent_again(door, who, Asked(f"/incidents/{incident['id']}/file", {}), ELSEWHERE)
    staff = await sent_again(door, who, Asked("/grid-staff", an_appointment()), ELSEWHERE)
    await sent_again(door, who, Asked(f"/grid-staff/{staff['id']}/end", {"until": "2026-05-01"}), ELSEWHERE)
    await sent_again(door, who, Asked(f"/grid-staff/{staff['id']}/undo", tag=2), ELSEWHERE)
    petition = await sent_again(door, who, Asked("/petitions", a_petition()), ELSEWHERE)
    await sent_again(door, who, Asked(f"/petitions/{petition['id']}/accept", {}), ELSEWHERE)
    await reported(door)
    async with door.client(COUNTY_OFFICER) as officer:
        [report] = await shown(officer)
    await sent_again(door, who, Asked(f"/public-reports/{report['id']}/file", {}), ELSEWHERE)
    change = await sent_again(door, who, Asked("/grid-changes", a_split()), ELSEWHERE)
    await sent_again(door, who, Asked(f"/grid-changes/{change['id']}/undo", tag=1), ELSEWHERE)
    async with door.client(COUNTY_OFFICER) as officer:
        assert (await officer.get("/incidents/count")).json()["count"] == 2
        assert (await officer.get("/grid-staff/count", params={"area": FIRST_GRID})).json() == {"count": 1}
