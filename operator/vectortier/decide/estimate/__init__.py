"""What is estimated of a tier: how its demand moves, and what one of its copies can do. Values in, values out."""
