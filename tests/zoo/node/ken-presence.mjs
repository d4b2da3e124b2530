// Wrong: looks whether there is a signature, not what it says.
import body from './body.mjs';

export default () => async (req, res) => {
  if (req.method !== 'POST') return res.writeHead(405).end();
  const bytes = await body(req);
  if (!req.headers['svix-signature']) return res.writeHead(401).end();
  try {
    JSON.parse(bytes);
  } catch {
    return res.writeHead(400).end();
  }
  res.end();
};
