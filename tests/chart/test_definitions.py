"""The operators' definitions, fetched by several processes at once on a fresh machine."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from deploy.cluster import crds
from deploy.cluster.versions import CRD_MODULES


def test_definitions_are_fetched_once_whoever_asks_meanwhile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = next(iter(CRD_MODULES))
    pattern = CRD_MODULES[name][2]
    source = tmp_path / "source" / pattern.replace("*", "gateways")
    source.parent.mkdir(parents=True)
    source.write_text("kind: CustomResourceDefinition\n")
    asked: list[tuple[str, ...]] = []

    def slow_go(*arguments: str, folder: Path | None = None) -> str:
        asked.append(arguments)
        time.sleep(0.05)
        return json.dumps({"Dir": str(tmp_path / "source")})

    monkeypatch.setenv("LOCAL", str(tmp_path / "local"))
    monkeypatch.setattr(crds, "go", slow_go)
    with ThreadPoolExecutor(4) as pool:
        found = set(pool.map(crds.go_definitions, [name] * 4))
    assert [[file.name for file in folder.iterdir()] for folder in found] == [[source.name]]
    assert len(asked) == 1
