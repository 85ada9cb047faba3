"""Drafts say what was asked."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    with op.batch_alter_table("drafts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("asked", sa.Text(), nullable=True))


def downgrade() -> None:
    """Undo the change."""
    with op.batch_alter_table("drafts", schema=None) as batch_op:
        batch_op.drop_column("asked")
