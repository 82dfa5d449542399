"""The door: reads the command line, runs one command, turns errors into exit codes."""


def main() -> int:
    """Return the exit code of the command that the command line names."""
    return 0
