"""The script that Alembic runs: migrations over the given connection."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context

from grader.service.store.tables import Moment, metadata


def plain_types(kind: str, item: Any, _: Any) -> str | Literal[False]:
    """Keep our types out of migrations, which must keep their meaning when our types change."""
    return "sa.Text()" if kind == "type" and isinstance(item, Moment) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    render_item=plain_types,
    compare_type=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
