"""The command `eterno`, also as `python -m eterno.entrypoints.cli`."""

from __future__ import annotations

import gc


def start() -> int:
    """Run the command. What is imported stays: the garbage collector need not look through it,
    neither now, which is a tenth of a start, nor while the shop serves."""
    gc.disable()
    from eterno.entrypoints.cli.main import main

    gc.freeze()
    gc.enable()
    return main()


if __name__ == "__main__":
    raise SystemExit(start())
