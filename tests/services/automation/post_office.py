"""A mail server of this machine, as small as one can be: it takes real messages over a real socket, or refuses them."""

from __future__ import annotations

import socketserver
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from threading import Thread
from typing import cast


@dataclass
class PostOffice:
    """What arrived, and whether the next message is refused."""

    port: int = 0
    messages: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    refuses: bool = False

    @property
    def url(self) -> str:
        """The setting that leads here."""
        return f"smtp://127.0.0.1:{self.port}?from=centre@example.cn"

    def words(self) -> list[str]:
        """The texts of what arrived."""
        return [cast(EmailMessage, message.get_body(("plain",))).get_content() for message in self.messages]


@contextmanager
def post_office() -> Iterator[PostOffice]:
    """A server on a free port."""
    office = PostOffice()

    class Counter(socketserver.StreamRequestHandler):
        def answer(self, line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())

        def handle(self) -> None:
            self.answer("220 post office")
            while line := self.rfile.readline():
                word = line.decode().strip()
                match word.split(" ")[0].upper():
                    case "RCPT" if office.refuses:
                        self.answer("550 no such mailbox")
                    case "RCPT":
                        office.recipients.append(word.partition("<")[2].partition(">")[0])
                        self.answer("250 ok")
                    case "DATA":
                        self.answer("354 go on")
                        self.take()
                        self.answer("250 taken")
                    case "QUIT":
                        self.answer("221 bye")
                        return
                    case _:
                        self.answer("250 ok")

        def take(self) -> None:
            lines = []
            while (line := self.rfile.readline()) not in (b".\r\n", b""):
                lines.append(line[1:] if line.startswith(b"..") else line)
            office.messages.append(message_from_bytes(b"".join(lines), policy=policy.default))

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Counter) as server:
        server.daemon_threads = True
        office.port = server.server_address[1]
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield office
        finally:
            server.shutdown()
            thread.join()
