"""`python -m eterno.entrypoints.cli` is `eterno`."""

from eterno.entrypoints.cli.main import main

raise SystemExit(main())
