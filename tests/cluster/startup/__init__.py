"""Bringing a cluster of either size up, from an empty run directory until pods run."""
