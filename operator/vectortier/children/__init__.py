"""What a tier is made of: pure builders of Kubernetes objects, one file per kind of child."""
