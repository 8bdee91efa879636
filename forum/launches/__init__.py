"""Launches, credits, receipts and verdicts."""
