"""Pure policy: from a spec and an observation to a plan. `tier.py` is the table of contents."""
