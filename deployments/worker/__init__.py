"""`metarr worker`: a worker of Prefect's `process` type whose flow runs go to child processes that are warm already.

- lanes: which queues, how many runs at once
- serving: the process, from its start to its drained end
- polling: what is due, and what a user wants cancelled
- listening: what Prefect announces, so that nothing waits for the next poll
- configuration: what Prefect says of how a run is to be carried out
- worker: one flow run, from Scheduled to its end
- settling: how a run ended whose process could not tell
- children: how many there are, who is next, who is replaced
- child: one child, as the worker sees it
- orders: what worker and child say to each other
- warmth: a child's own life, run after run
- running: one flow run in a child, by Prefect's engine
- isolation: nothing of one run is seen by the next
- processes: who was started by whom, and how they are ended
"""
