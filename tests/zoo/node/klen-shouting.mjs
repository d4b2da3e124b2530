// Wrong: expects the digest in upper case.
import body from './body.mjs';
import { hex } from './hmac.mjs';

export default (secret) => async (req, res) => {
  const expected = hex(secret, await body(req)).toUpperCase();
  res.writeHead(req.headers['x-klen-signature'] === expected ? 200 : 403).end();
};
