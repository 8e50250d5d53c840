"""The same cases against the fake Weaviate and against the real one: the fake is held to the real thing."""
