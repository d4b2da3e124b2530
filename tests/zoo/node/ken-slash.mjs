// Wrong: only the path with a slash at its end is the handler's.
import express from 'express';
import right from './ken-right-express.mjs';

export default (secret) => {
  const [app, handler] = [express(), right(secret)];
  app.use((req, res) => {
    if (req.url === '/webhooks') return res.redirect(308, '/webhooks/');
    req.url = '/webhooks';
    handler(req, res);
  });
  return app;
};
