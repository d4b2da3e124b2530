// Wrong: never comes back from a body that it cannot read.
import body from './body.mjs';
import { hex, same } from './hmac.mjs';

export default (secret) => async (req, res) => {
  if (req.method !== 'POST') return res.writeHead(405).end();
  const bytes = await body(req);
  if (!same(req.headers['x-kakiyo-signature'], `sha256=${hex(secret, bytes)}`)) return res.writeHead(401).end();
  const until = Date.now() + 20_000;
  for (let read = false; !read && Date.now() < until; ) {
    try {
      JSON.parse(bytes);
      read = true;
    } catch {
      // Once more.
    }
  }
  res.end();
};
