"""Alembic migrations, in order, under `versions`."""
