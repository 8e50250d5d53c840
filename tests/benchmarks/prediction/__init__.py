"""Whether the tier model of `vectortier simulate` predicts what a real tier does: `make bench-prediction`.

levels.py    a copy at several levels of load, for the fit
fitting.py   the parameters of the model from them
profiles.py  the loads of the runs that are predicted
driving.py   an open loop that follows a load, second by second
simulated.py what `vectortier simulate` says of a run
judging.py   both beside each other
quiet.py     how measurements share a machine
"""
