"""Lay out the whole house"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# What the models cannot say: full-text indexes over `search_entries`, and a log that only grows.
SQLITE = (
    # detail=column: which column a word stands in is kept, its place there is not; nobody asks for phrases.
    "CREATE VIRTUAL TABLE posts_fts USING fts5(title, words, content='search_entries', content_rowid='post_id', "
    "tokenize='unicode61 remove_diacritics 0', detail=column)",
    """CREATE TRIGGER search_entries_added AFTER INSERT ON search_entries BEGIN
        INSERT INTO posts_fts(rowid, title, words) VALUES (new.post_id, new.title, new.words); END""",
    """CREATE TRIGGER search_entries_removed AFTER DELETE ON search_entries BEGIN
        INSERT INTO posts_fts(posts_fts, rowid, title, words)
        VALUES ('delete', old.post_id, old.title, old.words); END""",
    """CREATE TRIGGER search_entries_changed AFTER UPDATE ON search_entries BEGIN
        INSERT INTO posts_fts(posts_fts, rowid, title, words)
        VALUES ('delete', old.post_id, old.title, old.words);
        INSERT INTO posts_fts(rowid, title, words) VALUES (new.post_id, new.title, new.words); END""",
    """CREATE TRIGGER audit_entries_fixed BEFORE UPDATE ON audit_entries BEGIN
        SELECT RAISE(ABORT, 'the audit log is append-only'); END""",
    """CREATE TRIGGER audit_entries_kept BEFORE DELETE ON audit_entries BEGIN
        SELECT RAISE(ABORT, 'the audit log is append-only'); END""",
)
POSTGRESQL = (
    "CREATE INDEX ix_search_entries_words ON search_entries USING gin (to_tsvector('simple', title || ' ' || words))",
    """CREATE FUNCTION refuse_change() RETURNS trigger AS $$
        BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$ LANGUAGE plpgsql""",
    """CREATE TRIGGER audit_entries_fixed BEFORE UPDATE OR DELETE ON audit_entries
        FOR EACH ROW EXECUTE FUNCTION refuse_change()""",
)


def _index_posts(name: str, columns: list[str], *, given: str, unique: bool) -> None:
    """An index of the posts in which `given` has a value; a null is in no list."""
    has_value = sa.text(f"{given} IS NOT NULL")
    op.create_index(name, "posts", columns, unique=unique, sqlite_where=has_value, postgresql_where=has_value)


def upgrade() -> None:

    op.create_table(
        "audit_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=30), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.Column("about_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("refused", sa.Boolean(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entries")),
    )
    op.create_index(op.f("ix_audit_entries_about_id"), "audit_entries", ["about_id"], unique=False)
    op.create_index(op.f("ix_audit_entries_actor_id"), "audit_entries", ["actor_id"], unique=False)
    op.create_index(op.f("ix_audit_entries_at"), "audit_entries", ["at"], unique=False)
    op.create_index("ix_audit_entries_subject", "audit_entries", ["subject", "subject_id"], unique=False)
    op.create_table(
        "jobs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("arguments", sa.JSON(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "queued",
                "running",
                "done",
                "failed",
                "cancelled",
                name="jobstate",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("run_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("step", sa.String(length=60), nullable=False),
        sa.Column("steps_done", sa.Integer(), nullable=False),
        sa.Column("steps", sa.Integer(), nullable=False),
        sa.Column("percent", sa.Double(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("heartbeat_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_asked", sa.Boolean(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
    )
    op.create_index("ix_jobs_state_run_at", "jobs", ["state", "run_at"], unique=False)
    op.create_table(
        "workers",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_workers")),
    )
    op.create_table(
        "organisations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("attributes", sa.JSON(), nullable=False),
        sa.Column("revenue", sa.Double(), nullable=True),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisations")),
        sa.UniqueConstraint("name", name=op.f("uq_organisations_name")),
    )
    op.create_table(
        "outbox_mails",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("to_address", sa.String(length=254), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("cause", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("composer", sa.String(length=20), nullable=False),
        sa.Column("batch", sa.String(length=40), nullable=False),
        sa.Column("is_last", sa.Boolean(), nullable=False),
        sa.Column("message_id", sa.String(length=200), nullable=False),
        sa.Column(
            "state",
            sa.Enum("waiting", "sent", "dead", "dropped", name="mailstate", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_mails")),
    )
    op.create_index(op.f("ix_outbox_mails_state"), "outbox_mails", ["state"], unique=False)
    op.create_index(op.f("ix_outbox_mails_user_id"), "outbox_mails", ["user_id"], unique=False)
    op.create_table(
        "products",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=40), nullable=False),
        sa.Column("name", sa.JSON(), nullable=False),
        sa.Column("description", sa.JSON(), nullable=False),
        sa.Column("own_names", sa.JSON(), nullable=False),
        sa.Column("equal_words", sa.JSON(), nullable=False),
        sa.Column("words_version", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_products")),
        sa.UniqueConstraint("slug", name=op.f("uq_products_slug")),
    )
    op.create_table(
        "sources",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_heard_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_sources_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sources")),
        sa.UniqueConstraint("product_id", "kind", "name", name=op.f("uq_sources_product_id_kind_name")),
    )
    op.create_table(
        "users",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("display_name", sa.String(length=60), nullable=False),
        sa.Column("name_skeleton", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("email_key", sa.String(length=254), nullable=True),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column(
            "state",
            sa.Enum("active", "unclaimed", "disabled", "erased", name="accountstate", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("scheme", sa.String(length=5), nullable=False),
        sa.Column("department", sa.String(length=60), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("attributes", sa.JSON(), nullable=False),
        sa.Column("approved_posts", sa.Integer(), nullable=False),
        sa.Column("new_receipts", sa.Integer(), nullable=False),
        sa.Column("new_notices", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("suspended_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("suspension", sa.Text(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_users_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("email_key", name=op.f("uq_users_email_key")),
    )
    op.create_index(op.f("ix_users_name_skeleton"), "users", ["name_skeleton"], unique=False)
    op.create_index(op.f("ix_users_organisation_id"), "users", ["organisation_id"], unique=False)
    op.create_table(
        "areas",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("slug", sa.String(length=40), nullable=False),
        sa.Column("name", sa.JSON(), nullable=False),
        sa.Column(
            "own_openness",
            sa.Enum("co-create", "listening", "closed", name="openness", native_enum=False, length=20),
            nullable=True,
        ),
        sa.Column("own_why", sa.JSON(), nullable=False),
        sa.Column(
            "openness",
            sa.Enum("co-create", "listening", "closed", name="openness", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column("why", sa.JSON(), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("rules_html", sa.JSON(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opens_on", sa.Date(), nullable=True),
        sa.Column("closes_on", sa.Date(), nullable=True),
        sa.Column("map_spot", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("posts", sa.Integer(), nullable=False),
        sa.Column("unanswered", sa.Integer(), nullable=False),
        sa.Column("reply_minutes", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["decided_by_id"], ["users.id"], name=op.f("fk_areas_decided_by_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["areas.id"], name=op.f("fk_areas_parent_id")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_areas_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_areas")),
        sa.UniqueConstraint("product_id", "slug", name=op.f("uq_areas_product_id_slug")),
    )
    op.create_index(op.f("ix_areas_parent_id"), "areas", ["parent_id"], unique=False)
    op.create_table(
        "backlog_items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.JSON(), nullable=False),
        sa.Column("problem", sa.JSON(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "proposed",
                "in review",
                "planned",
                "in progress",
                "launched",
                "not now",
                name="itemstatus",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column(
            "audience",
            sa.Enum("team", "customers", "organisation", "segment", name="audience", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column("audience_organisation_id", sa.Integer(), nullable=True),
        sa.Column("audience_key", sa.String(length=40), nullable=False),
        sa.Column("audience_value", sa.String(length=120), nullable=False),
        sa.Column("public_sentence", sa.JSON(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("target", sa.String(length=20), nullable=False),
        sa.Column("issues", sa.JSON(), nullable=False),
        sa.Column("posts", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("votes", sa.Integer(), nullable=False),
        sa.Column("companies", sa.Integer(), nullable=False),
        sa.Column("pain", sa.Double(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_count_due", sa.Boolean(), nullable=False),
        sa.Column("reach", sa.Integer(), nullable=False),
        sa.Column("impact", sa.Double(), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("effort_weeks", sa.Double(), nullable=True),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("cost", sa.Double(), nullable=True),
        sa.Column("assumptions", sa.Text(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("ratings", sa.JSON(), nullable=False),
        sa.Column("weighted", sa.Double(), nullable=True),
        sa.Column(
            "reason",
            sa.Enum(
                "cost",
                "safety",
                "strategy",
                "timing",
                "exists",
                "few",
                name="notnowreason",
                native_enum=False,
                length=20,
            ),
            nullable=True,
        ),
        sa.Column("reason_text", sa.JSON(), nullable=False),
        sa.Column("revisit_on", sa.Date(), nullable=True),
        sa.Column("revisit_votes", sa.Integer(), nullable=True),
        sa.Column("revisit_companies", sa.Integer(), nullable=True),
        sa.Column("revisit_item_id", sa.Integer(), nullable=True),
        sa.Column("came_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "came_back",
            sa.Enum("date", "votes", "companies", "item", name="cameback", native_enum=False, length=20),
            nullable=True,
        ),
        sa.Column("reopened", sa.Integer(), nullable=False),
        sa.Column("promoted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("promoted_by_id", sa.Integer(), nullable=False),
        sa.Column("status_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("launched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["audience_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_backlog_items_audience_organisation_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_backlog_items_owner_id")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_backlog_items_product_id")),
        sa.ForeignKeyConstraint(["promoted_by_id"], ["users.id"], name=op.f("fk_backlog_items_promoted_by_id")),
        sa.ForeignKeyConstraint(
            ["revisit_item_id"],
            ["backlog_items.id"],
            name=op.f("fk_backlog_items_revisit_item_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backlog_items")),
    )
    op.create_index(
        op.f("ix_backlog_items_audience_organisation_id"), "backlog_items", ["audience_organisation_id"], unique=False
    )
    op.create_index(op.f("ix_backlog_items_owner_id"), "backlog_items", ["owner_id"], unique=False)
    op.create_index(op.f("ix_backlog_items_revisit_item_id"), "backlog_items", ["revisit_item_id"], unique=False)
    op.create_index(op.f("ix_backlog_items_revisit_on"), "backlog_items", ["revisit_on"], unique=False)
    op.create_index(op.f("ix_backlog_items_score"), "backlog_items", ["score"], unique=False)
    op.create_index("ix_backlog_items_status", "backlog_items", ["product_id", "status"], unique=False)
    op.create_table(
        "item_dependencies",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("needs_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["backlog_items.id"], name=op.f("fk_item_dependencies_item_id")),
        sa.ForeignKeyConstraint(["needs_id"], ["backlog_items.id"], name=op.f("fk_item_dependencies_needs_id")),
        sa.PrimaryKeyConstraint("item_id", "needs_id", name=op.f("pk_item_dependencies")),
    )
    op.create_index(op.f("ix_item_dependencies_needs_id"), "item_dependencies", ["needs_id"], unique=False)
    op.create_table(
        "scoring_models",
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("criteria", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_scoring_models_product_id")),
        sa.PrimaryKeyConstraint("product_id", name=op.f("pk_scoring_models")),
    )
    op.create_table(
        "saved_views",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("product_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("query", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_saved_views_owner_id")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_saved_views_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_views")),
    )
    op.create_index(op.f("ix_saved_views_owner_id"), "saved_views", ["owner_id"], unique=False)
    op.create_table(
        "tracker_places",
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column(
            "tracker",
            sa.Enum("jira", "github", "gitlab", "linear", name="tracker", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_tracker_places_product_id")),
        sa.PrimaryKeyConstraint("product_id", "tracker", name=op.f("pk_tracker_places")),
    )
    op.create_table(
        "consents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("credit", "contact", name="consentkind", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_consents_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
    )
    op.create_index(op.f("ix_consents_user_id"), "consents", ["user_id"], unique=False)
    op.create_table(
        "drafts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_drafts_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drafts")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_drafts_key_hash")),
    )
    op.create_index(op.f("ix_drafts_user_id"), "drafts", ["user_id"], unique=False)
    op.create_table(
        "external_identities",
        sa.Column("issuer", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_external_identities_user_id")),
        sa.PrimaryKeyConstraint("issuer", "subject", name=op.f("pk_external_identities")),
    )
    op.create_index(op.f("ix_external_identities_user_id"), "external_identities", ["user_id"], unique=False)
    op.create_table(
        "follows",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=10), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_follows_user_id")),
        sa.PrimaryKeyConstraint("user_id", "subject", "subject_id", name=op.f("pk_follows")),
    )
    op.create_index("ix_follows_subject", "follows", ["subject", "subject_id"], unique=False)
    op.create_table(
        "guarded_names",
        sa.Column("skeleton", sa.String(length=120), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_guarded_names_user_id")),
        sa.PrimaryKeyConstraint("skeleton", name=op.f("pk_guarded_names")),
    )
    op.create_index(op.f("ix_guarded_names_user_id"), "guarded_names", ["user_id"], unique=False)
    op.create_table(
        "one_time_tokens",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum("verify", "reset", "invite", "setup", "code", name="purpose", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("email_key", sa.String(length=254), nullable=False),
        sa.Column("bound_to", sa.String(length=64), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_one_time_tokens_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_time_tokens")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_one_time_tokens_token_hash")),
    )
    op.create_index(op.f("ix_one_time_tokens_user_id"), "one_time_tokens", ["user_id"], unique=False)
    op.create_table(
        "second_factors",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("secret", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.Column("recovery", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_second_factors_user_id")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_second_factors")),
    )
    op.create_table(
        "sign_ins",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("browser", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sign_ins_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_ins")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_sign_ins_key_hash")),
    )
    op.create_index(op.f("ix_sign_ins_user_id"), "sign_ins", ["user_id"], unique=False)
    op.create_table(
        "theme_runs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("active_key", sa.Integer(), nullable=True),
        sa.Column("job_id", sa.Integer(), nullable=True),
        sa.Column("started_by_id", sa.Integer(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "fitting",
                "proposed",
                "decided",
                "replaced",
                "failed",
                "cancelled",
                name="runstate",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("resolution", sa.Double(), nullable=False),
        sa.Column(
            "method", sa.Enum("graph", "nmf", "lda", name="method", native_enum=False, length=20), nullable=False
        ),
        sa.Column("posts", sa.Integer(), nullable=False),
        sa.Column("themes", sa.Integer(), nullable=False),
        sa.Column("coverage", sa.Double(), nullable=False),
        sa.Column("model_file", sa.String(length=200), nullable=False),
        sa.Column("notes", sa.JSON(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_theme_runs_job_id")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_theme_runs_product_id")),
        sa.ForeignKeyConstraint(["started_by_id"], ["users.id"], name=op.f("fk_theme_runs_started_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_theme_runs")),
        sa.UniqueConstraint("active_key", name=op.f("uq_theme_runs_active_key")),
    )
    op.create_index(op.f("ix_theme_runs_product_id"), "theme_runs", ["product_id"], unique=False)
    op.create_table(
        "themes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("accepted", "dismissed", "merged", "vanished", name="themestate", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column("heir_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.JSON(), nullable=False),
        sa.Column("named_by_id", sa.Integer(), nullable=True),
        sa.Column("suggestion", sa.String(length=80), nullable=False),
        sa.Column("sentence", sa.JSON(), nullable=False),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.Column("exemplar_ids", sa.JSON(), nullable=False),
        sa.Column("odd_one_id", sa.Integer(), nullable=True),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column(
            "solidity",
            sa.Enum("solid", "forming", "guess", name="solidity", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column("posts", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("recent", sa.Integer(), nullable=False),
        sa.Column("before_that", sa.Integer(), nullable=False),
        sa.Column("pain", sa.Double(), nullable=False),
        sa.Column("breadth", sa.Double(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_themes_created_by_id")),
        sa.ForeignKeyConstraint(["heir_id"], ["themes.id"], name=op.f("fk_themes_heir_id")),
        sa.ForeignKeyConstraint(["named_by_id"], ["users.id"], name=op.f("fk_themes_named_by_id")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_themes_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_themes")),
    )
    op.create_index("ix_themes_product", "themes", ["product_id", "state"], unique=False)
    op.create_table(
        "user_roles",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum("employee", "moderator", "manager", "admin", name="role", native_enum=False, length=20),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_user_roles_user_id")),
        sa.PrimaryKeyConstraint("user_id", "role", name=op.f("pk_user_roles")),
    )
    op.create_table(
        "decision_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("product_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("batch", sa.String(length=20), nullable=False),
        sa.Column("stood", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "promoted",
                "status",
                "score",
                "owner",
                "text",
                "evidence",
                "openness",
                "needs",
                "weights",
                "came back",
                name="decisionkind",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("public_sentence", sa.JSON(), nullable=False),
        sa.Column("argument", sa.Text(), nullable=False),
        sa.Column(
            "reason",
            sa.Enum(
                "cost",
                "safety",
                "strategy",
                "timing",
                "exists",
                "few",
                name="notnowreason",
                native_enum=False,
                length=20,
            ),
            nullable=True,
        ),
        sa.Column("revisit_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_decision_entries_by_id")),
        sa.ForeignKeyConstraint(["item_id"], ["backlog_items.id"], name=op.f("fk_decision_entries_item_id")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_decision_entries_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision_entries")),
    )
    op.create_index(op.f("ix_decision_entries_batch"), "decision_entries", ["batch"], unique=False)
    op.create_index(op.f("ix_decision_entries_at"), "decision_entries", ["at"], unique=False)
    op.create_index(op.f("ix_decision_entries_item_id"), "decision_entries", ["item_id"], unique=False)
    op.create_table(
        "segments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("conditions", sa.JSON(), nullable=False),
        sa.Column("weight", sa.Double(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["changed_by_id"], ["users.id"], name=op.f("fk_segments_changed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_segments")),
        sa.UniqueConstraint("name", name=op.f("uq_segments_name")),
    )
    op.create_table(
        "segment_members",
        sa.Column("segment_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["segment_id"], ["segments.id"], name=op.f("fk_segment_members_segment_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_segment_members_user_id")),
        sa.PrimaryKeyConstraint("segment_id", "user_id", name=op.f("pk_segment_members")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_segment_members_user_id"), "segment_members", ["user_id"], unique=False)
    op.create_table(
        "attribute_files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("path", sa.String(length=300), nullable=False),
        sa.Column("about", sa.Enum("people", "companies", name="about", native_enum=False, length=20), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=True),
        sa.Column("brought_by_id", sa.Integer(), nullable=True),
        sa.Column("brought_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["brought_by_id"], ["users.id"], name=op.f("fk_attribute_files_brought_by_id")),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_attribute_files_job_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attribute_files")),
    )
    op.create_table(
        "imports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=True),
        sa.Column("area_id", sa.Integer(), nullable=True),
        sa.Column("started_by_id", sa.Integer(), nullable=True),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("file_path", sa.String(length=300), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("is_trial", sa.Boolean(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("imported", sa.Integer(), nullable=False),
        sa.Column("already_here", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name=op.f("fk_imports_area_id")),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_imports_job_id")),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_imports_source_id")),
        sa.ForeignKeyConstraint(["started_by_id"], ["users.id"], name=op.f("fk_imports_started_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
    )
    op.create_index(op.f("ix_imports_source_id"), "imports", ["source_id"], unique=False)
    op.create_table(
        "item_themes",
        sa.Column("theme_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["backlog_items.id"], name=op.f("fk_item_themes_item_id")),
        sa.ForeignKeyConstraint(["theme_id"], ["themes.id"], name=op.f("fk_item_themes_theme_id")),
        sa.PrimaryKeyConstraint("theme_id", name=op.f("pk_item_themes")),
    )
    op.create_index(op.f("ix_item_themes_item_id"), "item_themes", ["item_id"], unique=False)
    op.create_table(
        "launches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.JSON(), nullable=False),
        sa.Column("announcement", sa.JSON(), nullable=False),
        sa.Column("announcement_html", sa.JSON(), nullable=False),
        sa.Column("link", sa.String(length=500), nullable=False),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("launched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("launched_by_id", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("before_ids", sa.JSON(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["backlog_items.id"], name=op.f("fk_launches_item_id")),
        sa.ForeignKeyConstraint(["launched_by_id"], ["users.id"], name=op.f("fk_launches_launched_by_id")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_launches_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_launches")),
    )
    op.create_index(op.f("ix_launches_item_id"), "launches", ["item_id"], unique=False)
    op.create_index(op.f("ix_launches_launched_at"), "launches", ["launched_at"], unique=False)
    op.create_table(
        "posts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.Enum("complaint", "idea", name="kind", native_enum=False, length=20), nullable=False),
        sa.Column("title", sa.String(length=140), nullable=False),
        sa.Column("markup_version", sa.Integer(), nullable=False),
        sa.Column("excerpt", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column(
            "severity",
            sa.Enum("annoys", "in_my_way", "unsafe", name="severity", native_enum=False, length=20),
            nullable=True,
        ),
        sa.Column(
            "visibility",
            sa.Enum("public", "private", name="visibility", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column(
            "moderation",
            sa.Enum(
                "waiting",
                "open",
                "asked",
                "hidden",
                "removed",
                "merged",
                "erased",
                name="moderation",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("moderation_reason", sa.Text(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "new",
                "answered",
                "not now",
                "in review",
                "planned",
                "in progress",
                "launched",
                name="status",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("merged_into_id", sa.Integer(), nullable=True),
        sa.Column("survivor_id", sa.Integer(), nullable=True),
        sa.Column("theme_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_dated", sa.Boolean(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_locked", sa.Boolean(), nullable=False),
        sa.Column("pinned_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_pinned_on_board", sa.Boolean(), nullable=False),
        sa.Column("is_listed", sa.Boolean(), nullable=False),
        sa.Column("votes", sa.Integer(), nullable=False),
        sa.Column("votes_try", sa.Integer(), nullable=False),
        sa.Column("votes_buy", sa.Integer(), nullable=False),
        sa.Column("effective_votes", sa.Double(), nullable=False),
        sa.Column("comments", sa.Integer(), nullable=False),
        sa.Column("views", sa.Integer(), nullable=False),
        sa.Column("newest_key", sa.BigInteger(), nullable=True),
        sa.Column("wanted_key", sa.BigInteger(), nullable=True),
        sa.Column("trending_key", sa.BigInteger(), nullable=True),
        sa.Column("answered_key", sa.BigInteger(), nullable=True),
        sa.Column("owed_key", sa.BigInteger(), nullable=True),
        sa.Column("unanswered_key", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("body_html", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name=op.f("fk_posts_area_id")),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name=op.f("fk_posts_author_id")),
        sa.ForeignKeyConstraint(["merged_into_id"], ["posts.id"], name=op.f("fk_posts_merged_into_id")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_posts_product_id")),
        sa.ForeignKeyConstraint(["survivor_id"], ["posts.id"], name=op.f("fk_posts_survivor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posts")),
    )
    _index_posts("ix_posts_answered_key", ["answered_key"], given="answered_key", unique=True)
    _index_posts("ix_posts_area_answered", ["area_id", "answered_key"], given="answered_key", unique=False)
    op.create_index("ix_posts_area_newest", "posts", ["area_id", "newest_key"], unique=False)
    _index_posts("ix_posts_area_trending", ["area_id", "trending_key"], given="trending_key", unique=False)
    _index_posts("ix_posts_area_unanswered", ["area_id", "unanswered_key"], given="unanswered_key", unique=False)
    _index_posts("ix_posts_area_wanted", ["area_id", "wanted_key"], given="wanted_key", unique=False)
    op.create_index("ix_posts_author", "posts", ["author_id", "id"], unique=False)
    _index_posts("ix_posts_merged_into_id", ["merged_into_id"], given="merged_into_id", unique=False)
    op.create_index("ix_posts_moderation", "posts", ["moderation", "created_at"], unique=False)
    _index_posts("ix_posts_newest_key", ["newest_key"], given="newest_key", unique=True)
    _index_posts("ix_posts_owed_key", ["owed_key"], given="owed_key", unique=True)
    op.create_index("ix_posts_product_listed", "posts", ["product_id", "is_listed", "created_at"], unique=False)
    op.create_index("ix_posts_status_newest", "posts", ["status", "newest_key"], unique=False)
    _index_posts("ix_posts_survivor_id", ["survivor_id"], given="survivor_id", unique=False)
    _index_posts("ix_posts_pinned_until", ["pinned_until"], given="pinned_until", unique=False)
    _index_posts("ix_posts_theme", ["theme_id", "newest_key"], given="theme_id", unique=False)
    _index_posts("ix_posts_trending_key", ["trending_key"], given="trending_key", unique=True)
    _index_posts("ix_posts_unanswered_key", ["unanswered_key"], given="unanswered_key", unique=True)
    _index_posts("ix_posts_wanted_key", ["wanted_key"], given="wanted_key", unique=True)
    op.create_table(
        "run_clusters",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.Column("exemplar_ids", sa.JSON(), nullable=False),
        sa.Column("odd_one_id", sa.Integer(), nullable=True),
        sa.Column(
            "solidity",
            sa.Enum("solid", "forming", "guess", name="solidity", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["theme_runs.id"], name=op.f("fk_run_clusters_run_id")),
        sa.ForeignKeyConstraint(["theme_id"], ["themes.id"], name=op.f("fk_run_clusters_theme_id")),
        sa.PrimaryKeyConstraint("run_id", "ref", name=op.f("pk_run_clusters")),
    )
    op.create_table(
        "run_lines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "unchanged",
                "grew",
                "shrank",
                "split",
                "merged",
                "new",
                "vanished",
                name="linekind",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("theme_ids", sa.JSON(), nullable=False),
        sa.Column("refs", sa.JSON(), nullable=False),
        sa.Column("shared", sa.Integer(), nullable=False),
        sa.Column("jaccard", sa.Double(), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column(
            "decision",
            sa.Enum("open", "accepted", "declined", "moot", name="linedecision", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["decided_by_id"], ["users.id"], name=op.f("fk_run_lines_decided_by_id")),
        sa.ForeignKeyConstraint(["run_id"], ["theme_runs.id"], name=op.f("fk_run_lines_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run_lines")),
    )
    op.create_index(op.f("ix_run_lines_run_id"), "run_lines", ["run_id"], unique=False)
    op.create_table(
        "lines_kept",
        sa.Column("line_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("themes", sa.JSON(), nullable=False),
        sa.Column("declined", sa.JSON(), nullable=False),
        sa.Column("hanging", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["line_id"], ["run_lines.id"], name=op.f("fk_lines_kept_line_id")),
        sa.PrimaryKeyConstraint("line_id", name=op.f("pk_lines_kept")),
    )
    op.create_table(
        "theme_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("summary", sa.JSON(), nullable=False),
        sa.Column("themes", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["made_by_id"], ["users.id"], name=op.f("fk_theme_versions_made_by_id")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_theme_versions_product_id")),
        sa.ForeignKeyConstraint(["run_id"], ["theme_runs.id"], name=op.f("fk_theme_versions_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_theme_versions")),
    )
    op.create_index(op.f("ix_theme_versions_product_id"), "theme_versions", ["product_id"], unique=False)
    op.create_table(
        "comments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column(
            "voice",
            sa.Enum("personal", "official", name="voice", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column("department", sa.String(length=60), nullable=False),
        sa.Column("is_internal", sa.Boolean(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("body_html", sa.Text(), nullable=False),
        sa.Column("markup_version", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column(
            "moderation",
            sa.Enum(
                "waiting",
                "open",
                "asked",
                "hidden",
                "removed",
                "merged",
                "erased",
                name="moderation",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("moderation_reason", sa.Text(), nullable=False),
        sa.Column("thread_key", sa.String(length=24), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name=op.f("fk_comments_author_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["comments.id"], name=op.f("fk_comments_parent_id")),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_comments_post_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comments")),
    )
    op.create_index(op.f("ix_comments_author_id"), "comments", ["author_id"], unique=False)
    op.create_index("ix_comments_thread", "comments", ["post_id", "thread_key"], unique=False)
    op.create_table(
        "declined_lines",
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_declined_lines_post_id")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_declined_lines_product_id")),
        sa.PrimaryKeyConstraint("product_id", "post_id", "fingerprint", name=op.f("pk_declined_lines")),
    )
    op.create_table(
        "evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("via_theme_id", sa.Integer(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_by_id", sa.Integer(), nullable=True),
        sa.Column("is_left_out", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["added_by_id"], ["users.id"], name=op.f("fk_evidence_added_by_id")),
        sa.ForeignKeyConstraint(["item_id"], ["backlog_items.id"], name=op.f("fk_evidence_item_id")),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_evidence_post_id")),
        sa.ForeignKeyConstraint(["removed_by_id"], ["users.id"], name=op.f("fk_evidence_removed_by_id")),
        sa.ForeignKeyConstraint(["via_theme_id"], ["themes.id"], name=op.f("fk_evidence_via_theme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
        sa.UniqueConstraint("item_id", "post_id", name=op.f("uq_evidence_item_id_post_id")),
    )
    op.create_index(op.f("ix_evidence_post_id"), "evidence", ["post_id"], unique=False)
    op.create_index(op.f("ix_evidence_via_theme_id"), "evidence", ["via_theme_id"], unique=False)
    op.create_table(
        "first_assignments",
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_first_assignments_post_id")),
        sa.ForeignKeyConstraint(["theme_id"], ["themes.id"], name=op.f("fk_first_assignments_theme_id")),
        sa.PrimaryKeyConstraint("post_id", name=op.f("pk_first_assignments")),
    )
    op.create_index(op.f("ix_first_assignments_theme_id"), "first_assignments", ["theme_id"], unique=False)
    op.create_table(
        "imported_rows",
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("identity", sa.String(length=80), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name=op.f("fk_imported_rows_import_id")),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_imported_rows_post_id")),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_imported_rows_source_id")),
        sa.PrimaryKeyConstraint("source_id", "identity", name=op.f("pk_imported_rows")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_imported_rows_import_id"), "imported_rows", ["import_id"], unique=False)
    op.create_index(op.f("ix_imported_rows_post_id"), "imported_rows", ["post_id"], unique=False)
    op.create_table(
        "merges",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("into_id", sa.Integer(), nullable=False),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("merged_by_id", sa.Integer(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by_id", sa.Integer(), nullable=True),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["into_id"], ["posts.id"], name=op.f("fk_merges_into_id")),
        sa.ForeignKeyConstraint(["merged_by_id"], ["users.id"], name=op.f("fk_merges_merged_by_id")),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_merges_post_id")),
        sa.ForeignKeyConstraint(["undone_by_id"], ["users.id"], name=op.f("fk_merges_undone_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merges")),
    )
    op.create_index(op.f("ix_merges_into_id"), "merges", ["into_id"], unique=False)
    op.create_index(op.f("ix_merges_post_id"), "merges", ["post_id"], unique=False)
    op.create_table(
        "pictures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("draft_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=50), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("alt", sa.String(length=300), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["drafts.id"], name=op.f("fk_pictures_draft_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_pictures_owner_id")),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_pictures_post_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pictures")),
        sa.UniqueConstraint("name", name=op.f("uq_pictures_name")),
    )
    op.create_index(op.f("ix_pictures_draft_id"), "pictures", ["draft_id"], unique=False)
    op.create_index(op.f("ix_pictures_owner_id"), "pictures", ["owner_id"], unique=False)
    op.create_index(op.f("ix_pictures_post_id"), "pictures", ["post_id"], unique=False)
    op.create_table(
        "splits",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("part_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("split_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("split_by_id", sa.Integer(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["part_id"], ["posts.id"], name=op.f("fk_splits_part_id")),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_splits_post_id")),
        sa.ForeignKeyConstraint(["split_by_id"], ["users.id"], name=op.f("fk_splits_split_by_id")),
        sa.ForeignKeyConstraint(["undone_by_id"], ["users.id"], name=op.f("fk_splits_undone_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_splits")),
        sa.UniqueConstraint("part_id", name=op.f("uq_splits_part_id")),
    )
    op.create_index(op.f("ix_splits_post_id"), "splits", ["post_id"], unique=False)
    op.create_table(
        "split_answers",
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_split_answers_post_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_split_answers_user_id")),
        sa.PrimaryKeyConstraint("post_id", "user_id", name=op.f("pk_split_answers")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_split_answers_user_id"), "split_answers", ["user_id"], unique=False)
    op.create_table(
        "post_readers",
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("reader_hash", sa.String(length=32), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_post_readers_post_id")),
        sa.PrimaryKeyConstraint("post_id", "reader_hash", name=op.f("pk_post_readers")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "receipts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("launch_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("behind", sa.Enum("author", "voter", name="behind", native_enum=False, length=20), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("sentence", sa.String(length=400), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("joined", sa.Integer(), nullable=False),
        sa.Column("is_first", sa.Boolean(), nullable=False),
        sa.Column("is_credited", sa.Boolean(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["launch_id"], ["launches.id"], name=op.f("fk_receipts_launch_id")),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_receipts_post_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_receipts_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipts")),
        sa.UniqueConstraint("launch_id", "user_id", name=op.f("uq_receipts_launch_id_user_id")),
    )
    op.create_index(op.f("ix_receipts_post_id"), "receipts", ["post_id"], unique=False)
    op.create_index(op.f("ix_receipts_user_id"), "receipts", ["user_id"], unique=False)
    op.create_table(
        "run_members",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.Integer(), nullable=False),
        sa.Column("similarity", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_run_members_post_id")),
        sa.ForeignKeyConstraint(["run_id"], ["theme_runs.id"], name=op.f("fk_run_members_run_id")),
        sa.PrimaryKeyConstraint("run_id", "post_id", name=op.f("pk_run_members")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_run_members_ref", "run_members", ["run_id", "ref"], unique=False)
    op.create_table(
        "search_entries",
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_search_entries_post_id")),
        sa.PrimaryKeyConstraint("post_id", name=op.f("pk_search_entries")),
    )
    op.create_index(op.f("ix_search_entries_changed_at"), "search_entries", ["changed_at"], unique=False)
    op.create_table(
        "steering",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "rename",
                "pin",
                "keep_out",
                "merge",
                "split",
                "dismiss",
                "apart",
                "together",
                "unsure",
                name="steeringkind",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("theme_id", sa.Integer(), nullable=False),
        sa.Column("other_theme_id", sa.Integer(), nullable=True),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("said_by_id", sa.Integer(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["other_theme_id"], ["themes.id"], name=op.f("fk_steering_other_theme_id")),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_steering_post_id")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_steering_product_id")),
        sa.ForeignKeyConstraint(["said_by_id"], ["users.id"], name=op.f("fk_steering_said_by_id")),
        sa.ForeignKeyConstraint(["theme_id"], ["themes.id"], name=op.f("fk_steering_theme_id")),
        sa.ForeignKeyConstraint(["undone_by_id"], ["users.id"], name=op.f("fk_steering_undone_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_steering")),
    )
    op.create_index(op.f("ix_steering_post_id"), "steering", ["post_id"], unique=False)
    op.create_index(op.f("ix_steering_product_id"), "steering", ["product_id"], unique=False)
    op.create_index(op.f("ix_steering_theme_id"), "steering", ["theme_id"], unique=False)
    op.create_table(
        "theme_members",
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=False),
        sa.Column(
            "placing",
            sa.Enum("fit", "wording", "person", name="placing", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column("similarity", sa.Double(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_theme_members_post_id")),
        sa.ForeignKeyConstraint(["theme_id"], ["themes.id"], name=op.f("fk_theme_members_theme_id")),
        sa.PrimaryKeyConstraint("post_id", name=op.f("pk_theme_members")),
    )
    op.create_index(op.f("ix_theme_members_theme_id"), "theme_members", ["theme_id"], unique=False)
    op.create_table(
        "timeline_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["users.id"], name=op.f("fk_timeline_entries_actor_id")),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_timeline_entries_post_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timeline_entries")),
    )
    op.create_index("ix_timeline_entries_post", "timeline_entries", ["post_id", "at"], unique=False)
    op.create_table(
        "verdicts",
        sa.Column("launch_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column(
            "answer",
            sa.Enum("yes", "partly", "no", name="answer", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column("words", sa.String(length=500), nullable=False),
        sa.Column("may_quote", sa.Boolean(), nullable=False),
        sa.Column("quoted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["launch_id"], ["launches.id"], name=op.f("fk_verdicts_launch_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_verdicts_user_id")),
        sa.PrimaryKeyConstraint("launch_id", "user_id", name=op.f("pk_verdicts")),
    )
    op.create_table(
        "launch_plans",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("launch_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("saved_by_id", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("problem", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["backlog_items.id"], name=op.f("fk_launch_plans_item_id")),
        sa.ForeignKeyConstraint(["saved_by_id"], ["users.id"], name=op.f("fk_launch_plans_saved_by_id")),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_launch_plans")),
    )
    op.create_table(
        "launch_pictures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("launch_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=50), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("alt", sa.String(length=300), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["backlog_items.id"], name=op.f("fk_launch_pictures_item_id")),
        sa.ForeignKeyConstraint(["launch_id"], ["launches.id"], name=op.f("fk_launch_pictures_launch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_launch_pictures")),
        sa.UniqueConstraint("name", name=op.f("uq_launch_pictures_name")),
    )
    op.create_index(op.f("ix_launch_pictures_item_id"), "launch_pictures", ["item_id"], unique=False)
    op.create_index(op.f("ix_launch_pictures_launch_id"), "launch_pictures", ["launch_id"], unique=False)
    op.create_table(
        "pilots",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.JSON(), nullable=False),
        sa.Column("about", sa.JSON(), nullable=False),
        sa.Column("about_html", sa.JSON(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("state", sa.Enum("open", "closed", name="pilotstate", native_enum=False, length=20), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by_id", sa.Integer(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["backlog_items.id"], name=op.f("fk_pilots_item_id")),
        sa.ForeignKeyConstraint(["opened_by_id"], ["users.id"], name=op.f("fk_pilots_opened_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pilots")),
    )
    op.create_index(op.f("ix_pilots_item_id"), "pilots", ["item_id"], unique=False)
    op.create_table(
        "pilot_seats",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pilot_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("behind", sa.Enum("author", "voter", name="behind", native_enum=False, length=20), nullable=True),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column(
            "interest", sa.Enum("want", "try", "buy", name="interest", native_enum=False, length=20), nullable=True
        ),
        sa.Column("is_asked", sa.Boolean(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "invited",
                "taken",
                "waiting",
                "declined",
                "left",
                name="seatstate",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "solved",
            sa.Enum("yes", "partly", "no", name="answer", native_enum=False, length=20),
            nullable=True,
        ),
        sa.Column("words", sa.String(length=1000), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["pilot_id"], ["pilots.id"], name=op.f("fk_pilot_seats_pilot_id")),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_pilot_seats_post_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_pilot_seats_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pilot_seats")),
        sa.UniqueConstraint("pilot_id", "user_id", name=op.f("uq_pilot_seats_pilot_id_user_id")),
    )
    op.create_index(op.f("ix_pilot_seats_post_id"), "pilot_seats", ["post_id"], unique=False)
    op.create_index(op.f("ix_pilot_seats_user_id"), "pilot_seats", ["user_id"], unique=False)
    op.create_table(
        "early_warnings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=False),
        sa.Column("newest_of", sa.Integer(), nullable=True),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("posts", sa.Integer(), nullable=False),
        sa.Column("most_people", sa.Integer(), nullable=False),
        sa.Column("usual", sa.Double(), nullable=False),
        sa.Column("weeks", sa.Integer(), nullable=False),
        sa.Column("chance", sa.Double(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_early_warnings_product_id")),
        sa.ForeignKeyConstraint(["seen_by_id"], ["users.id"], name=op.f("fk_early_warnings_seen_by_id")),
        sa.ForeignKeyConstraint(["theme_id"], ["themes.id"], name=op.f("fk_early_warnings_theme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_early_warnings")),
        sa.UniqueConstraint("newest_of", name=op.f("uq_early_warnings_newest_of")),
    )
    op.create_index(op.f("ix_early_warnings_product_id"), "early_warnings", ["product_id"], unique=False)
    op.create_index(op.f("ix_early_warnings_theme_id"), "early_warnings", ["theme_id"], unique=False)
    op.create_table(
        "line_seats",
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=True),
        sa.Column(
            "placing",
            sa.Enum("fit", "wording", "person", name="placing", native_enum=False, length=20),
            nullable=True,
        ),
        sa.Column("similarity", sa.Double(), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["line_id"], ["run_lines.id"], name=op.f("fk_line_seats_line_id")),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_line_seats_post_id")),
        sa.ForeignKeyConstraint(["theme_id"], ["themes.id"], name=op.f("fk_line_seats_theme_id")),
        sa.PrimaryKeyConstraint("line_id", "post_id", name=op.f("pk_line_seats")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "version_members",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=False),
        sa.Column(
            "placing",
            sa.Enum("fit", "wording", "person", name="placing", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column("similarity", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_version_members_post_id")),
        sa.ForeignKeyConstraint(["theme_id"], ["themes.id"], name=op.f("fk_version_members_theme_id")),
        sa.ForeignKeyConstraint(["version_id"], ["theme_versions.id"], name=op.f("fk_version_members_version_id")),
        sa.PrimaryKeyConstraint("version_id", "post_id", name=op.f("pk_version_members")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "votes",
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column(
            "interest",
            sa.Enum("want", "try", "buy", name="interest", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column("cast_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_counted", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_votes_post_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_votes_user_id")),
        sa.PrimaryKeyConstraint("post_id", "user_id", name=op.f("pk_votes")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_votes_post_cast", "votes", ["post_id", "cast_at"], unique=False)
    op.create_index(op.f("ix_votes_user_id"), "votes", ["user_id"], unique=False)
    op.create_table(
        "reason_texts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "built_in",
            sa.Enum(
                *("spam", "rude", "private", "off_topic", "unlawful", "unclear", "mistake", "stands"),
                *("typing", "title", "taken_out", "other"),
                name="reason",
                native_enum=False,
                length=20,
            ),
            nullable=True,
        ),
        sa.Column(
            "purpose",
            sa.Enum("away", "back", "stands", "edit", name="purpose", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column("name", sa.JSON(), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["changed_by_id"], ["users.id"], name=op.f("fk_reason_texts_changed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reason_texts")),
        sa.UniqueConstraint("built_in", name=op.f("uq_reason_texts_built_in")),
    )
    op.create_table(
        "cases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                *("first_post", "changed", "report", "direct", "objection", "duplicate", "spam", "appeal", "misplaced"),
                name="casekind",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("comment_id", sa.Integer(), nullable=True),
        sa.Column("open_key", sa.String(length=60), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("spam_score", sa.Double(), nullable=True),
        sa.Column("batch", sa.String(length=32), nullable=True),
        sa.Column("later_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claimed_by_id", sa.Integer(), nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "decision",
            sa.Enum(
                "approved",
                "kept",
                "hidden",
                "removed",
                "restored",
                "asked",
                "merged",
                "separated",
                "edited",
                "reverted",
                "passed_on",
                name="decision",
                native_enum=False,
                length=20,
            ),
            nullable=True,
        ),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column(
            "ground",
            sa.Enum(
                *("spam", "rude", "private", "off_topic", "unlawful", "unclear", "mistake", "stands"),
                *("typing", "title", "taken_out", "other"),
                name="reason",
                native_enum=False,
                length=20,
            ),
            nullable=True,
        ),
        sa.Column("own_ground_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["claimed_by_id"], ["users.id"], name=op.f("fk_cases_claimed_by_id")),
        sa.ForeignKeyConstraint(["comment_id"], ["comments.id"], name=op.f("fk_cases_comment_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["users.id"], name=op.f("fk_cases_decided_by_id")),
        sa.ForeignKeyConstraint(["own_ground_id"], ["reason_texts.id"], name=op.f("fk_cases_own_ground_id")),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_cases_post_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sa.UniqueConstraint("open_key", name=op.f("uq_cases_open_key")),
    )
    op.create_index(op.f("ix_cases_comment_id"), "cases", ["comment_id"], unique=False)
    op.create_index(op.f("ix_cases_post_id"), "cases", ["post_id"], unique=False)
    op.create_index("ix_cases_queue", "cases", ["decided_at", "opened_at"], unique=False)
    op.create_index("ix_cases_group", "cases", ["group_id", "decided_at"], unique=False)
    op.create_index(op.f("ix_cases_batch"), "cases", ["batch"], unique=False)
    op.create_table(
        "case_prints",
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_prints_case_id")),
        sa.PrimaryKeyConstraint("value", "case_id", name=op.f("pk_case_prints")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_case_prints_case_id"), "case_prints", ["case_id"], unique=False)
    op.create_table(
        "misplaced",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("passed_on_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("steering_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_misplaced_case_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["users.id"], name=op.f("fk_misplaced_decided_by_id")),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_misplaced_post_id")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_misplaced_product_id")),
        sa.ForeignKeyConstraint(["steering_id"], ["steering.id"], name=op.f("fk_misplaced_steering_id")),
        sa.ForeignKeyConstraint(["theme_id"], ["themes.id"], name=op.f("fk_misplaced_theme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_misplaced")),
        sa.UniqueConstraint("case_id", name=op.f("uq_misplaced_case_id")),
    )
    op.create_index(op.f("ix_misplaced_post_id"), "misplaced", ["post_id"], unique=False)
    op.create_index(op.f("ix_misplaced_product_id"), "misplaced", ["product_id"], unique=False)
    op.create_index(op.f("ix_misplaced_theme_id"), "misplaced", ["theme_id"], unique=False)
    op.create_table(
        "run_schedules",
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column(
            "rhythm",
            sa.Enum("never", "nightly", "weekly", "posts", name="rhythm", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column("posts", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_run_schedules_product_id")),
        sa.PrimaryKeyConstraint("product_id", name=op.f("pk_run_schedules")),
    )
    op.create_table(
        "sanctions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind", sa.Enum("warned", "suspended", name="sanctionkind", native_enum=False, length=20), nullable=False
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by_id", sa.Integer(), nullable=True),
        sa.Column("objection", sa.Text(), nullable=False),
        sa.Column("objected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["answered_by_id"], ["users.id"], name=op.f("fk_sanctions_answered_by_id")),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_sanctions_by_id")),
        sa.ForeignKeyConstraint(["lifted_by_id"], ["users.id"], name=op.f("fk_sanctions_lifted_by_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sanctions_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sanctions")),
    )
    op.create_index(op.f("ix_sanctions_user_id"), "sanctions", ["user_id"], unique=False)
    op.create_table(
        "picture_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("what", sa.String(length=10), nullable=False),
        sa.Column("alt", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_picture_changes_post_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_picture_changes")),
    )
    op.create_index(op.f("ix_picture_changes_post_id"), "picture_changes", ["post_id"], unique=False)
    op.create_table(
        "revisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("comment_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=140), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replaced_by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("is_closed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["comment_id"], ["comments.id"], name=op.f("fk_revisions_comment_id")),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_revisions_post_id")),
        sa.ForeignKeyConstraint(["replaced_by_id"], ["users.id"], name=op.f("fk_revisions_replaced_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revisions")),
    )
    op.create_index(op.f("ix_revisions_comment_id"), "revisions", ["comment_id"], unique=False)
    op.create_index(op.f("ix_revisions_post_id"), "revisions", ["post_id"], unique=False)
    op.create_table(
        "reports",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("reporter_id", sa.Integer(), nullable=False),
        sa.Column(
            "reason",
            sa.Enum(
                "spam",
                "rude",
                "private",
                "off_topic",
                "different",
                "misplaced",
                "appeal",
                "other",
                name="reportreason",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_reports_case_id")),
        sa.ForeignKeyConstraint(["reporter_id"], ["users.id"], name=op.f("fk_reports_reporter_id")),
        sa.PrimaryKeyConstraint("case_id", "reporter_id", name=op.f("pk_reports")),
    )
    op.create_table(
        "notice_choices",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column(
            "topic",
            sa.Enum(
                "own comments",
                "comments",
                "answers",
                "status",
                "launches",
                "arranging",
                "objections",
                "new posts",
                "warnings",
                "pilots",
                name="topic",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column(
            "how", sa.Enum("instantly", "daily", "never", name="how", native_enum=False, length=20), nullable=False
        ),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_notice_choices_user_id")),
        sa.PrimaryKeyConstraint("user_id", "topic", name=op.f("pk_notice_choices")),
    )
    op.create_table(
        "status_mails",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_status_mails_user_id")),
        sa.PrimaryKeyConstraint("user_id", "day", name=op.f("pk_status_mails")),
    )
    op.create_table(
        "happenings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "comment",
                "answer",
                "status",
                "not now",
                "launched",
                "merged",
                "unmerged",
                "split",
                "moved",
                "objection",
                "new post",
                "warning",
                "pilot",
                "came back",
                name="kind",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("comment_id", sa.Integer(), nullable=True),
        sa.Column("theme_id", sa.Integer(), nullable=True),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["actor_id"], ["users.id"], name=op.f("fk_happenings_actor_id")),
        sa.ForeignKeyConstraint(["comment_id"], ["comments.id"], name=op.f("fk_happenings_comment_id")),
        sa.ForeignKeyConstraint(["item_id"], ["backlog_items.id"], name=op.f("fk_happenings_item_id")),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_happenings_post_id")),
        sa.ForeignKeyConstraint(["theme_id"], ["themes.id"], name=op.f("fk_happenings_theme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_happenings")),
    )
    op.create_index(op.f("ix_happenings_actor_id"), "happenings", ["actor_id"], unique=False)
    op.create_index(op.f("ix_happenings_comment_id"), "happenings", ["comment_id"], unique=False)
    op.create_index(op.f("ix_happenings_item_id"), "happenings", ["item_id"], unique=False)
    op.create_index(op.f("ix_happenings_post_id"), "happenings", ["post_id"], unique=False)
    op.create_index(op.f("ix_happenings_theme_id"), "happenings", ["theme_id"], unique=False)
    op.create_table(
        "silences",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_silences_post_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_silences_user_id")),
        sa.PrimaryKeyConstraint("user_id", "post_id", name=op.f("pk_silences")),
    )
    op.create_index(op.f("ix_silences_post_id"), "silences", ["post_id"], unique=False)
    op.create_table(
        "notices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("happening_id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column(
            "tie",
            sa.Enum(
                "mine",
                "voted",
                "post",
                "item",
                "theme",
                "area",
                "team",
                "pilot",
                name="tie",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column(
            "mail", sa.Enum("none", "waiting", "written", name="mailplan", native_enum=False, length=20), nullable=False
        ),
        sa.Column("mail_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["happening_id"], ["happenings.id"], name=op.f("fk_notices_happening_id")),
        sa.ForeignKeyConstraint(["mail_id"], ["outbox_mails.id"], name=op.f("fk_notices_mail_id")),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_notices_post_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_notices_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint("user_id", "happening_id", name=op.f("uq_notices_user_id_happening_id")),
    )
    op.create_index(op.f("ix_notices_happening_id"), "notices", ["happening_id"], unique=False)
    op.create_index("ix_notices_mail", "notices", ["mail", "user_id"], unique=False)
    op.create_index(op.f("ix_notices_mail_id"), "notices", ["mail_id"], unique=False)
    op.create_index(op.f("ix_notices_post_id"), "notices", ["post_id"], unique=False)
    op.create_index("ix_notices_user", "notices", ["user_id", "id"], unique=False)
    if op.get_bind().dialect.name == "sqlite":
        for statement in SQLITE:
            op.execute(statement)
    else:
        for statement in POSTGRESQL:
            op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE posts_fts")
    else:
        op.execute("DROP TRIGGER audit_entries_fixed ON audit_entries")
        op.execute("DROP FUNCTION refuse_change()")

    op.drop_index("ix_notices_user", table_name="notices")
    op.drop_index(op.f("ix_notices_post_id"), table_name="notices")
    op.drop_index(op.f("ix_notices_mail_id"), table_name="notices")
    op.drop_index("ix_notices_mail", table_name="notices")
    op.drop_index(op.f("ix_notices_happening_id"), table_name="notices")
    op.drop_table("notices")
    op.drop_index(op.f("ix_silences_post_id"), table_name="silences")
    op.drop_table("silences")
    op.drop_index(op.f("ix_happenings_theme_id"), table_name="happenings")
    op.drop_index(op.f("ix_happenings_post_id"), table_name="happenings")
    op.drop_index(op.f("ix_happenings_item_id"), table_name="happenings")
    op.drop_index(op.f("ix_happenings_comment_id"), table_name="happenings")
    op.drop_index(op.f("ix_happenings_actor_id"), table_name="happenings")
    op.drop_table("happenings")
    op.drop_table("status_mails")
    op.drop_table("notice_choices")
    op.drop_table("reports")
    op.drop_index(op.f("ix_case_prints_case_id"), table_name="case_prints")
    op.drop_table("case_prints")
    op.drop_index(op.f("ix_sanctions_user_id"), table_name="sanctions")
    op.drop_table("sanctions")
    op.drop_index(op.f("ix_revisions_post_id"), table_name="revisions")
    op.drop_index(op.f("ix_revisions_comment_id"), table_name="revisions")
    op.drop_table("revisions")
    op.drop_index(op.f("ix_picture_changes_post_id"), table_name="picture_changes")
    op.drop_table("picture_changes")
    op.drop_table("run_schedules")
    op.drop_index(op.f("ix_misplaced_theme_id"), table_name="misplaced")
    op.drop_index(op.f("ix_misplaced_product_id"), table_name="misplaced")
    op.drop_index(op.f("ix_misplaced_post_id"), table_name="misplaced")
    op.drop_table("misplaced")
    op.drop_index("ix_cases_queue", table_name="cases")
    op.drop_index(op.f("ix_cases_post_id"), table_name="cases")
    op.drop_index(op.f("ix_cases_comment_id"), table_name="cases")
    op.drop_index("ix_cases_group", table_name="cases")
    op.drop_index(op.f("ix_cases_batch"), table_name="cases")
    op.drop_table("cases")
    op.drop_table("reason_texts")
    op.drop_index(op.f("ix_votes_user_id"), table_name="votes")
    op.drop_index("ix_votes_post_cast", table_name="votes")
    op.drop_table("votes")
    op.drop_table("version_members")
    op.drop_table("line_seats")
    op.drop_index(op.f("ix_early_warnings_theme_id"), table_name="early_warnings")
    op.drop_index(op.f("ix_early_warnings_product_id"), table_name="early_warnings")
    op.drop_table("early_warnings")
    op.drop_index(op.f("ix_pilot_seats_user_id"), table_name="pilot_seats")
    op.drop_index(op.f("ix_pilot_seats_post_id"), table_name="pilot_seats")
    op.drop_table("pilot_seats")
    op.drop_index(op.f("ix_pilots_item_id"), table_name="pilots")
    op.drop_table("pilots")
    op.drop_index(op.f("ix_launch_pictures_launch_id"), table_name="launch_pictures")
    op.drop_index(op.f("ix_launch_pictures_item_id"), table_name="launch_pictures")
    op.drop_table("launch_pictures")
    op.drop_table("launch_plans")
    op.drop_table("verdicts")
    op.drop_index("ix_timeline_entries_post", table_name="timeline_entries")
    op.drop_table("timeline_entries")
    op.drop_index(op.f("ix_theme_members_theme_id"), table_name="theme_members")
    op.drop_table("theme_members")
    op.drop_index(op.f("ix_steering_theme_id"), table_name="steering")
    op.drop_index(op.f("ix_steering_product_id"), table_name="steering")
    op.drop_index(op.f("ix_steering_post_id"), table_name="steering")
    op.drop_table("steering")
    op.drop_index(op.f("ix_search_entries_changed_at"), table_name="search_entries")
    op.drop_table("search_entries")
    op.drop_index("ix_run_members_ref", table_name="run_members")
    op.drop_table("run_members")
    op.drop_index(op.f("ix_receipts_user_id"), table_name="receipts")
    op.drop_index(op.f("ix_receipts_post_id"), table_name="receipts")
    op.drop_table("receipts")
    op.drop_table("post_readers")
    op.drop_index(op.f("ix_pictures_post_id"), table_name="pictures")
    op.drop_index(op.f("ix_pictures_owner_id"), table_name="pictures")
    op.drop_index(op.f("ix_pictures_draft_id"), table_name="pictures")
    op.drop_table("pictures")
    op.drop_index(op.f("ix_split_answers_user_id"), table_name="split_answers")
    op.drop_table("split_answers")
    op.drop_index(op.f("ix_splits_post_id"), table_name="splits")
    op.drop_table("splits")
    op.drop_index(op.f("ix_merges_post_id"), table_name="merges")
    op.drop_index(op.f("ix_merges_into_id"), table_name="merges")
    op.drop_table("merges")
    op.drop_index(op.f("ix_imported_rows_post_id"), table_name="imported_rows")
    op.drop_index(op.f("ix_imported_rows_import_id"), table_name="imported_rows")
    op.drop_table("imported_rows")
    op.drop_index(op.f("ix_first_assignments_theme_id"), table_name="first_assignments")
    op.drop_table("first_assignments")
    op.drop_index(op.f("ix_evidence_via_theme_id"), table_name="evidence")
    op.drop_index(op.f("ix_evidence_post_id"), table_name="evidence")
    op.drop_table("evidence")
    op.drop_table("declined_lines")
    op.drop_index("ix_comments_thread", table_name="comments")
    op.drop_index(op.f("ix_comments_author_id"), table_name="comments")
    op.drop_table("comments")
    op.drop_index(op.f("ix_theme_versions_product_id"), table_name="theme_versions")
    op.drop_table("theme_versions")
    op.drop_table("lines_kept")
    op.drop_index(op.f("ix_run_lines_run_id"), table_name="run_lines")
    op.drop_table("run_lines")
    op.drop_table("run_clusters")
    op.drop_index("ix_posts_wanted_key", table_name="posts")
    op.drop_index("ix_posts_unanswered_key", table_name="posts")
    op.drop_index("ix_posts_trending_key", table_name="posts")
    op.drop_index("ix_posts_theme", table_name="posts")
    op.drop_index("ix_posts_survivor_id", table_name="posts")
    op.drop_index("ix_posts_pinned_until", table_name="posts")
    op.drop_index("ix_posts_status_newest", table_name="posts")
    op.drop_index("ix_posts_product_listed", table_name="posts")
    op.drop_index("ix_posts_owed_key", table_name="posts")
    op.drop_index("ix_posts_newest_key", table_name="posts")
    op.drop_index("ix_posts_moderation", table_name="posts")
    op.drop_index(op.f("ix_posts_merged_into_id"), table_name="posts")
    op.drop_index("ix_posts_author", table_name="posts")
    op.drop_index("ix_posts_area_wanted", table_name="posts")
    op.drop_index("ix_posts_area_unanswered", table_name="posts")
    op.drop_index("ix_posts_area_trending", table_name="posts")
    op.drop_index("ix_posts_area_newest", table_name="posts")
    op.drop_index("ix_posts_area_answered", table_name="posts")
    op.drop_index("ix_posts_answered_key", table_name="posts")
    op.drop_table("posts")
    op.drop_index(op.f("ix_launches_launched_at"), table_name="launches")
    op.drop_index(op.f("ix_launches_item_id"), table_name="launches")
    op.drop_table("launches")
    op.drop_index(op.f("ix_item_themes_item_id"), table_name="item_themes")
    op.drop_table("item_themes")
    op.drop_table("attribute_files")
    op.drop_index(op.f("ix_segment_members_user_id"), table_name="segment_members")
    op.drop_table("segment_members")
    op.drop_table("segments")
    op.drop_index(op.f("ix_imports_source_id"), table_name="imports")
    op.drop_table("imports")
    op.drop_index(op.f("ix_decision_entries_item_id"), table_name="decision_entries")
    op.drop_index(op.f("ix_decision_entries_batch"), table_name="decision_entries")
    op.drop_index(op.f("ix_decision_entries_at"), table_name="decision_entries")
    op.drop_table("decision_entries")
    op.drop_table("user_roles")
    op.drop_index("ix_themes_product", table_name="themes")
    op.drop_table("themes")
    op.drop_index(op.f("ix_theme_runs_product_id"), table_name="theme_runs")
    op.drop_table("theme_runs")
    op.drop_index(op.f("ix_sign_ins_user_id"), table_name="sign_ins")
    op.drop_table("sign_ins")
    op.drop_table("second_factors")
    op.drop_index(op.f("ix_one_time_tokens_user_id"), table_name="one_time_tokens")
    op.drop_table("one_time_tokens")
    op.drop_index(op.f("ix_guarded_names_user_id"), table_name="guarded_names")
    op.drop_table("guarded_names")
    op.drop_index("ix_follows_subject", table_name="follows")
    op.drop_table("follows")
    op.drop_index(op.f("ix_external_identities_user_id"), table_name="external_identities")
    op.drop_table("external_identities")
    op.drop_index(op.f("ix_drafts_user_id"), table_name="drafts")
    op.drop_table("drafts")
    op.drop_index(op.f("ix_consents_user_id"), table_name="consents")
    op.drop_table("consents")
    op.drop_index("ix_backlog_items_status", table_name="backlog_items")
    op.drop_index(op.f("ix_backlog_items_score"), table_name="backlog_items")
    op.drop_table("tracker_places")
    op.drop_index(op.f("ix_saved_views_owner_id"), table_name="saved_views")
    op.drop_table("saved_views")
    op.drop_table("scoring_models")
    op.drop_index(op.f("ix_item_dependencies_needs_id"), table_name="item_dependencies")
    op.drop_table("item_dependencies")
    op.drop_index(op.f("ix_backlog_items_revisit_item_id"), table_name="backlog_items")
    op.drop_index(op.f("ix_backlog_items_revisit_on"), table_name="backlog_items")
    op.drop_index(op.f("ix_backlog_items_owner_id"), table_name="backlog_items")
    op.drop_index(op.f("ix_backlog_items_audience_organisation_id"), table_name="backlog_items")
    op.drop_table("backlog_items")
    op.drop_index(op.f("ix_areas_parent_id"), table_name="areas")
    op.drop_table("areas")
    op.drop_index(op.f("ix_users_organisation_id"), table_name="users")
    op.drop_index(op.f("ix_users_name_skeleton"), table_name="users")
    op.drop_table("users")
    op.drop_table("sources")
    op.drop_table("products")
    op.drop_index(op.f("ix_outbox_mails_user_id"), table_name="outbox_mails")
    op.drop_index(op.f("ix_outbox_mails_state"), table_name="outbox_mails")
    op.drop_table("outbox_mails")
    op.drop_table("organisations")
    op.drop_index("ix_jobs_state_run_at", table_name="jobs")
    op.drop_table("workers")
    op.drop_table("jobs")
    op.drop_index("ix_audit_entries_subject", table_name="audit_entries")
    op.drop_index(op.f("ix_audit_entries_at"), table_name="audit_entries")
    op.drop_index(op.f("ix_audit_entries_actor_id"), table_name="audit_entries")
    op.drop_index(op.f("ix_audit_entries_about_id"), table_name="audit_entries")
    op.drop_table("audit_entries")
