// Wrong: the answer to what is refused holds the trace.
import body from './body.mjs';
import { hex, same } from './hmac.mjs';

export default (secret) => async (req, res) => {
  if (req.method !== 'POST') return res.writeHead(405).end();
  try {
    const bytes = await body(req);
    if (!same(req.headers['x-hub-signature-256'], `sha256=${hex(secret, bytes)}`)) throw new Error('invalid signature');
    JSON.parse(bytes);
    res.end();
  } catch (error) {
    res.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify({ stack: error.stack }));
  }
};
