"""`python -m lockgate`: the command line."""

import sys

from lockgate.cli.door import main

sys.exit(main())
