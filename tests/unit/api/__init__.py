"""Tests of the two resources without a cluster."""
