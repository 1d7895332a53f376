"""HTML pages of the interfaces, rendered from the committed OpenAPI and AsyncAPI documents; `/docs/` of the start page.

`python -m deploy.local.documents FOLDER` writes them, for a web server of the county's own or for a disk.
"""

import json
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

from deploy.local.stack.ports import SERVICES
from shared.documents.site import site

API = Path(__file__).resolve().parents[2] / "docs/api"
TYPES = {".html": "text/html; charset=utf-8", ".json": "application/json"}


@cache
def pages() -> Mapping[str, str]:
    """Path → text of every page and document."""
    services = {service.replace("_", "-"): _read(f"{service}.openapi.json") for service in SERVICES}
    schemas = {path.stem: _read(f"schemas/{path.name}") for path in sorted((API / "schemas").iterdir())}
    return site(services, _read("openapi.json"), _read("asyncapi.json"), schemas)


def find(path: str) -> tuple[str, str] | None:
    """Text and media type of a page; a folder is its `index.html`. None if there is no such page."""
    name = f"{path}index.html" if path == "" or path.endswith("/") else path
    text = pages().get(name)
    return None if text is None else (text, TYPES[PurePosixPath(name).suffix])


def _read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((API / name).read_text(encoding="utf-8"))
    return found


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print("say where to: python -m deploy.local.documents FOLDER", file=sys.stderr)
        return 2
    folder = Path(arguments[0])
    for name, text in pages().items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    print(f"{len(pages())} files in {folder}; open {folder / 'index.html'}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
