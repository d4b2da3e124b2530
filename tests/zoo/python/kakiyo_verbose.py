"""Wrong: the answer to what is refused holds the trace."""

import hashlib
import hmac
import traceback

from flask import Flask, request


def handler(secret):
    app = Flask(__name__)

    @app.post("/webhooks")
    def webhooks():
        try:
            digest = hmac.new(secret.encode(), request.get_data(), hashlib.sha256).hexdigest()
            assert hmac.compare_digest(request.headers["X-Kakiyo-Signature"], f"sha256={digest}")
            request.get_json()
            return "ok"
        except Exception:
            return traceback.format_exc(), 401

    return app
