"""Who may call what: permission and scope kind of every operation."""

from collections.abc import Mapping

from shared.http.security import Access

ACCESS: Mapping[str, Access] = {
    "listRootAreas": Access("area.read", "open"),
    "getArea": Access("area.read", "open"),
    "listChildAreas": Access("area.read", "open"),
    "getSubtree": Access("area.read", "open"),
    "importAreas": Access("area.manage", "area"),
    "abolishArea": Access("area.manage", "area"),
    "getCalendar": Access("calendar.read", "open"),
    "publishCalendarYear": Access("calendar.manage", "area"),
    "registerPerson": Access("person.register", "area"),
    "getPerson": Access("person.read", "area"),
    "listPersons": Access("person.read", "area"),
    "countPersons": Access("person.read", "area"),
    "searchPersons": Access("person.search", "area"),
    "lookUpPersons": Access("person.lookup", "area"),
    "correctPerson": Access("person.correct", "area"),
    "listAccesses": Access("person.accesses", "area"),
    "signExtract": Access("person.extract", "area"),
    "movePersonIn": Access("life_event.record", "area"),
    "movePersonOut": Access("life_event.record", "area"),
    "recordDeath": Access("life_event.record", "area"),
    "foundHousehold": Access("household.manage", "area"),
    "addHouseholdMember": Access("household.manage", "area"),
    "removeHouseholdMember": Access("household.manage", "area"),
    "getHousehold": Access("household.read", "area"),
    "listHouseholds": Access("household.read", "area"),
    "startTag": Access("tag.manage", "area"),
    "endTag": Access("tag.manage", "area"),
    "listTags": Access("tag.read", "area"),
    "startRestrictedTag": Access("tag.restricted", "area"),
    "endRestrictedTag": Access("tag.restricted", "area"),
    "listRestrictedTags": Access("tag.restricted", "area"),
    "getBalance": Access("balance.read", "area"),
}
