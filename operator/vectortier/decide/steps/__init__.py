"""How each step of an operation gets from where it is to done, one file per step."""
