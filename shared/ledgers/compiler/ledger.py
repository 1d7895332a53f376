"""A compiled ledger: takes values, says what is wrong with them, computes, and knows privacy and lifecycle."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from shared.contracts.ledger_postings import PostingCount, PostingSide
from shared.contracts.ledger_records import RecordCount
from shared.errors import FieldError, Invalid
from shared.ledgers.compiler.counting import Counting
from shared.ledgers.compiler.expressed import Expressed
from shared.ledgers.compiler.indexes import Index
from shared.ledgers.compiler.posting_counts import PostingCounting
from shared.ledgers.compiler.related import Related
from shared.ledgers.compiler.taking import REQUIRED, Errors, Table, Taking, Values, unknown
from shared.ledgers.grammar.definition import Definition
from shared.ledgers.grammar.fields import Computed, FieldDefinition, RowsDefinition
from shared.ledgers.grammar.lifecycle import LimitDefinition, StatusDefinition, StepDefinition
from shared.ledgers.grammar.words import ATTACHED, FieldType, Privacy


@dataclass(frozen=True, eq=False)
class Ledger:
    """A ledger of one version, checked and ready. Immutable; shared between requests.

    `version` is the number of the published version, 0 for one that is not published. `privacy` is inherited and holds
    fields, small tables, their columns (`parties.name`) and computed fields. `sealed_fields` are fields, tables and
    computed fields that are stored sealed: a table is sealed whole if any of its columns is. `related`: what is judged
    together and holds something sealed.
    """

    definition: Definition
    version: int
    fields: Mapping[str, FieldDefinition]
    rows: Mapping[str, RowsDefinition]
    computed_fields: Mapping[str, Computed]
    statuses: Mapping[str, StatusDefinition]
    steps: Mapping[str, StepDefinition]
    initial: str
    finals: frozenset[str]
    privacy: Mapping[str, Privacy]
    sealed_fields: frozenset[str]
    search_fields: Mapping[str, Index]
    unique: tuple[tuple[str, ...], ...]
    about_persons: bool
    related: tuple[Related, ...]
    _taking: Taking
    _tables: Mapping[str, Table]
    _expressed: Expressed
    _counting: Counting
    _posted: PostingCounting

    @property
    def code(self) -> str:
        return self.definition.code

    @property
    def title(self) -> str:
        return self.definition.title

    @property
    def owner(self) -> str:
        return self.definition.owner.value

    @property
    def published(self) -> tuple[str, ...]:
        """Fields whose values leave in events."""
        return tuple(self.definition.published)

    @property
    def travels_restricted(self) -> bool:
        """Whether its records travel on the topic that county systems do not read."""
        return self.about_persons and self.definition.access.travels_openly is None

    @property
    def followed_fields(self) -> tuple[str, ...]:
        """Fields that say where the subject lies: nobody sends them."""
        return tuple(name for name, field in self.fields.items() if field.follows_subject)

    @property
    def follows(self) -> bool:
        """Whether anything of a record is renewed when its subject moves."""
        return self.definition.follows_subject or bool(self.followed_fields)

    def area_at(self, place: str) -> str | None:
        """The smallest area of the ledger's levels that a place lies in; None if it is known less closely."""
        digits = [level.digits for level in self.definition.levels if level.digits <= len(place)]
        return place[: max(digits)] if digits else None

    @property
    def takes_files(self) -> bool:
        """Whether its records may have attachments."""
        columns = [column for table in self.rows.values() for column in table.fields]
        return any(field.type in ATTACHED for field in (*self.fields.values(), *columns))

    @property
    def limits(self) -> tuple[LimitDefinition, ...]:
        """The limits of its clock."""
        return tuple(self.definition.clock.limits) if self.definition.clock else ()

    def step(self, verb: str) -> StepDefinition | None:
        """A step by its verb."""
        return self.steps.get(verb)

    def steps_from(self, status: str) -> Sequence[StepDefinition]:
        """Steps that lead on from a status."""
        return [step for step in self.steps.values() if status in step.origins]

    def accept(
        self,
        sent: Mapping[str, Any],
        *,
        today: date,
        partial: bool = False,
        held: Mapping[str, Any] | None = None,
    ) -> Values:
        """Values in their JSON forms. Raises `Invalid` with errors under `values.`; none repeats what was sent.

        Whole: every field, null if empty, the default if it was not sent, a table without rows as an empty list.
        `partial`: what was sent only, null for what is emptied. `held`: what the record holds already, for choices
        that were retired since and for choices that depend on another.
        """
        errors, before = Errors(), held or {}
        unknown(sent, self._known, "values", errors)
        taken = self._taking.take(sent, "values", errors, today=today, partial=partial, held=before)
        for name, table in self._tables.items():
            if name in sent or not partial:
                path = f"values.{name}"
                taken[name] = table.take(sent.get(name), path, errors, today=today, held=before.get(name))
        if errors.found:
            raise Invalid(errors=errors.found)
        return taken

    def problems(self, values: Mapping[str, Any], status: str, *, today: date) -> list[FieldError]:
        """What is wrong with whole values in a status: required fields, number of rows, rules. Empty: nothing."""
        return self.judged(values, status, today=today)[0]

    def computed(self, values: Mapping[str, Any], status: str, *, today: date) -> Values:
        """Computed fields in their JSON forms; null for one that reads an empty field or has no value."""
        return self._expressed.computed(values, status, today)

    def judged(self, values: Mapping[str, Any], status: str, *, today: date) -> tuple[list[FieldError], Values]:
        """Both in one go: `problems` and `computed`."""
        errors = Errors()
        for name in self.required(status):
            if values.get(name) is None:
                errors.add(f"values.{name}", "missing", REQUIRED)
        for name, rows in self.rows.items():
            if rows.min and len(values.get(name) or ()) < rows.min:
                errors.add(f"values.{name}", "too_short", f"至少 {rows.min} 项")
        found, computed = self._expressed.judged(values, status, today)
        for error in found:
            errors.add(error.path, error.code, error.message)
        return errors.found, computed

    def counts(
        self, values: Mapping[str, Any], status: str, entered: Mapping[str, datetime]
    ) -> tuple[RecordCount, ...]:
        """What a record counts in the figures of the ledger's measures; `values` with the computed ones."""
        return tuple(self._counting.counts(values, status, entered))

    def counts_posting(
        self, kind: str, day: date, sides: Sequence[PostingSide], *, reverses: bool
    ) -> tuple[PostingCount, ...]:
        """What a posting counts in the figures of the ledger's accounts."""
        return tuple(self._posted.counts(kind, day, sides, reverses=reverses))

    def is_sealed(self, name: str) -> bool:
        """Whether a field, table or computed field is stored sealed."""
        return name in self.sealed_fields

    def required(self, status: str) -> tuple[str, ...]:
        """Fields that must be filled in a status."""
        return self._required.get(status, self._always_required)

    @cached_property
    def types(self) -> Mapping[str, FieldType]:
        """The types of fields and computed fields, by name."""
        return {one.name: one.type for one in self.fields.values()} | {
            one.name: one.type for one in self.computed_fields.values()
        }

    @cached_property
    def _known(self) -> Mapping[str, object]:
        return {**self.fields, **self.rows}

    @cached_property
    def _always_required(self) -> tuple[str, ...]:
        return tuple(name for name, field in self.fields.items() if field.required)

    @cached_property
    def _required(self) -> Mapping[str, tuple[str, ...]]:
        return {
            status: tuple(name for name, field in self.fields.items() if field.required or status in field.required_in)
            for status in self.statuses
        }
