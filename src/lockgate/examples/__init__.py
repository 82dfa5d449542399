"""Bundled data with its licences, the generator of made-up customers, the story of the demo."""
