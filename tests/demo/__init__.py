"""The demo: real documents, real load, a broken promise, and the operator mending it."""
