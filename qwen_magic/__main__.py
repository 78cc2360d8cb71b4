"""`python -m qwen_magic` is `qwen-magic`."""

import sys

from qwen_magic.cli import main

sys.exit(main())
