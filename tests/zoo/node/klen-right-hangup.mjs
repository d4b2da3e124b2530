// Right: hangs up on bodies that are too large.
import { hex, same } from './hmac.mjs';

export default (secret) => (req, res) => {
  if (req.method !== 'POST') return res.writeHead(405).end();
  const chunks = [];
  let length = 0;
  req.on('data', (chunk) => {
    length += chunk.length;
    if (length > 100 * 1024) return req.destroy();
    chunks.push(chunk);
  });
  req.on('end', () => {
    const bytes = Buffer.concat(chunks);
    if (!same(req.headers['x-klen-signature'], hex(secret, bytes))) return res.writeHead(401).end();
    try {
      JSON.parse(bytes);
    } catch {
      return res.writeHead(400).end();
    }
    res.end('received');
  });
};
