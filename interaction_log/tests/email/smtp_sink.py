"""A mail server for tests: it takes every e-mail, but those to refused addresses."""

import socketserver
from threading import Thread


class SmtpHandler(socketserver.StreamRequestHandler):
    """One conversation in SMTP, as much of it as `smtplib` speaks."""

    def handle(self):
        self._answer(220, "sink")
        recipients = []
        while line := self.rfile.readline().decode().strip():
            command = line.split(" ")[0].upper()
            if command == "DATA":
                self._answer(354, "go on")
                content = b"".join(iter(self.rfile.readline, b".\r\n"))
                self.server.emails.append((recipients, content))
                recipients = []
                self._answer(250, "taken")
            elif command == "RCPT":
                address = line.partition("<")[2].partition(">")[0]
                if address in self.server.refused:
                    self._answer(550, "no such person here")
                else:
                    recipients.append(address)
                    self._answer(250, "known")
            elif command == "QUIT":
                self._answer(221, "bye")
                return
            else:
                self._answer(250, "sink")

    def _answer(self, code, text):
        self.wfile.write(f"{code} {text}\r\n".encode())


class SmtpSink(socketserver.ThreadingTCPServer):
    """Listens on a free port of this machine while it is used as a context.

    `emails` are (addresses, content in bytes), in the order in which they came.
    """

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, refused=(), port=0):
        super().__init__(("127.0.0.1", port), SmtpHandler)
        self.refused = set(refused)
        self.emails = []

    def __enter__(self):
        Thread(target=self.serve_forever, daemon=True).start()
        return super().__enter__()

    def __exit__(self, *args):
        self.shutdown()
        return super().__exit__(*args)
