"""JavaRosa, the form engine of ODK Collect, collected once by Maven below `.local/tools`. Needs a JDK 17 and Maven."""

import fcntl
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from deploy.local.locks import ROOT

HERE = Path(__file__).parent
SOURCES = (HERE / "pom.xml", HERE / "Fill.java")


@dataclass(frozen=True)
class Filling:
    """What became of a form: the instance, whether it is whole, and each answer (node, outcome, text) in order."""

    instance: bytes
    code: int
    answers: Sequence[tuple[str, str, str]]

    @property
    def whole(self) -> bool:
        return self.code == 0

    def outcomes(self, node: str) -> list[str]:
        return [outcome for name, outcome, _ in self.answers if name == node]


class Engine:
    """Fills forms as a phone would."""

    def __init__(self, folder: Path, scratch: Iterator[Path]) -> None:
        self._folder = folder
        self._scratch = scratch

    def fill(self, xml: str, areas: str, answers: Mapping[str, Sequence[str] | str] | None = None) -> Filling:
        """Fill a form from its first page to its last. `answers`: by node, what is tried in turn."""
        place = next(self._scratch)
        (place / "form.xml").write_text(xml, encoding="utf-8")
        (place / "areas.csv").write_text(areas, encoding="utf-8")
        several = {node: [given] if isinstance(given, str) else given for node, given in (answers or {}).items()}
        lines = [f"{node}\t{text}\n" for node, texts in several.items() for text in texts]
        (place / "answers").write_text("".join(lines), encoding="utf-8")
        command = [
            *(
                "java",
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-Duser.timezone=Asia/Shanghai",
                "-Dstdout.encoding=UTF-8",
            ),
            *("-cp", f"{self._folder}/classes:{self._folder}/libs/*", "Fill"),
            *(str(place / name) for name in ("form.xml", "", "answers", "instance.xml")),
        ]
        done = subprocess.run(
            command,
            check=False,
            capture_output=True,
            encoding="utf-8",
            timeout=120,
            env=os.environ | {"LC_ALL": "C.UTF-8"},
        )
        assert done.returncode in (0, 2, 3), done.stdout + done.stderr
        said = [line.split("\t", 2) for line in done.stdout.splitlines() if line.count("\t") >= 2]
        found = [(node, outcome, text) for node, outcome, text in said]
        return Filling((place / "instance.xml").read_bytes(), done.returncode, found)


def collected() -> Path:
    """The folder with the engine's jars and our program, made once for these sources."""
    folder = (ROOT / (os.environ.get("LOCAL") or ".local") / "tools" / "javarosa").resolve()
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        wanted = "".join(source.read_text(encoding="utf-8") for source in SOURCES)
        made = folder / "made-of"
        if not made.exists() or made.read_text(encoding="utf-8") != wanted:
            for part in ("libs", "classes"):
                shutil.rmtree(folder / part, ignore_errors=True)
            _run("mvn", "-q", "-B", "-f", str(SOURCES[0]), "dependency:copy-dependencies",
                 "-DincludeScope=runtime", f"-DoutputDirectory={folder / 'libs'}")  # fmt: skip
            _run(
                "javac", "-encoding", "UTF-8", "-cp", f"{folder}/libs/*", "-d", str(folder / "classes"), str(SOURCES[1])
            )
            made.write_text(wanted, encoding="utf-8")
    return folder


def _run(*command: str) -> None:
    program = shutil.which(command[0])
    assert program is not None, (
        f"{command[0]} is missing: install the Debian packages openjdk-17-jdk-headless and maven"
    )
    done = subprocess.run([program, *command[1:]], check=False, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
