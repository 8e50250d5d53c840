"""The addresses, links and ports of a cluster, and who has them already."""
