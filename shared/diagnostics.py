"""Diagnostics of a process: conditions that an operator can mend, a sentence each, which names the setting."""

from collections.abc import Mapping
from dataclasses import dataclass

from shared.observability.logging import get_logger

log = get_logger(__name__)


@dataclass(frozen=True)
class Diagnosis:
    """Diagnosis. `setting`: the environment variable to look at.

    `sentence`: what is wrong, for a log line or a terminal.
    """

    setting: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.setting}: {self.sentence}"


class Diagnostics:
    """Present diagnoses of one process, by part (`database`, `bus`, `consumer` …). Logged when they come and go."""

    def __init__(self) -> None:
        self._present: dict[str, Diagnosis] = {}

    def report(self, part: str, diagnosis: Diagnosis | None) -> None:
        """Set the diagnosis of a part, logged if it changed. None: nothing is known to be wrong."""
        before = self._present.get(part)
        if diagnosis == before:
            return
        if diagnosis is None:
            self._present.pop(part)
            log.info("fault_over", part=part, setting=before.setting if before else None)
        else:
            self._present[part] = diagnosis
            log.error("fault", part=part, setting=diagnosis.setting, reason=diagnosis.sentence)

    def has(self, part: str) -> bool:
        """Whether something is wrong with this part."""
        return part in self._present

    def reasons(self) -> Mapping[str, str]:
        """Reasons for `/readyz`: one sentence per part."""
        return {part: str(diagnosis) for part, diagnosis in self._present.items()}
