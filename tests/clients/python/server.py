"""Each library verifies the raw body at a path of its own: 200 if it accepts, 400 with its reason if not."""

import os
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import standardwebhooks
import svix.webhooks

LIBRARIES = {
    "/standardwebhooks": standardwebhooks.Webhook,
    "/svix": svix.webhooks.Webhook,
}


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        try:
            LIBRARIES[self.path](os.environ["WEBHOOK_SECRET"]).verify(body, dict(self.headers))
        except Exception as error:
            self.answer(400, str(error))
        else:
            self.answer(200, "valid")

    def answer(self, status, text):
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        """Says nothing: the test says what it expected."""


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
print("listening", server.server_port, flush=True)
# Ends with the test run: however that ends, our stdin closes.
sys.stdin.read()
