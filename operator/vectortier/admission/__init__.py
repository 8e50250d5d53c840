"""What the API server would say of an object, for commands that work on files and have no API server to ask.

It is worked out from the same models and the same rules that the CRD is made of, so that there is no second opinion.
Pure.
"""
