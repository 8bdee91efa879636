"""How Alembic runs our migrations: on the engine it is handed, one transaction for each."""

from typing import Any, Literal

from alembic import context

from forum.core.database import Model, UtcDateTime, engine
from forum.models import ALL  # so that autogenerate sees every table

assert ALL


def plain_moment(kind: str, thing: Any, _context: object) -> str | Literal[False]:
    """Write our moments as the column type they are, so that migrations need nothing of ours."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(thing, UtcDateTime) else False


bind = context.config.attributes.get("engine") or engine()

with bind.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Model.metadata,
        render_item=plain_moment,
        transaction_per_migration=True,
        compare_type=True,
        include_name=lambda name, kind, _parents: kind != "table" or not str(name).startswith("posts_fts"),
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
