"""PostgreSQL without a database server to set up: run from the programs in a Python package.

    with EmbeddedPostgres.open(Path("data/postgres")) as postgres:
        ...  # connect to postgres.uri

`server` tells the life of a cluster, `postmaster` reads what PostgreSQL writes down about itself,
`account` and `programs` settle who runs which files, `annex` holds what cannot be in the folder.
"""

from eterno.adapters.postgres.embedded.errors import EmbeddedPostgresError
from eterno.adapters.postgres.embedded.server import EmbeddedPostgres

__all__ = ["EmbeddedPostgres", "EmbeddedPostgresError"]
