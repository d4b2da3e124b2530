"""Serves each handler that is named at /webhooks on a port of its own, and says on which: a line `NAME PORT` for each,
then `ready`. WEBHOOK_SECRETS has the secrets by provider as JSON; a name starts with that of its provider."""

import importlib
import json
import logging
import os
import socket
import sys
import threading

import flask
import uvicorn
from werkzeug.serving import make_server

logging.disable()
secrets = json.loads(os.environ["WEBHOOK_SECRETS"])
for name in sys.argv[1:]:
    app = importlib.import_module(name.replace("-", "_")).handler(secrets[name.split("-")[0]])
    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    if isinstance(app, flask.Flask):
        serve = make_server("127.0.0.1", port, app, threaded=True, fd=listening.detach()).serve_forever
    else:
        config = uvicorn.Config(app, log_level="critical", lifespan="off")
        serve = lambda server=uvicorn.Server(config), socket=listening: server.run([socket])
    threading.Thread(target=serve, daemon=True).start()
    print(name, port, flush=True)
print("ready", flush=True)
# Ends with the test run: however that ends, our stdin closes.
sys.stdin.read()
os._exit(0)
