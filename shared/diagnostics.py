"""What a process waits for that an operator can mend: one sentence each, which names the setting and shows no value."""

from collections.abc import Mapping
from dataclasses import dataclass

from shared.observability.logging import get_logger

log = get_logger(__name__)


@dataclass(frozen=True)
class Diagnosis:
    """`setting`: the environment variable to look at. `sentence`: what is wrong, for a log line or a terminal."""

    setting: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.setting}: {self.sentence}"


class Diagnostics:
    """Of one process, by part (`database`, `bus`, `consumer` …). Each is told when it comes and when it goes."""

    def __init__(self) -> None:
        self._present: dict[str, Diagnosis] = {}

    def report(self, part: str, diagnosis: Diagnosis | None) -> None:
        """Logged where it is another one than before. None: nothing is known to be wrong any more."""
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
        """For `/readyz`: one sentence per part."""
        return {part: str(diagnosis) for part, diagnosis in self._present.items()}
