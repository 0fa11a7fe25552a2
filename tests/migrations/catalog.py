"""Reads the schema of a database from PostgreSQL's system catalogs."""

import asyncpg

from adapters.postgres.engine.dsn import for_asyncpg

_USER_TABLES = "relnamespace = 'public'::regnamespace AND relname NOT LIKE 'alembic_version%'"
Schema = dict[str, list[tuple[object, ...]]]
_PARTS = {
    "columns": f"""
        SELECT relname, attnum, attname, format_type(atttypid, atttypmod), attnotnull,
               pg_get_expr(adbin, adrelid), attidentity, attgenerated
        FROM pg_attribute
        JOIN pg_class ON pg_class.oid = attrelid
        LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
        WHERE relkind IN ('r', 'p', 'v', 'm') AND attnum > 0 AND NOT attisdropped AND {_USER_TABLES}
        ORDER BY 1, 2""",
    "constraints": f"""
        SELECT relname, conname, contype, condeferrable, convalidated, pg_get_constraintdef(c.oid)
        FROM pg_constraint c JOIN pg_class ON pg_class.oid = conrelid
        WHERE {_USER_TABLES} ORDER BY 1, 2""",
    "indexes": f"""
        SELECT relname, pg_get_indexdef(pg_class.oid)
        FROM pg_class WHERE relkind = 'i' AND {_USER_TABLES} ORDER BY 1""",
    "enums": """
        SELECT typname, array_agg(enumlabel ORDER BY enumsortorder)
        FROM pg_enum JOIN pg_type ON pg_type.oid = enumtypid GROUP BY 1 ORDER BY 1""",
    "triggers": f"""
        SELECT relname, tgname, pg_get_triggerdef(t.oid)
        FROM pg_trigger t JOIN pg_class ON pg_class.oid = tgrelid
        WHERE NOT tgisinternal AND {_USER_TABLES} ORDER BY 1, 2""",
}
_FUNCTIONS = """
    SELECT proname, pg_get_functiondef(p.oid) FROM pg_proc p
    WHERE pronamespace = 'public'::regnamespace AND prokind = 'f' AND NOT EXISTS (
        SELECT 1 FROM pg_depend WHERE objid = p.oid AND deptype = 'e'
    ) ORDER BY 1"""


async def read_schema(dsn: str, *, with_functions: bool = True) -> Schema:
    """Return each part of the schema, sorted. SQLAlchemy's metadata does not contain functions."""
    parts = _PARTS | ({"functions": _FUNCTIONS} if with_functions else {})
    connection = await asyncpg.connect(for_asyncpg(dsn))
    try:
        return {
            part: [tuple(row) for row in await connection.fetch(query)]
            for part, query in parts.items()
        }
    finally:
        await connection.close()
