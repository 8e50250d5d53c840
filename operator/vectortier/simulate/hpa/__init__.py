"""The HorizontalPodAutoscaler of Kubernetes (autoscaling/v2), for comparison.

Reimplemented from its documentation and the behaviour of pkg/controller/podautoscaler of Kubernetes 1.35. Quantities
are integers in thousandths, as there, because its divisions drop the rest; times are seconds.
"""
