"""The operator with its surroundings played: `decide` and the journal are live, Kubernetes and Weaviate are not.

What is played is the same wherever the tier comes from: from a simulation, or from lines that another program writes.
"""
