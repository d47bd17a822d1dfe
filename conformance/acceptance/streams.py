"""Five thousand ASGI streams on four threads."""

import json
import resource
import time

from conformance.acceptance.harness import Place, Skipped, expect, serve
from conformance.acceptance.parking import Crowd, figures, latencies, resident, streams
from conformance.acceptance.serving import until

COUNT = 5000
THREADS = 4
APP = "conformance.acceptance.apps.asgi_streams:app"


def parked(place: Place) -> str:
    """They hold no thread, each hears what is said, others are served meanwhile, and all that leave are noticed."""
    if resource.getrlimit(resource.RLIMIT_NOFILE)[1] < COUNT + 500:
        raise Skipped(f"needs {COUNT + 500} descriptors: ulimit -Hn")
    options = ["--interface", "asgi", "--threads", str(THREADS)]
    with serve(place, "./pausa", *options, APP) as server:
        latencies(server)  # warms up
        alone = latencies(server)
        before, memory = server.tasks(), resident(server)
        with Crowd(server.port, COUNT) as crowd:
            expect(streams(server) == COUNT, f"{streams(server)} streams are open")
            crowd.ask("report")
            during, among = server.tasks(), latencies(server)
            grown = (resident(server) - memory) / COUNT
            server.get("/say")
            time.sleep(2)
            heard = json.loads(crowd.ask("report"))
            crowd.ask(f"leave {COUNT}")
        gone = until(lambda: streams(server) == 0, 3)
    expect(during <= before, f"{during} threads with {COUNT} streams, {before} without")
    expect(not heard["lost"], f"{heard['lost']} streams were lost")
    expect(heard["fewest"] == 1, "not every stream heard what was said within 2 s")
    expect(among[1] < 0.1, f"/ping took {among[1] * 1e3:.1f} ms at the 99th percentile")
    return (
        f"threads {before} before, {during} with {COUNT:,}, {THREADS} of them the application's; "
        f"/ping p50/p99 {figures(among)} (alone {figures(alone)}); resident memory grew by {grown:.1f} KiB each; "
        f"all heard an event within 2 s; all that left were noticed within {gone * 1e3:.0f} ms"
    )
