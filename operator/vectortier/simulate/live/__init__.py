"""The operator's own policy in the simulation: the same `decide`, given observations of the simulated tier."""
