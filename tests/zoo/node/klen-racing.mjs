// Wrong: looks whether it has seen a delivery, and writes it down later: two at once collide.
import body from './body.mjs';
import { hex, same } from './hmac.mjs';

export default (secret) => {
  const [seen, rows] = [new Set(), new Set()];
  return async (req, res) => {
    if (req.method !== 'POST') return res.writeHead(405).end();
    const bytes = await body(req);
    if (!same(req.headers['x-klen-signature'], hex(secret, bytes))) return res.writeHead(401).end();
    const id = req.headers['x-klen-delivery-id'];
    if (seen.has(id)) return res.writeHead(200).end();
    await new Promise((later) => setTimeout(later, 30));
    if (rows.has(id)) return res.writeHead(500).end('unique constraint');
    rows.add(id);
    seen.add(id);
    res.writeHead(200).end();
  };
};
