"""What is so: the facts that rules and steps reason from, worked out from one look."""
