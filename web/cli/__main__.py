"""`python -m web.cli`, where the console command is not on PATH."""

from web.cli.main import main

main()
