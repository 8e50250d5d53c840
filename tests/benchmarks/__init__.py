"""What `make bench-...` runs: each prints a table and writes build/bench/<name>.json."""
