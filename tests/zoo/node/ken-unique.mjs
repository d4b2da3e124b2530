// Wrong: an id that is there already is an error of its table, and nobody catches that.
import express from 'express';
import { Webhook } from 'svix';

export default (secret) => {
  const [app, rows] = [express(), new Set()];
  app.post('/webhooks', express.raw({ type: 'application/json' }), (req, res) => {
    try {
      new Webhook(secret).verify(req.body, req.headers);
      JSON.parse(req.body);
    } catch {
      return res.sendStatus(400);
    }
    const id = req.headers['svix-id'];
    if (rows.has(id)) return res.status(500).send('duplicate key value violates unique constraint');
    rows.add(id);
    res.sendStatus(200);
  });
  return app;
};
