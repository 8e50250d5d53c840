"""The front door of a tier: Envoy's configuration, the endpoints it is sent, and what its counters mean."""
