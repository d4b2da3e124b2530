// Wrong: takes the white space off the body before it verifies.
import body from './body.mjs';
import { hex, same } from './hmac.mjs';

export default (secret) => async (req, res) => {
  if (req.method !== 'POST') return res.writeHead(405).end();
  const text = (await body(req)).toString().trim();
  const fits = same(req.headers['x-hub-signature-256'], `sha256=${hex(secret, text)}`);
  res.writeHead(fits ? 200 : 401).end();
};
