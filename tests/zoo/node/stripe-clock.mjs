// Wrong: takes the signed time for milliseconds, so that everything is too old.
import body from './body.mjs';
import { hex, same } from './hmac.mjs';

export default (secret) => async (req, res) => {
  const bytes = await body(req);
  const [, t, v1] = /t=(\d+),v1=(\w+)/.exec(req.headers['stripe-signature'] ?? '') ?? [];
  const isRecent = Date.now() - Number(t) < 300_000;
  const fits = same(v1, hex(secret, `${t}.${bytes}`));
  res.writeHead(fits && isRecent ? 200 : 400).end();
};
