"""Catalogue of purposes that rest on consent alone: legal basis, and which data a consent may cover."""

from collections.abc import Mapping
from dataclasses import dataclass

from shared.contracts.registry.consents import ConsentGroup, ConsentPurpose

_G = ConsentGroup

SENSITIVE = frozenset({_G.HEALTH, _G.FINANCE, _G.BIOMETRIC, _G.WHEREABOUTS})
"""Groups of sensitive personal information (个人信息保护法 28): they take a consent of their own (29)."""


@dataclass(frozen=True, slots=True)
class Purpose:
    """A purpose. `basis`: the articles by which it takes a consent. `separate`: a consent of its own (单独同意)."""

    basis: str
    groups: frozenset[ConsentGroup]
    separate: bool


_CONSENT = "个人信息保护法第十三条第一款第一项"


def _purpose(articles: str, *groups: ConsentGroup) -> Purpose:
    """`articles`: those that ask for a separate consent; empty: none does."""
    return Purpose(f"{_CONSENT}、{articles}" if articles else _CONSENT, frozenset(groups), bool(articles))


PURPOSES: Mapping[ConsentPurpose, Purpose] = {
    ConsentPurpose.ACTIVITIES: _purpose("", _G.NAME, _G.CONTACT),
    ConsentPurpose.CONTACT_LIST: _purpose("第二十五条", _G.NAME, _G.CONTACT),
    ConsentPurpose.EMPLOYERS: _purpose("第二十三条", _G.NAME, _G.CONTACT, _G.WORK),
    ConsentPurpose.FACE: _purpose("第二十六条、第二十八条、第二十九条", _G.NAME, _G.BIOMETRIC),
    ConsentPurpose.FAMILY_DOCTOR: _purpose(
        "第二十三条、第二十八条、第二十九条", _G.NAME, _G.CONTACT, _G.ADDRESS, _G.HEALTH
    ),
    ConsentPurpose.FINANCE: _purpose(
        "第二十三条、第二十八条、第二十九条", _G.NAME, _G.CONTACT, _G.ADDRESS, _G.FAMILY, _G.WORK, _G.FINANCE
    ),
    ConsentPurpose.MESSAGES: _purpose("", _G.CONTACT),
    ConsentPurpose.PUBLICITY: _purpose("第二十五条；民法典第一千零一十九条", _G.NAME, _G.IMAGE),
    ConsentPurpose.RESEARCH: _purpose(
        "第二十三条、第二十八条、第二十九条", _G.NAME, _G.FAMILY, _G.WORK, _G.CARE, _G.HEALTH
    ),
    ConsentPurpose.SMART_CARE: _purpose(
        "第二十三条、第二十八条、第二十九条", _G.NAME, _G.CONTACT, _G.ADDRESS, _G.HEALTH, _G.WHEREABOUTS
    ),
    ConsentPurpose.VOLUNTEERS: _purpose(
        "第二十三条、第二十八条、第二十九条", _G.NAME, _G.CONTACT, _G.ADDRESS, _G.FAMILY, _G.CARE, _G.HEALTH
    ),
}
"""Every purpose there is. Sensitive groups stand under purposes alone that take a consent of their own."""
