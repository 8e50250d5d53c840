"""Cases of Kubernetes' own HorizontalPodAutoscaler, to compare ours with."""
