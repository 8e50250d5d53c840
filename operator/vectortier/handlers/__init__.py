"""Watches, by kopf: every event only wakes the queue."""
