"""The words that every room shares: frozen types, closed lists, errors."""
