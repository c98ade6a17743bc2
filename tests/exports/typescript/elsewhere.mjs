// What holds wherever the package runs: in Deno (`deno run --allow-read elsewhere.mjs DIST JUDGED`), in browsers and workers
// (`tests/site/bindings.test.mjs`). Asks for nothing that only Node has.

/** Where the package says otherwise than the Rust parser, or takes a signature for another; empty if all is right. */
export async function differences({ tryParse, ParseError, verify, SignatureError }, judged) {
  const found = [];
  let count = 0;
  for (const line of judged.split("\n").filter(Boolean)) {
    const { body, valid } = JSON.parse(line);
    const bytes = Uint8Array.from(body, (c) => c.charCodeAt(0));
    if (!(tryParse(bytes) instanceof ParseError) !== valid) found.push(`${valid}: ${body.slice(0, 300)}`);
    count += 1;
  }
  if (count < 1000) found.push(`only ${count} deliveries`);

  const body = new TextEncoder().encode('{"id":"é"}');
  const now = Math.floor(Date.now() / 1000);
  const secret = new TextEncoder().encode("whsec_1");
  const key = await crypto.subtle.importKey("raw", secret, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const signed = new Uint8Array([...new TextEncoder().encode(`${now}.`), ...body]);
  const mac = new Uint8Array(await crypto.subtle.sign("HMAC", key, signed));
  const header = `t=${now},v1=${[...mac].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
  if ((await verify(header, body, "whsec_1")) !== now) found.push("a genuine signature");
  for (const [other, sent] of [["whsec_2", body], ["whsec_1", signed]]) {
    const refused = await verify(header, sent, other).then(() => false, (error) => error instanceof SignatureError);
    if (!refused) found.push(`a signature that is not genuine: ${other}`);
  }
  return found;
}

if (globalThis.Deno?.mainModule === import.meta.url) {
  const [dist, judged] = Deno.args;
  const found = differences(await import(`file://${dist}/index.js`), Deno.readTextFileSync(judged));
  for (const difference of await found) console.log(difference);
  console.log(`Deno: ${(await found).length} differences`);
  Deno.exit((await found).length === 0 ? 0 : 1);
}
