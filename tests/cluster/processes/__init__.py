"""The processes of a cluster: what its supervisor is told to run, and how all of them are started, found and ended."""
