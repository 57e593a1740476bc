"""`python -m incubator.cli`, for where the console script is not on the path."""

from incubator.cli import main

main()
