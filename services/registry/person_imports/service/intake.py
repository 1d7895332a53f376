"""Intake of lists of residents: a row is judged as the register would, and taken in by the same use cases."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date

from services.registry.households.service.households import Households
from services.registry.person_imports.domain.columns import COLUMNS, column_of
from services.registry.person_imports.domain.findings import ListProblem, at
from services.registry.person_imports.domain.households import check_household
from services.registry.person_imports.domain.rows import Listed, goes_with, household_key, read_row
from services.registry.person_imports.repository import PersonImportRepository
from services.registry.person_imports.service.register import Number, RegisterOfList
from services.registry.person_imports.service.taking import PersonTaking
from services.registry.persons.domain import PossibleDuplicate
from services.registry.persons.service.persons import Persons
from shared.auth.principal import Principal
from shared.clock import today
from shared.errors import FieldError
from shared.imports.intake import Earlier, Intake, Marked, Verdict
from shared.imports.tables import ImportRow
from shared.messaging.context import UseCaseContext
from shared.reference.documents import DocumentType, canonical_number, check_document
from shared.reference.pinyin import readings
from shared.spreadsheets.columns import Column
from shared.spreadsheets.tables import TableRow

REPEATED = "person_import.repeated"
"""Kind of the digests by which rows of one list are compared."""
TWICE = "duplicate"
"""Code of a number that stands further up in the list."""


class PersonIntake(Intake):
    """Residents as an import has them."""

    def __init__(
        self, context: UseCaseContext, principal: Principal, row: ImportRow, persons: Persons, households: Households
    ) -> None:
        self._context = context
        self._principal = principal
        self._row = row
        self._day = today(context.clock)
        self._persons = persons
        self._households = households
        self._rows = PersonImportRepository(context.session)
        self._register = RegisterOfList(context, principal)
        self._above: tuple[str, str] | None = None

    @property
    def columns(self) -> Sequence[Column]:
        return COLUMNS

    def column_of(self, path: str) -> str:
        return column_of(path)

    def goes_with(self, above: TableRow, row: TableRow) -> bool:
        """Rows of one household are judged and taken in together."""
        return goes_with(above.values, row.values)

    def repeats(self, row: TableRow, earlier: Earlier) -> Sequence[FieldError]:
        """A number twice, somebody without a number who is so called and born alike, a household in two places."""
        found: list[FieldError] = []
        key = household_key(row.values)
        if key is not None and key != self._above and key[0] == "household" and self._seen(earlier, *key):
            found.append(at("household", ListProblem.HOUSEHOLD_SCATTERED))
        self._above = key
        if "number" in row.values:
            kind = DocumentType(str(row.values.get("document_type", DocumentType.CITIZEN_ID)))
            if self._seen(earlier, kind, canonical_number(kind, str(row.values["number"]))):
                found.append(FieldError("number", TWICE, "证件号码与上面的行重复"))
            return found
        name, born = str(row.values["name"]), str(row.values.get("birth_date"))
        spelt = {name, *readings(name).full}
        alike = [self._seen(earlier, "alike", f"{one}\0{born}\0{row.values.get('sex')}") for one in sorted(spelt)]
        if any(alike):
            found.append(FieldError("name", PossibleDuplicate.code, PossibleDuplicate.title))
        return found

    def _seen(self, earlier: Earlier, kind: str, text: str) -> bool:
        digest = self._context.crypto.blind(REPEATED, f"{kind}\0{text}")[0].digest
        return earlier.count(digest) > 0

    async def judge(
        self, rows: Sequence[Marked], repeated: Mapping[int, Sequence[FieldError]]
    ) -> Mapping[int, Verdict]:
        """As `registerPerson` and `foundHousehold` would judge; who is there already as the row says is known.

        A number that stood above is compared with nothing: each row of it would be a guess at what is sealed.
        """
        taken = await self._rows.known(rows)
        twice = {number for number, errors in repeated.items() if any(one.code == TWICE for one in errors)}
        known = {one.row.number for one in rows if (one.digest, one.occurrence) in taken} - twice
        listed = {one.row.number: self._read(one.row) for one in rows}
        fresh = {number: one for number, one in listed.items() if number not in known and one.person is not None}
        errors = defaultdict(list, {number: list(one.errors) for number, one in listed.items()})
        records = await self._register.by_numbers(_numbers(listed.values(), self._day))
        for number, one in fresh.items():
            record = records.get(one.number) if one.number else None
            if record is None or errors[number] or number in twice:
                continue
            differences = self._register.differences(one, record)
            errors[number] += differences
            if not differences:
                known.add(number)
        fresh = {number: one for number, one in fresh.items() if number not in known and not errors[number]}
        people = {number: one.person for number, one in fresh.items() if one.person is not None}
        for number, misplaced in (await self._register.misplaced(people)).items():
            errors[number] += misplaced
        for group in self._groups(rows):
            of_group = {number: listed[number] for number in group}
            head_known = any(_head_number(one, self._day) in records for one in of_group.values())
            for number, wrong in check_household(of_group, head_known=head_known).items():
                errors[number] = errors[number] or list(wrong)
        await self._suspect({number: one for number, one in fresh.items() if not errors[number]}, errors)
        return {number: Verdict(errors[number], known=number in known) for number in listed}

    async def take(self, rows: Sequence[Marked], batch: Sequence[Marked]) -> int:
        """Register people and found their households, or let them join. Raises what these raise."""
        taking = PersonTaking(
            self._context, self._principal, self._row, self._register, self._persons, self._households
        )
        numbers = {one.row.number for one in batch}
        listed = {one.row.number: self._read(one.row) for one in batch}
        groups = [group for group in self._groups(batch) if numbers & set(group)]
        return await taking.take(rows, batch, listed, groups, self._day)

    def _read(self, row: TableRow) -> Listed:
        if row.findings:
            return Listed(row.values, None, None, ())
        return read_row(row.values, area=self._row.area, today=self._day)

    @staticmethod
    def _groups(rows: Sequence[Marked]) -> Sequence[Sequence[int]]:
        """Numbers of rows by household, in order."""
        found: list[list[int]] = []
        for place, one in enumerate(rows):
            if place and goes_with(rows[place - 1].row.values, one.row.values):
                found[-1].append(one.row.number)
            else:
                found.append([one.row.number])
        return found

    async def _suspect(self, fresh: Mapping[int, Listed], errors: defaultdict[int, list[FieldError]]) -> None:
        """Whom somebody without a number resembles, where the caller may look: by what is not sealed from the caller.

        A row whose phone alone tips the scales is a guess at it, and a table holds as many as there are phones.
        """
        found = {}
        for number, one in fresh.items():
            if one.number is not None or one.person is None:
                continue
            told = replace(one.person, phone=None, address=None)
            suspects = await self._persons.find_duplicates(self._principal, told)
            found[number] = [suspect.person.record.id for suspect in suspects.people]
            if suspects.people:
                errors[number].append(FieldError("name", PossibleDuplicate.code, PossibleDuplicate.title))
        await self._rows.suspect(self._row.id, found, self._context.clock.now())


def _numbers(listed: Collection[Listed], day: date) -> Sequence[Number]:
    """Numbers of people and of the heads who are named."""
    named = {one.number for one in listed} | {_head_number(one, day) for one in listed}
    return sorted(number for number in named if number is not None)


def _head_number(one: Listed, day: date) -> Number | None:
    text = one.text("head_number")
    if text is None:
        return None
    checked = check_document(DocumentType.CITIZEN_ID, text, on=day)
    return (str(DocumentType.CITIZEN_ID), checked.number) if checked.valid else None
