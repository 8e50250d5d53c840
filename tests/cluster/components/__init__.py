"""What runs in a cluster: the command lines, configuration, keys and tokens of its programs."""
