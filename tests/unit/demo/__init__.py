"""The demo, without a cluster."""
