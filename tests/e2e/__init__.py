"""On a real node: real kubelet, Weaviate, Envoy, Prometheus, and the operator from its image and manifests."""
