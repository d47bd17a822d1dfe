"""Slow clients, in a process of their own so that they do not disturb what is measured.

    trickle.py PORT READERS SENDERS

Each reader downloads 8 MiB at 4 KiB a second, each sender uploads 64 KiB at 64 bytes a second. Prints `open` when all
are at it, then, for each line on its standard input, how many have been given up.
"""

import resource
import socket
import sys
import threading
import time

SIZE = 64 * 1024


def main(port: int, readers: int, senders: int) -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    get = f"GET /download?{8 << 20} HTTP/1.1\r\nHost: bench\r\n\r\n".encode()
    post = f"POST /upload HTTP/1.1\r\nHost: bench\r\nContent-Length: {SIZE}\r\n\r\n".encode()
    reading = [client(port, get) for _ in range(readers)]
    sending = [client(port, post) for _ in range(senders)]
    lost: set[socket.socket] = set()
    threading.Thread(target=trickle, args=(reading, sending, lost), daemon=True).start()
    print("open", flush=True)
    for _ in sys.stdin:
        print(len(lost), flush=True)


def client(port: int, request: bytes) -> socket.socket:
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16 * 1024)
    made.settimeout(10)
    made.connect(("127.0.0.1", port))
    made.sendall(request)
    return made


def trickle(reading: list[socket.socket], sending: list[socket.socket], lost: set[socket.socket]) -> None:
    """A turn of all clients takes a second."""
    pause = 1 / max(len(reading) + len(sending), 1)
    while True:
        for clients, act in ((reading, read), (sending, send)):
            for one in clients:
                began = time.monotonic()
                try:
                    act(one)
                except OSError:
                    lost.add(one)
                time.sleep(max(0.0, pause - (time.monotonic() - began)))


def read(one: socket.socket) -> None:
    if not one.recv(4096):
        raise ConnectionError("the server ended it")


def send(one: socket.socket) -> None:
    one.sendall(b"s" * 64)


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:4]))
