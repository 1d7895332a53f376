"""Permissions that a definition names: those of the one table, and none by which a role would see or do more.

A permission stands in for the engine's own (its floor): whoever has it must have a floor of that use already. So a
definition may narrow who reads or steps, and never widens it. Roles that reach their own data only open nothing.
"""

from collections.abc import Iterator, Sequence

from shared.auth.roles import OWN_ONLY, PERMISSIONS
from shared.ledgers.compiler.report import Report
from shared.ledgers.grammar.definition import Definition

READS, WRITES = ("record.read",), ("record.write",)
PERSONAL, RESTRICTED = ("record.personal", "person.full"), ("record.restricted",)
MOVES = ("record.write", "record.check", "record.decide")
"""Floors of a step: who may change a record at all."""

BULK, EXPORT = ("record.import",), ("record.export",)


def check_access(definition: Definition, report: Report) -> None:
    """Errors at every permission that is none, that nobody uses, or that is wider than its floor."""
    for path, permission, floors in named(definition):
        if permission not in PERMISSIONS:
            report.add(path, "permission_unknown")
            continue
        holders = PERMISSIONS[permission] - OWN_ONLY
        if not holders:
            report.add(path, "permission_nobody")
        if not holders <= frozenset(role for floor in floors for role in PERMISSIONS[floor]):
            report.add(path, "permission_wide")


def named(definition: Definition) -> Iterator[tuple[str, str, Sequence[str]]]:
    """Every permission that a definition names, with its place and its floors."""
    access = definition.access
    yield "access.read", access.read, READS
    yield "access.write", access.write, WRITES
    yield "access.personal", access.personal, PERSONAL
    yield "access.restricted", access.restricted, RESTRICTED
    yield "access.bulk", access.bulk, BULK
    yield "access.export", access.export, EXPORT
    for place, step in enumerate(definition.steps):
        yield f"steps.{place}.permission", step.permission, MOVES
    for place, limit in enumerate(definition.clock.limits if definition.clock else ()):
        if limit.extension is not None:
            yield f"clock.limits.{place}.extension.permission", limit.extension.permission, MOVES
    for place, posting in enumerate(definition.accounts.postings if definition.accounts else ()):
        yield f"accounts.postings.{place}.permission", posting.permission, MOVES
        yield f"accounts.postings.{place}.reverse_permission", posting.reverse_permission, MOVES
    if definition.accounts is not None and definition.accounts.closes_monthly:
        yield "accounts.close_permission", definition.accounts.close_permission, MOVES
        yield "accounts.reopen_permission", definition.accounts.reopen_permission, MOVES
