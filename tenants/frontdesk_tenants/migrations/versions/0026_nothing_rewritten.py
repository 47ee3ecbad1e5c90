"""What a kept document is and which periods were billed is written once: the application may not write it anew."""

from alembic import context, op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    role = context.config.attributes["app_role"]
    op.execute(f'REVOKE UPDATE, DELETE ON billed_periods FROM "{role}"')
    # A file is named by the hash of what is in it. When it was wanted last may change, and it goes when nobody does.
    op.execute(f'REVOKE UPDATE ON files FROM "{role}"')
    op.execute(f'GRANT UPDATE (created) ON files TO "{role}"')


def downgrade() -> None:
    role = context.config.attributes["app_role"]
    op.execute(f'REVOKE UPDATE (created) ON files FROM "{role}"')
    op.execute(f'GRANT UPDATE ON files TO "{role}"')
    op.execute(f'GRANT UPDATE, DELETE ON billed_periods TO "{role}"')
