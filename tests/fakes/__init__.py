"""Stand-ins for the services that the operator talks to, served over HTTP by the test's own process."""
