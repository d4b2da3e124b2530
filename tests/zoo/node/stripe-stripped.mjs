// Wrong: takes whsec_ off the secret, which belongs to the key here.
import body from './body.mjs';
import { hex, same } from './hmac.mjs';

export default (secret) => async (req, res) => {
  const bytes = await body(req);
  const [, t, v1] = /t=(\d+),v1=(\w+)/.exec(req.headers['stripe-signature'] ?? '') ?? [];
  res.writeHead(same(v1, hex(secret.replace('whsec_', ''), `${t}.${bytes}`)) ? 200 : 400).end();
};
