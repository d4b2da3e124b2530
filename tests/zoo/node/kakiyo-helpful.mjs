// Wrong: says which signature it expected.
import body from './body.mjs';
import { hex, same } from './hmac.mjs';

export default (secret) => async (req, res) => {
  if (req.method !== 'POST') return res.writeHead(405).end();
  const expected = `sha256=${hex(secret, await body(req))}`;
  const given = req.headers['x-kakiyo-signature'];
  if (!same(given, expected)) return res.writeHead(401).end(`signature mismatch: expected ${expected}, got ${given}`);
  res.end();
};
