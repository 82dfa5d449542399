"""The matching kernel: all patterns of the recognisers as one table of states, run over the bytes of Arrow arrays."""
