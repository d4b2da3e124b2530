"""Wrong: takes deliveries of any age."""

import stripe
from fastapi import FastAPI, HTTPException, Request


def handler(secret):
    app = FastAPI()

    @app.post("/webhooks")
    async def webhooks(request: Request):
        try:
            signature = request.headers.get("stripe-signature", "")
            stripe.Webhook.construct_event(await request.body(), signature, secret, tolerance=None)
        except (ValueError, stripe.SignatureVerificationError):
            raise HTTPException(400)
        return {}

    return app
