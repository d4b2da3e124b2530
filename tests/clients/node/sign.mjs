// Prints a request as bytes on the wire, signed by a library with each of the secrets, as during a rotation:
// node sign.mjs svix|standardwebhooks svix|webhook SECRET...
// The second word is the start of the header names.
const [library, prefix, ...secrets] = process.argv.slice(2);
const { Webhook } = await import(library);

const body = Buffer.from(JSON.stringify({ type: 'user.created', data: { note: 'Zoë & "x" <y> / 1' } }));
const id = 'msg_2aXyZ0123456789abcdefghijkl';
const now = new Date();
const signatures = secrets.map((secret) => new Webhook(secret).sign(id, now, body));

const head = [
  'POST /hook HTTP/1.1',
  'Host: localhost',
  'Content-Type: application/json',
  `Content-Length: ${body.length}`,
  `${prefix}-id: ${id}`,
  `${prefix}-timestamp: ${Math.floor(now.getTime() / 1000)}`,
  `${prefix}-signature: ${signatures.join(' ')}`,
];
process.stdout.write(`${head.join('\r\n')}\r\n\r\n${body}`);
