"""Right: FastAPI and the official library, over the raw body."""

import json

from fastapi import FastAPI, HTTPException, Request
from svix.webhooks import Webhook, WebhookVerificationError


def handler(secret):
    app = FastAPI()
    webhook = Webhook(secret)

    @app.post("/webhooks", status_code=202)
    async def webhooks(request: Request):
        body = await request.body()
        try:
            webhook.verify(body, dict(request.headers))
            event = json.loads(body)
        except (WebhookVerificationError, ValueError):
            raise HTTPException(400, "invalid signature")
        return {"queued": event["eventType"]}

    return app
