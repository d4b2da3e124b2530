// Runs verification code on requests: reads cases from the file that is named, prints what each says as JSON.
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const folder = mkdtempSync(join(tmpdir(), "hookctl-snippets-"));
const said = [];
for (const { scheme, code, headers, body, secret, rest } of JSON.parse(readFileSync(process.argv[2]))) {
  const file = join(folder, `${scheme}.mjs`);
  writeFileSync(file, code);
  const { verify } = await import(pathToFileURL(file));
  said.push(verify(headers, Buffer.from(body), secret, ...rest));
}
console.log(JSON.stringify(said));
