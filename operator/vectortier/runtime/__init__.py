"""What keeps the loop going: queue, workers, leadership, servers, metrics, logs."""
