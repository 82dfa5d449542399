"""Law of the Republic of Korea."""
