"""The loads of the benchmark."""
