"""The frozen values that flow through the loop: what was observed, what is planned, what came of it."""
