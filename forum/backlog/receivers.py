"""What backlog does when earlier stages tell what happened."""
