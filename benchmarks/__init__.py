"""`make bench`: figures of the real stack, as medians and ratios within one run, never asserted.

- machine: CPU and memory of processes
- rig: the stack under measurement, with our workers or Prefect's own
- webhooks: the web shim under load
- steps: one film after another, from the webhook to the player, and to the first line of the flow
- storms: many films at once
- bulks: bulk enrichment in chunks
- scans: scans of new films and of known ones, by their flow
- rescans: what a scan makes out when nothing has changed, beside a bare walk
- script: the same operations in one plain process
- rows: all of it in its order, as rows of the table
- chart, report: docs/benchmarks.md and its picture
"""
