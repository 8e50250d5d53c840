"""A model of Kubernetes and Weaviate around the operator's real `decide` and `act`, for thousands of schedules.

Nothing in it waits: time is a number that a schedule moves on. The fake of Weaviate under it is the one that the
contract tests hold to the real one.
"""
