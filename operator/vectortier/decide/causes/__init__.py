"""Why are searches slow? One file per kind of cause; `naming.py` asks them all."""
