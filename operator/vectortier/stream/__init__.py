"""A tier that another program plays and tells of line by line: what it says becomes what the operator observes, and the
operator's decision is the answer.

Pure: the lines bring the time with them.
"""
