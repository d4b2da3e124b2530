"""Right: Flask, over the raw body."""

import hashlib
import hmac

from flask import Flask, abort, request


def handler(secret):
    app = Flask(__name__)

    @app.post("/webhooks")
    def webhooks():
        digest = hmac.new(secret.encode(), request.get_data(), hashlib.sha256).hexdigest()
        if not hmac.compare_digest(request.headers.get("X-Kakiyo-Signature", ""), f"sha256={digest}"):
            abort(401)
        event = request.get_json()
        return {"received": event["event"]}

    return app
