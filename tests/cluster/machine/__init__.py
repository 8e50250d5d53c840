"""The machine below a cluster: whether it has what a size needs, and the control groups that it gives."""
