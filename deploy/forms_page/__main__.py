"""`python -m deploy.forms_page [--write]`: the engine made again out of its lock, and held against the kept file."""

import argparse
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
KEPT = HERE.parents[1] / "shared" / "ledgers" / "forms" / "page" / "static"
ENGINE, LICENCES, DIGEST = "xforms-engine.js", "xforms-engine.licences.txt", "xforms-engine.sha256"
SOURCES = ("package.json", "package-lock.json", ".npmrc", "entry.js")
BUNDLE = ("--bundle", "--minify", "--format=esm", "--platform=browser", "--target=es2022", "--charset=utf8",
          "--legal-comments=none", f"--outfile={ENGINE}")  # fmt: skip
_PACKAGE = re.compile(r"node_modules/((?:@[^/]+/)?[^/]+)")
_HEAD = """\
xforms-engine.js is made by `python -m deploy.forms_page` out of packages of npm.

@getodk/xforms-engine {version} and, in it, @getodk/xpath and @getodk/tree-sitter-xpath, Apache-2.0 (see LICENSE).
In it too: web-tree-sitter and itertools-ts, MIT; and the packages below. Where no text of a licence is given, the
package ships none: it is the MIT licence.
"""


class NotMade(Exception):
    """The engine could not be made, or is not the one that is kept; the message is for people."""


def make(folder: Path) -> dict[str, bytes]:
    """The files of the engine by name, made in an empty folder. Raises NotMade."""
    for name in SOURCES:
        shutil.copyfile(HERE / name, folder / name)
    _run(folder, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent")
    _run(folder, str(folder / "node_modules" / ".bin" / "esbuild"), "entry.js", *BUNDLE)
    engine = (folder / ENGINE).read_bytes()
    told = f"{hashlib.sha256(engine).hexdigest()}  {ENGINE}\n"
    return {ENGINE: engine, LICENCES: _licences(folder).encode(), DIGEST: told.encode()}


def _licences(folder: Path) -> str:
    """The engine and each package that stands in it, as its source map tells, with the licence that it ships."""
    modules = folder / "node_modules"
    engine = modules / "@getodk" / "xforms-engine"
    sources = json.loads((engine / "dist" / "index.js.map").read_text(encoding="utf-8"))["sources"]
    inside = sorted({found[-1] for source in sources if (found := _PACKAGE.findall(source))})
    version = json.loads((engine / "package.json").read_text(encoding="utf-8"))["version"]
    parts = [_HEAD.format(version=version)]
    for name in inside:
        place = modules / name
        if not place.exists():  # built into the engine from a package that it does not ask for
            parts.append(f"{name}, MIT\n")
            continue
        about = json.loads((place / "package.json").read_text(encoding="utf-8"))
        texts = [one for one in sorted(place.iterdir()) if one.stem.lower() in ("license", "licence")]
        text = f"\n{texts[0].read_text(encoding='utf-8').strip()}\n" if texts else ""
        parts.append(f"{name} {about['version']}, {about['license']}\n{text}")
    return f"\n{'=' * 78}\n".join(parts)


def _run(folder: Path, *command: str) -> None:
    program = shutil.which(command[0])
    if program is None:
        raise NotMade(f"{command[0]} is missing: install Node.js 20 or newer with npm")
    done = subprocess.run([program, *command[1:]], cwd=folder, check=False, capture_output=True, text=True, timeout=600)
    if done.returncode != 0:
        raise NotMade(f"{' '.join(command)}: {done.stdout}{done.stderr}")


def main() -> int:
    """0 if what is kept is what its lock gives, or was written so."""
    parser = argparse.ArgumentParser(prog="python -m deploy.forms_page", description=__doc__)
    parser.add_argument("--write", action="store_true", help="keep what was made")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="xiangli-forms-page-") as folder:
        try:
            made = make(Path(folder))
        except NotMade as error:
            print(f"xiangli: {error}", file=sys.stderr)
            return 1
    if arguments.write:
        for name, content in made.items():
            (KEPT / name).write_bytes(content)
    stale = [name for name, content in made.items() if (KEPT / name).read_bytes() != content]
    if stale:
        print(f"xiangli: {', '.join(stale)}: not what deploy/forms_page/package-lock.json gives", file=sys.stderr)
        return 1
    print(made[DIGEST].decode().strip())
    return 0


if __name__ == "__main__":
    sys.exit(main())
