"""Wrong: what cannot be parsed ends in 500, though it was verified."""

import hashlib
import hmac
import json

from fastapi import FastAPI, HTTPException, Request


def handler(secret):
    app = FastAPI()

    @app.post("/webhooks")
    async def webhooks(request: Request):
        body = await request.body()
        digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(request.headers.get("x-klen-signature", ""), digest):
            raise HTTPException(401)
        return json.loads(body)["event_type"]

    return app
