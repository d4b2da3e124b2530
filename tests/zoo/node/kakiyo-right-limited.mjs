// Right: limits the rate, and says when to come back.
import body from './body.mjs';
import { hex, same } from './hmac.mjs';

export default (secret) => {
  let left = 25;
  setInterval(() => (left = 25), 500).unref();
  return async (req, res) => {
    const bytes = await body(req);
    if (req.method !== 'POST') return res.writeHead(405).end();
    if (left === 0) return res.writeHead(429, { 'retry-after': '1' }).end();
    left -= 1;
    if (!same(req.headers['x-kakiyo-signature'], `sha256=${hex(secret, bytes)}`)) return res.writeHead(401).end();
    try {
      JSON.parse(bytes);
    } catch {
      return res.writeHead(400).end();
    }
    res.end('{"ok":true}');
  };
};
