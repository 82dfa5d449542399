"""Recognisers, one type of data a file; `lockgate.classify.catalogue` lists them."""
