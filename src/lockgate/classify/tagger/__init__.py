"""A small tagger of person names in free text: Chinese, Korean, and Latin letters."""
