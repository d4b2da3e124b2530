"""Right: FastAPI and the official library, which does not mind a time to come."""

import stripe
from fastapi import FastAPI, HTTPException, Request


def handler(secret):
    app = FastAPI()

    @app.post("/webhooks")
    async def webhooks(request: Request):
        try:
            stripe.Webhook.construct_event(await request.body(), request.headers.get("stripe-signature", ""), secret)
        except (ValueError, stripe.SignatureVerificationError):
            raise HTTPException(400)
        return {}

    return app
