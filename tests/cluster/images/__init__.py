"""Container images made on this machine, with neither a registry nor a container engine."""
