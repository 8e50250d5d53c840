"""One module for each service outside the process. Only these speak to the network."""
