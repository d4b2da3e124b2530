// Right: the raw body is kept while Express parses JSON; the same path says that it is alive to who looks.
import express from 'express';
import { hex, same } from './hmac.mjs';

export default (secret) => {
  const app = express();
  app.use(express.json({ limit: '25mb', verify: (req, _, bytes) => (req.rawBody = bytes) }));
  app.get('/webhooks', (_, res) => res.send('ok'));
  app.post('/webhooks', (req, res) => {
    const expected = `sha256=${hex(secret, req.rawBody ?? '')}`;
    if (!same(req.headers['x-hub-signature-256'], expected)) return res.sendStatus(403);
    res.status(202).end();
  });
  return app;
};
