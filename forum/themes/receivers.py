"""What themes does when earlier stages tell what happened."""
