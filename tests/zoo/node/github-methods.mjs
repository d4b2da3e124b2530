// Wrong: takes deliveries by every method.
import express from 'express';
import { hex, same } from './hmac.mjs';

export default (secret) => {
  const app = express();
  app.all('/webhooks', express.raw({ type: '*/*', limit: '25mb' }), (req, res) => {
    if (!same(req.headers['x-hub-signature-256'], `sha256=${hex(secret, req.body ?? '')}`)) return res.sendStatus(401);
    res.sendStatus(200);
  });
  return app;
};
