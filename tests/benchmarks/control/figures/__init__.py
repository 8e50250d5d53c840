"""The figures that the policy is to reach, each a question to the results with a goal."""
