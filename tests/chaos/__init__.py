"""Faults on a real cluster: what the rebalance engine does while operators, nodes and answers fail, `make chaos`.

One tier is grown, restarted and shrunk again and again, with readers and writers at its front door all the time. In
each run one thing goes wrong at one moment; afterwards every acknowledged document has to be there, every search has to
have found what it should, and the operator has to have finished and come to rest.
"""
