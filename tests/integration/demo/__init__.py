"""The demo's load generator against real sockets, without a cluster."""
