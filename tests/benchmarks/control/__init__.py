"""How well the operator's policy scales a tier, beside what others do and what nobody can beat: `make bench-control`.

loads/      what is asked of the tier: two recorded loads (traces/) and eight generated ones
settings.py what the tier is like: how long a copy takes and costs, what metrics show
policies.py who decides
grid.py     which of them meet
inputs.py   the files and the command line of one run of `vectortier simulate`
running.py  many runs, each a process of its own
results.py  what they printed
figures/    the questions of the benchmark, each with its goal
tables.py   for people
"""
