// Wrong: parses before it verifies, so that anybody can make it fail.
import body from './body.mjs';
import { hex, same } from './hmac.mjs';

export default (secret) => async (req, res) => {
  if (req.method !== 'POST') return res.writeHead(405).end();
  const bytes = await body(req);
  try {
    JSON.parse(bytes);
  } catch {
    return res.writeHead(500).end('Internal Server Error');
  }
  const fits = same(req.headers['x-hub-signature-256'], `sha256=${hex(secret, bytes)}`);
  res.writeHead(fits ? 200 : 401).end();
};
