"""One question per file: may something be done, and what?"""
