// Wrong: never comes to the end of a body that is large.
import body from './body.mjs';
import { hex, same } from './hmac.mjs';

export default (secret) => async (req, res) => {
  if (req.method !== 'POST') return res.writeHead(405).end();
  if (Number(req.headers['content-length']) > 500_000) return req.pause();
  if (!same(req.headers['x-klen-signature'], hex(secret, await body(req)))) return res.writeHead(401).end();
  res.end();
};
