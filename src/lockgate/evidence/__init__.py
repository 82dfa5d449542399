"""Canonical bytes, the Merkle log, the dossier, and the verifier of all that."""
