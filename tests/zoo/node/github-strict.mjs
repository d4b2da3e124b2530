// Wrong: refuses payloads with fields that it does not know.
import body from './body.mjs';
import { hex, same } from './hmac.mjs';

export default (secret) => async (req, res) => {
  if (req.method !== 'POST') return res.writeHead(405).end();
  const bytes = await body(req);
  if (!same(req.headers['x-hub-signature-256'], `sha256=${hex(secret, bytes)}`)) return res.writeHead(401).end();
  let event;
  try {
    event = JSON.parse(bytes);
  } catch {
    return res.writeHead(400).end();
  }
  const unknown = Object.keys(event).filter((key) => key.startsWith('hookctl'));
  if (unknown.length > 0) return res.writeHead(400).end(`unrecognized key ${unknown}`);
  res.writeHead(200).end();
};
