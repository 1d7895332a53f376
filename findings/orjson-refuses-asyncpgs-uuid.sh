#!/usr/bin/env bash
# asyncpg 0.32.0 gives a uuid column as its own class, `asyncpg.pgproto.pgproto.UUID`, a subclass of `uuid.UUID` that compares
# and hashes like it. orjson 3.13.0 writes `uuid.UUID`, and refuses the subclass: "Type is not JSON serializable:
# asyncpg.pgproto.pgproto.UUID", as a value and as a key of OPT_NON_STR_KEYS. It writes subclasses of str, int and dict, so the
# refusal is met only by a value that comes out of a RETURNING or a SELECT, not by the one that was made in the same process.
# Exit 0: still so. Exit 1: it has changed.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q asyncpg==0.32.0 orjson==3.13.0
"$work/venv/bin/python" - <<'END_OF_PYTHON'
import sys
import uuid
from importlib.metadata import version

import orjson
from asyncpg.pgproto import pgproto


class Code(str):
    """A subclass of another type that orjson knows."""


def written(value: object, option: int = 0) -> str:
    try:
        return orjson.dumps(value, option=option).decode()
    except TypeError as error:
        return f"TypeError: {error}"


made = uuid.UUID("01890000-0000-7000-8000-000000000001")
read = pgproto.UUID(str(made))
print("asyncpg", version("asyncpg"), "orjson", version("orjson"))
print("isinstance", isinstance(read, uuid.UUID), "equal", read == made, "same hash", hash(read) == hash(made))
seen = {
    "uuid.UUID": written(made),
    "its subclass": written(read),
    "as a key": written({read: 1}, orjson.OPT_NON_STR_KEYS),
    "subclass of str": written(Code("a")),
    "with default=str": orjson.dumps(read, default=str).decode(),
}
for name, text in seen.items():
    print(f"{name}: {text}")
same = (
    isinstance(read, uuid.UUID)
    and read == made
    and seen["uuid.UUID"] == seen["with default=str"] == f'"{made}"'
    and "not JSON serializable: asyncpg.pgproto.pgproto.UUID" in seen["its subclass"]
    and seen["as a key"].startswith("TypeError")
    and seen["subclass of str"] == '"a"'
)
sys.exit(0 if same else 1)
END_OF_PYTHON
