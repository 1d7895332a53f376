"""Search by name (按姓名查找): by the name, its pinyin or initials, by blind tokens, within the caller's areas."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from services.registry.persons.repository.names import NameRepository, Tokens
from services.registry.persons.service.disclosures import NAME, Disclosed, disclose
from services.registry.persons.service.notes import note, note_nothing
from shared.auth.access_log import Detail, Purpose
from shared.auth.principal import Principal
from shared.crypto.service import Crypto
from shared.messaging.context import UseCaseContext
from shared.reference.names import clean_name, is_han
from shared.reference.pinyin import readings, typed
from shared.rotation.indexes import opened

WHOLE, PINYIN, INITIALS = "name", "name.pinyin", "name.initials"
"""Kinds of tokens: equal texts of two kinds share none."""
LENGTH = 16
"""Bytes kept of a token: enough that two names in a county do not meet by chance."""
MOST = 50
"""Persons that one search shows."""


@dataclass(frozen=True, slots=True, repr=False)
class Named:
    """Persons who have a name, masked. `more`: there are others, and the name or the area should be narrowed."""

    people: Sequence[Disclosed]
    more: bool


class PersonNames:
    """Use cases of names."""

    def __init__(self, context: UseCaseContext) -> None:
        self._crypto = context.crypto
        self._access = context.access
        self._names = NameRepository(context.session)

    async def search(self, principal: Principal, name: str, area: str | None, purpose: Purpose) -> Named:
        """Persons in the caller's scope, or in an area of it, who are so called; each is noted, and so is nobody."""
        scope = principal.scope("person.search", within=area) if area else principal.scope("person.search")
        records = await self._names.page(_asked(self._crypto, name), scope, limit=MOST + 1)
        for record in records[:MOST]:
            note(self._access, principal, "search_name", record, "person.search", Detail.MASKED, purpose=purpose)
        if not records:
            note_nothing(self._access, principal, "search_name", None, purpose, area=area)
        people = [disclose(record, self._crypto, full=False) for record in records[:MOST]]
        return Named(people, more=len(records) > MOST)

    async def fill(self, limit: int) -> bool:
        """Make the tokens that are missing under a key in use. True: there may be more of them."""
        keys = {key.key_id for key in self._crypto.blind(WHOLE, "")}
        records = await self._names.without(keys, limit)
        named = opened(records, lambda one: self._crypto.open(one.name_sealed, field=NAME, owner=one.id))
        for record, name in named:
            await self._names.replace(record.id, tokens_of(self._crypto, name))
        if not records:
            await self._names.forget(keys)
        return bool(named)


def tokens_of(crypto: Crypto, name: str) -> Tokens:
    """Tokens under which a person of this name is found, by key."""
    read = readings(name)
    spellings = [(PINYIN, one) for one in sorted(read.full)] + [(INITIALS, one) for one in sorted(read.initials)]
    found: defaultdict[str, list[str]] = defaultdict(list)
    for kind, text in ((WHOLE, name.casefold()), *spellings):
        for key in crypto.blind(kind, text):
            found[key.key_id].append(key.digest[:LENGTH].hex())
    return found


def sounds_of(crypto: Crypto, name: str) -> Sequence[str]:
    """Tokens of the name and of each reading of it: who shares one is called so, or sounds so."""
    spellings = [(WHOLE, name.casefold()), *((PINYIN, one) for one in sorted(readings(name).full))]
    return [key.digest[:LENGTH].hex() for kind, text in spellings for key in crypto.blind(kind, text)]


def _asked(crypto: Crypto, text: str) -> Sequence[str]:
    """Tokens of what was typed: of a name in Chinese the name's own, of letters whatever they may stand for."""
    name = clean_name(text).text.casefold()
    letters = "" if any(map(is_han, name)) else typed(text)
    kinds = [(WHOLE, name), *(((PINYIN, letters), (INITIALS, letters)) if letters else ())]
    return [key.digest[:LENGTH].hex() for kind, value in kinds for key in crypto.blind(kind, value)]
