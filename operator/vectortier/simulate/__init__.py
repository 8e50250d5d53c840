"""What a policy would do to a tier under a recorded load: the load, a model of the tier, policies to compare, results.

Pure: time is an argument, and what is random is drawn from the `random.Random` that is passed in. The same load, model,
policy and seed give the same result.
"""
