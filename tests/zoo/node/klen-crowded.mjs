// Wrong: more than a few at once are too many.
import body from './body.mjs';
import { hex, same } from './hmac.mjs';

export default (secret) => {
  let connections = 0;
  return async (req, res) => {
    if (req.method !== 'POST') return res.writeHead(405).end();
    const bytes = await body(req);
    if (!same(req.headers['x-klen-signature'], hex(secret, bytes))) return res.writeHead(401).end();
    if (connections === 5) return res.writeHead(500).end('too many connections');
    connections += 1;
    await new Promise((later) => setTimeout(later, 50));
    connections -= 1;
    res.end();
  };
};
