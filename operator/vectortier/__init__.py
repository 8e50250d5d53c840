"""vectortier: a Kubernetes operator that keeps a vector database inside its latency promise."""
