// Serves each handler that is named at /webhooks on a port of its own, and says on which: a line `NAME PORT` for each,
// then `ready`. WEBHOOK_SECRETS has the secrets by provider as JSON; a name starts with that of its provider.
import http from 'node:http';

const secrets = JSON.parse(process.env.WEBHOOK_SECRETS);
for (const name of process.argv.slice(2)) {
  const { default: handler } = await import(`./${name}.mjs`);
  const server = http.createServer(await handler(secrets[name.split('-')[0]]));
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  console.log(`${name} ${server.address().port}`);
}
console.log('ready');
// Ends with the test run: however that ends, our stdin closes.
process.stdin.resume().on('end', () => process.exit());
