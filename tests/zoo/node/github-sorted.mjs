// Wrong: verifies the body with its keys sorted, as somebody's idea of a canonical form.
import body from './body.mjs';
import { hex, same } from './hmac.mjs';

const sorted = (value) => {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key])]));
};

export default (secret) => async (req, res) => {
  if (req.method !== 'POST') return res.writeHead(405).end();
  let text;
  try {
    text = JSON.stringify(sorted(JSON.parse(await body(req))));
  } catch {
    return res.writeHead(400).end('no JSON');
  }
  const fits = same(req.headers['x-hub-signature-256'], `sha256=${hex(secret, text)}`);
  res.writeHead(fits ? 200 : 401).end();
};
