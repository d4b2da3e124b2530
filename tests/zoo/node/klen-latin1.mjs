// Wrong: decodes the body in another character set before it verifies.
import body from './body.mjs';
import { hex, same } from './hmac.mjs';

export default (secret) => async (req, res) => {
  if (req.method !== 'POST') return res.writeHead(405).end();
  const text = (await body(req)).toString('latin1');
  if (!same(req.headers['x-klen-signature'], hex(secret, text))) return res.writeHead(401).end('bad signature');
  try {
    JSON.parse(text);
  } catch {
    return res.writeHead(400).end('no JSON');
  }
  res.end('ok');
};
