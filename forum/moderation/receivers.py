"""What moderation does when earlier stages tell what happened."""
