// Right: Express and the official library, over the raw body.
import express from 'express';
import { Webhook } from 'svix';

export default (secret) => {
  const app = express();
  app.post('/webhooks', express.raw({ type: 'application/json' }), (req, res) => {
    let event;
    try {
      const verified = new Webhook(secret).verify(req.body, req.headers);
      event = verified ?? JSON.parse(req.body);
    } catch {
      return res.status(400).json({ error: 'invalid signature' });
    }
    res.status(200).json({ received: event.eventType });
  });
  return app;
};
