"""Statuses, steps and clock of a definition."""

from shared.ledgers.compiler.known import Known, once, refer
from shared.ledgers.compiler.report import Report
from shared.ledgers.grammar.definition import Definition
from shared.ledgers.grammar.lifecycle import LimitDefinition, StepDefinition

OPENING = "open"
"""How the opening of a record is called among the steps that four eyes look at."""


def check_lifecycle(definition: Definition, known: Known, report: Report) -> None:
    """Every status is reached and left, every step leads somewhere, every limit ends."""
    for place, step in enumerate(definition.steps):
        _step(step, f"steps.{place}", known, report)
    initial = [status.code for status in definition.statuses if status.initial]
    if len(initial) != 1:
        report.add("statuses", "initial_count")
        return
    reached, left = reachable(initial[0], known), {origin for step in definition.steps for origin in step.origins}
    for place, status in enumerate(definition.statuses):
        if status.code not in reached:
            report.add(f"statuses.{place}", "status_unreached")
        if not status.final and status.code not in left:
            report.add(f"statuses.{place}", "status_unleft")
    for place, limit in enumerate(definition.clock.limits if definition.clock else ()):
        _limit(limit, f"clock.limits.{place}", known, report)
    if definition.clock:
        once([limit.id for limit in definition.clock.limits], "clock.limits", "id", report, set())


def reachable(start: str, known: Known) -> set[str]:
    """Statuses that steps lead to from one, itself included."""
    reached, queue = {start}, [start]
    while queue:
        status = queue.pop()
        fresh = {step.to for step in known.steps.values() if status in step.origins} - reached
        reached |= fresh
        queue.extend(fresh)
    return reached


def _step(step: StepDefinition, path: str, known: Known, report: Report) -> None:
    refer(step.origins, known.statuses, f"{path}.from", "unknown_status", report)
    if step.to not in known.statuses:
        report.add(f"{path}.to", "unknown_status")
    refer(step.fills, (*known.fields, *known.rows), f"{path}.fills", "unknown_field", report)
    refer(step.four_eyes, (*known.steps, OPENING), f"{path}.four_eyes", "unknown_verb", report)
    finals = [known.statuses[origin].final for origin in step.origins if origin in known.statuses]
    if any(finals) and not step.reopens:
        report.add(f"{path}.from", "final_left")
    if step.reopens:
        if not all(finals):
            report.add(f"{path}.from", "reopens_from")
        if not step.reason:
            report.add(f"{path}.reason", "reopens_reason")


def _limit(limit: LimitDefinition, path: str, known: Known, report: Report) -> None:
    if limit.starts not in known.statuses:
        report.add(f"{path}.starts", "unknown_status")
    refer(limit.ends, known.statuses, f"{path}.ends", "unknown_status", report)
    refer(limit.pauses, known.statuses, f"{path}.pauses", "unknown_status", report)
    if limit.starts in limit.ends:
        report.add(f"{path}.ends", "limit_ends_at_start")
    if set(limit.pauses) & {*limit.ends, limit.starts}:
        report.add(f"{path}.pauses", "limit_paused_at_end")
    if limit.starts in known.statuses and not reachable(limit.starts, known) & set(limit.ends):
        report.add(f"{path}.ends", "status_unreached")
    once([warning.id for warning in limit.warnings], f"{path}.warnings", "id", report, set())
