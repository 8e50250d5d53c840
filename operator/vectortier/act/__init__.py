"""The only place that writes: each action has at most one effect outside and may be repeated."""
