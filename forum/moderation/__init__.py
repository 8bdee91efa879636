"""Keeping threads good: first posts, reports, reasons, the queue and the log."""
