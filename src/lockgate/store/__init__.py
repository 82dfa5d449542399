"""The state of this node: keys, partitions of earlier releases, where the log lies."""
