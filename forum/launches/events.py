"""What happens to launches, told to later stages in the same transaction."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ItemLaunched:
    """An item was launched: its posts say so, and everybody behind it has a receipt."""

    launch_id: int
