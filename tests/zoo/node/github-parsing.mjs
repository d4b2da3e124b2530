// Wrong: what cannot be parsed ends in 500.
import body from './body.mjs';
import { hex, same } from './hmac.mjs';

export default (secret) => async (req, res) => {
  if (req.method !== 'POST') return res.writeHead(405).end();
  const bytes = await body(req);
  if (!same(req.headers['x-hub-signature-256'], `sha256=${hex(secret, bytes)}`)) return res.writeHead(401).end();
  try {
    JSON.parse(bytes);
    res.end();
  } catch (error) {
    res.writeHead(500).end('Internal Server Error');
  }
};
