"""openapi-generator out of Maven Central, by version and digest, and builds of what it makes. Needs Java and Maven."""

import fcntl
import hashlib
import os
import shutil
import subprocess
from pathlib import Path

from deploy.local.locks import ROOT

VERSION = "7.25.0"
SHA256 = "41ce4f6b07f196676439d710759fa1ced7a08066d06ff1bf314681470289efae"
ARTIFACT = f"org.openapitools:openapi-generator-cli:{VERSION}"
DOCUMENT = ROOT / "docs/api/openapi.json"
SOURCES = ROOT / "tests/clients/jvm"
PACKAGE = "cn.example.xiangli"
OPTIONS = {
    "java": (
        "--library", "native", "--additional-properties",
        f"invokerPackage={PACKAGE},apiPackage={PACKAGE}.apis,modelPackage={PACKAGE}.models,hideGenerationTimestamp=true",
    ),
    "kotlin": (
        "--library", "jvm-okhttp4", "--additional-properties", f"packageName={PACKAGE},serializationLibrary=jackson",
    ),
}  # fmt: skip
"""By language: an HTTP library and a JSON library that the generator knows."""


class GeneratorFailed(AssertionError):
    """A program ended badly, or is not the one that was pinned; its output is the message."""


def run(folder: Path, *command: str, timeout: float = 1500, **environment: str) -> str:
    """What the program said. Raises GeneratorFailed where it does not end well."""
    if shutil.which(command[0]) is None:
        package = {"java": "openjdk-17-jdk-headless", "mvn": "maven"}[command[0]]
        raise GeneratorFailed(f"{command[0]} is missing: install the Debian package {package}")
    done = subprocess.run(
        command, cwd=folder, env=os.environ | environment, capture_output=True, text=True, timeout=timeout, check=False
    )
    if done.returncode:
        raise GeneratorFailed(f"{' '.join(command)}\n{done.stdout}\n{done.stderr}")
    return done.stdout + done.stderr


def tools() -> Path:
    """The folder of what is fetched once, below `.local` or what LOCAL names."""
    folder = (ROOT / (os.environ.get("LOCAL") or ".local") / "tools").resolve()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def generator() -> Path:
    """The generator's jar (32 MB), fetched once. Raises GeneratorFailed for one with another digest."""
    folder = tools()
    jar = folder / f"openapi-generator-cli-{VERSION}.jar"
    with (folder / "openapi-generator.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not jar.exists():
            run(folder, "mvn", "-q", "-B", "dependency:copy", f"-Dartifact={ARTIFACT}", f"-DoutputDirectory={folder}")
    require_digest(jar, SHA256)
    return jar


def require_digest(file: Path, digest: str) -> None:
    """Raises GeneratorFailed unless the file is the one that was pinned."""
    found = hashlib.sha256(file.read_bytes()).hexdigest()
    if found != digest:
        raise GeneratorFailed(f"{file.name} has the digest {found}, not the pinned one")


def compiled(language: str, folder: Path) -> tuple[str, ...]:
    """Generate a client, compile it and our `Flows` with it: the command that runs the flows."""
    jar = generator()
    there = folder / language
    run(folder, "java", "-jar", str(jar), "generate", "-g", language, "-i", str(DOCUMENT), "-o", str(there / "made"),
        *OPTIONS[language])  # fmt: skip
    main = there / "src/main"
    shutil.copytree(there / "made/src/main" / language, main / language)
    for source in (SOURCES / language).iterdir():
        shutil.copyfile(source, (there if source.name == "pom.xml" else main / language) / source.name)
    run(there, "mvn", "-q", "-B", "compile")
    start = {"java": "Flows", "kotlin": "FlowsKt"}[language]
    return ("java", "-cp", f"{there / 'target/classes'}:{there / 'target/lib'}/*", start)
