// Sends files as signed deliveries: `SECRET=... node send.mjs URL FILES`. Prints the status of each answer.

import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";

const [url, ...paths] = process.argv.slice(2);
for (const path of paths) {
  const body = readFileSync(path);
  const seconds = Math.floor(Date.now() / 1000);
  const signature = createHmac("sha256", process.env.SECRET).update(`${seconds}.`).update(body).digest("hex");
  const headers = { "content-type": "application/json", "choppity-signature-256": `t=${seconds}, v1=${signature}` };
  console.log((await fetch(url, { method: "POST", body, headers })).status);
}
