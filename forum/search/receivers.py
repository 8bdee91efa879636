"""What search does when earlier stages tell what happened."""
