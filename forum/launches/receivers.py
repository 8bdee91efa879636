"""What launches does when earlier stages tell what happened."""
