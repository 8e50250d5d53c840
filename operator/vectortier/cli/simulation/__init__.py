"""`vectortier simulate`: its options, its loads, its runs and what it prints."""
