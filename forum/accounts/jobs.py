"""What accounts do outside a request."""

from forum.accounts import exporting, services  # noqa: F401  # its jobs are registered with the others
from forum.core.database import transaction
from forum.core.jobs import job


@job("accounts.mail_reset")
def mail_reset(*, email: str) -> None:
    """Send the link to choose a new password, if the address has an account.

    Run twice it sends two mails, of which only the later link works.
    """
    with transaction() as session:
        services.send_reset(session, email)
