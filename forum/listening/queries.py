"""What the import pages show."""

import sqlalchemy as sa

from forum.accounts.models import User
from forum.core.jobs import Job
from forum.listening.models import Import, Source
from forum.products.models import Area, Product

IMPORTS = (
    sa.select(
        Import.id,
        Import.file_name,
        Import.is_trial,
        Import.imported,
        Import.already_here,
        Import.refused,
        Import.started_at,
        Import.finished_at,
        Source.name.label("source"),
        User.display_name.label("by"),
        Job.state.label("job_state"),
    )
    .join(Source, Source.id == Import.source_id)
    .outerjoin(User, User.id == Import.started_by_id)
    .outerjoin(Job, Job.id == Import.job_id)
    .order_by(Import.id.desc())
    .limit(30)
)

# The areas of the product that an import speaks of, in the order of the tree's pages.
PLACES = (
    sa.select(Area.id, Area.slug, Area.name)
    .join(Source, Source.product_id == Area.product_id)
    .where(Source.id == sa.bindparam("source"))
    .order_by(Area.position, Area.id)
)
PRODUCTS = sa.select(Product.id, Product.name).order_by(Product.position, Product.id)
