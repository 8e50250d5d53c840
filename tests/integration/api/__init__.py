"""Tests of the two resources against a real kube-apiserver."""
