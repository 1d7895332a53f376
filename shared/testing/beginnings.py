"""What the tests of a file begin with, made once: the first test makes it, for the others its rows are put back.

To register a household over HTTP takes a hundred times as long as to copy its rows.
"""

from collections.abc import Awaitable, Callable
from copy import deepcopy
from typing import Any, TypeVar

from shared.testing.databases import ServiceDatabase

Made = TypeVar("Made")

_KEEP = """
DO $$
DECLARE name text; columns text; body text := ''; filled boolean; number bigint; called boolean;
BEGIN
    DROP SCHEMA IF EXISTS {schema} CASCADE;
    CREATE SCHEMA {schema};
    FOR name IN SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
        AND NOT relispartition AND relname <> 'alembic_version' ORDER BY relname
    LOOP
        EXECUTE format('SELECT EXISTS (SELECT 1 FROM public.%I)', name) INTO filled;
        IF filled THEN
            SELECT string_agg(format('%I', attname), ', ' ORDER BY attnum) INTO columns FROM pg_attribute
                WHERE attrelid = format('public.%I', name)::regclass AND attnum > 0 AND NOT attisdropped
                AND attgenerated = '';
            EXECUTE format('CREATE TABLE {schema}.%I AS SELECT %s FROM public.%I', name, columns, name);
            body := body || format('DELETE FROM public.%I; INSERT INTO public.%I (%s) OVERRIDING SYSTEM VALUE '
                'SELECT %s FROM {schema}.%I;', name, name, columns, columns, name);
        END IF;
    END LOOP;
    FOR name IN SELECT oid::regclass FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'S' LOOP
        EXECUTE format('SELECT last_value, is_called FROM %s', name) INTO number, called;
        body := body || format('PERFORM setval(%L, %s, %L);', name, number, called);
    END LOOP;
    EXECUTE format('CREATE FUNCTION {schema}.put_back() RETURNS void LANGUAGE plpgsql AS %L',
        'BEGIN ' || body || ' END');
END $$
"""


class Beginning:
    """`await beginning(database, make)`: what `make` returned, and the rows that it left in the database.

    Called by each test of a file, on a database that is as after its migrations. What is returned is a copy: plain
    data, no clients and no sessions. `schema`: where the rows are kept, so that two beginnings stand side by side.
    """

    def __init__(self, schema: str = "kept") -> None:
        self._schema = schema
        self._made: list[tuple[ServiceDatabase, Any]] = []

    async def __call__(self, database: ServiceDatabase, make: Callable[[], Awaitable[Made]]) -> Made:
        for of, made in self._made:
            assert of is database, "a file begins with one database"
            await (await database.superuser()).execute(f"SELECT {self._schema}.put_back()")
            return deepcopy(made)  # type: ignore[no-any-return]
        made = await make()
        await (await database.superuser()).execute(_KEEP.replace("{schema}", self._schema))
        self._made.append((database, deepcopy(made)))
        return made
