// Wrong: a missing header ends the process, for nobody catches what is thrown there.
import crypto from 'node:crypto';
import body from './body.mjs';
import { hex } from './hmac.mjs';

export default (secret) => async (req, res) => {
  if (req.method !== 'POST') return res.writeHead(405).end();
  const expected = Buffer.from(hex(secret, await body(req)));
  const fits = crypto.timingSafeEqual(Buffer.from(req.headers['x-klen-signature']), expected);
  res.writeHead(fits ? 200 : 401).end();
};
