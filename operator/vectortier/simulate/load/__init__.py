"""Where a load comes from: a CSV file, or what Prometheus has recorded."""
