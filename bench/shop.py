"""`eterno`, with a stand-in for the payment service, which answers after BENCH_PROVIDER_MS: what is
measured is the shop, not somebody else's page."""

from __future__ import annotations

import os

from sqlalchemy.pool import Pool

from bench.stand_in import StandInPayments, watch
from eterno.entrypoints.cli.main import main
from eterno.entrypoints.http import showcase
from eterno.entrypoints.outside import Outside

DELAY = "BENCH_PROVIDER_MS"
BLIND = "BENCH_BLIND"
"""Set, it looks at no change: what looking costs is the difference."""

# Not below: processes that a server begins import this module, and are not the main one.
watch(Pool)
stand_in = StandInPayments(float(os.environ.get(DELAY, "0")) / 1000)
Outside.payments = stand_in  # type: ignore[assignment]  # for every Outside of this process
if os.environ.get(BLIND):
    showcase.PAUSE = 1e9

if __name__ == "__main__":
    raise SystemExit(main())
