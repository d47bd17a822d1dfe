"""Many connections to one event stream, in a process of its own so that it does not disturb what is measured.

    crowd.py PORT COUNT

Opens COUNT connections to /events and reads them. Prints `open` when each has had its first event. Then, for each line
`leave N` on its standard input, closes N of them, and for `report` prints as JSON what came in since the last report.
An event whose data are the monotonic clock's nanoseconds tells by that how long it was under way.
"""

import itertools
import json
import re
import resource
import selectors
import socket
import sys
import time

STAMP = re.compile(rb"data: (\d{9,})\n")
CONNECTIONS = 5000  # of one source address: there are not many more ephemeral ports


def main(port: int, count: int) -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    selector = selectors.DefaultSelector()
    selector.register(sys.stdin, selectors.EVENT_READ)
    crowd: dict[socket.socket, list[float]] = {}  # when the events of each came
    delays: list[float] = []  # microseconds
    lost = 0
    announced = False
    while True:
        if len(crowd) < count and not announced:
            source = f"127.0.0.{1 + len(crowd) // CONNECTIONS}"
            connection = socket.create_connection(("127.0.0.1", port), timeout=10, source_address=(source, 0))
            connection.sendall(b"GET /events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            crowd[connection] = []
            selector.register(connection, selectors.EVENT_READ)
        for key, _ in selector.select(0 if len(crowd) < count and not announced else 1):
            if key.fd == sys.stdin.fileno():
                command = sys.stdin.readline().split()
                if not command:
                    return
                if command[0] == "leave":
                    for connection in list(crowd)[: int(command[1])]:
                        selector.unregister(connection)
                        del crowd[connection]
                        connection.close()
                    print("left", flush=True)
                else:
                    print(json.dumps({**summary(crowd, lost), "delays": delays}), flush=True)
                    delays.clear()
                    for times in crowd.values():
                        del times[:-1]
            elif isinstance(key.fileobj, socket.socket) and key.fileobj in crowd:
                data = key.fileobj.recv(65536)
                now = time.monotonic_ns()
                delays += [(now - int(stamp)) / 1e3 for stamp in STAMP.findall(data)]
                if not data:
                    lost += 1
                    selector.unregister(key.fileobj)
                crowd[key.fileobj] += [now / 1e9] * data.count(b"data: ")
        if not announced and len(crowd) == count and all(crowd.values()):
            announced = True
            print("open", flush=True)


def summary(crowd: dict[socket.socket, list[float]], lost: int) -> dict[str, float]:
    gaps = [later - earlier for times in crowd.values() for earlier, later in itertools.pairwise(times)]
    fewest = min(len(times) - 1 for times in crowd.values())
    return {"fewest": fewest, "lost": lost, "shortest": min(gaps, default=0), "longest": max(gaps, default=0)}


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
