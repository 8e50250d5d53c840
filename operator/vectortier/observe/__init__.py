"""The only place that reads: one look at a tier becomes values of the model, and what cannot be had becomes Unknown."""
