"""Policies to compare: what others do, and what nobody can beat."""
