"""What can go wrong, one file for each place where it does."""
