"""`python -m deployments.nursery DESCRIPTOR`: a nursery of its own, whose end of the line is an open file."""

from __future__ import annotations

import os
import sys
from multiprocessing.connection import Connection

from deployments.nursery.process import serve
from deployments.processes import be_called, die_with_parent

die_with_parent()
be_called("metarr-nursery")
descriptor = int(sys.argv[1])
os.set_inheritable(descriptor, False)

from deployments.nursery.preloading import preload  # noqa: E402 - who asked may go while this takes its seconds

preload()
serve(Connection(descriptor))
