// Wrong: the secret is used as it is written, so that nothing real ever verifies.
import crypto from 'node:crypto';
import body from './body.mjs';

export default (secret) => async (req, res) => {
  const bytes = await body(req);
  const content = `${req.headers['svix-id']}.${req.headers['svix-timestamp']}.${bytes}`;
  const expected = crypto.createHmac('sha256', secret).update(content).digest('base64');
  const fits = req.headers['svix-signature']?.includes(expected);
  res.writeHead(fits ? 200 : 401).end('Unauthorized');
};
