// The programs on the pages, as one copies them: compiled in Rust, TypeScript and Python, and the commands run against a receiver.
import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { promisify } from "node:util";
import { launch, open, pages, root } from "./browser.mjs";

const out = `${root}target/site/programs`;
rmSync(out, { recursive: true, force: true });
const run = (program, args, options) => execFileSync(program, args, { stdio: ["ignore", "inherit", "inherit"], ...options });
const write = (path, text) => {
  mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true });
  writeFileSync(path, text);
};

const browser = await launch();
const programs = {};
for (const { name, file } of pages) {
  const page = await open(browser, file, { script: false });
  programs[name] = await page.$$eval(".program", (all) => all.map((one) => ({
    owner: one.closest(".programs").dataset.owner,
    language: one.dataset.language,
    text: one.querySelector("code").textContent,
  })));
  await page.close();
}
await browser.close();

for (const { name, schema } of pages) {
  const of = (language) => programs[name].filter((program) => program.language === language);
  const contract = name === "own" ? root : `${root}target/tmp/${name}/`;
  const { package: crate = "clip-events" } = JSON.parse(readFileSync(`${schema}/contract.json`, "utf8"));
  const folder = `${out}/${name}`;
  const counts = Object.fromEntries(["Rust", "TypeScript", "Python", "curl"].map((language) => [language, of(language).length]));
  console.log(name, counts);
  assert.ok(Object.values(counts).every((count) => count >= 14));

  of("TypeScript").forEach(({ text }, at) => write(`${folder}/typescript/program${at}.ts`, text));
  write(`${folder}/typescript/tsconfig.json`, JSON.stringify({
    compilerOptions: {
      strict: true, noEmit: true, noUnusedLocals: true, target: "ES2022", module: "NodeNext", lib: ["ES2022", "DOM"], types: [],
      paths: { [crate]: [`${root}target/exports/typescript/${name}/dist/index.d.ts`] },
    },
  }));
  run(`${root}tests/exports/typescript/node_modules/.bin/tsc`, ["-p", `${folder}/typescript`]);

  const module = crate.replaceAll("-", "_");
  const python = name === "own" ? `${root}bindings/python/src` : `${root}target/exports/python/${name}`;
  // Of another contract, the package is the same around other models.
  if (module !== "clip_events") write(`${folder}/python/${module}/__init__.py`, "from clip_events import *\n");
  of("Python").forEach(({ text }, at) => write(`${folder}/python/program${at}.py`, text));
  run(`${root}target/exports/python/venv/bin/mypy`, ["--strict", "--no-error-summary", "--cache-dir", `${out}/mypy-${name}`, `${folder}/python`], {
    env: { ...process.env, MYPYPATH: python },
  });

  if (name === "additions") continue; // The same names as of this contract.
  const rust = of("Rust").filter(({ owner }) => name === "own" || owner !== "receive");
  rust.forEach(({ text }, at) => write(`${folder}/rust/src/program${at}.rs`, text));
  write(`${folder}/rust/src/lib.rs`, rust.map((_, at) => `pub mod program${at};\n`).join(""));
  const receiver = name === "own" ? `clip-events-receiver = { path = "${root}crates/receiver" }\n` : "";
  write(`${folder}/rust/Cargo.toml`, `[package]
name = "programs"
edition = "2024"

[dependencies]
${crate} = { package = "clip-events", path = "${contract}crates/types" }
${receiver}
[lints.rust]
warnings = "deny"
# Of the names of fields.
confusable_idents = "allow"
mixed_script_confusables = "allow"
uncommon_codepoints = "allow"

[profile.dev]
debug = "line-tables-only"

[profile.dev.package."*"]
debug = false

[workspace]
`);
  copyFileSync(`${root}Cargo.lock`, `${folder}/rust/Cargo.lock`);
  run("cargo", ["check", "--quiet", "--target-dir", `${root}target`], { cwd: `${folder}/rust` });
}

// Each example is sent as the page says, and arrives genuine and typed; what it announces is asked for.
const { followUp, parse, SIGNATURE_HEADER, verify } = await import(`${root}target/exports/typescript/own/dist/index.js`);
const seen = [];
const server = createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  if (request.method === "GET") {
    seen.push({ path: request.url });
    return response.end();
  }
  try {
    const body = new Uint8Array(Buffer.concat(chunks));
    await verify(request.headers[SIGNATURE_HEADER] ?? null, body, "whsec_1");
    const event = parse(body);
    seen.push({ type: event.type, next: followUp(event) });
  } catch (error) {
    seen.push({ error: String(error) });
  }
  response.end();
});
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const url = `http://127.0.0.1:${server.address().port}`;
const commands = programs.own.filter(({ language }) => language === "curl");
for (const { owner, text } of commands) {
  assert.ok(text.includes("URL=http://localhost:8080/\n"));
  seen.length = 0;
  const script = text.replace("URL=http://localhost:8080/", `URL=${url}/`);
  await promisify(execFile)("sh", ["-eu", "-c", script], { env: { ...process.env, API: url, AUTHORIZATION: "authorization: none" } });
  const [delivered, asked] = seen;
  assert.equal(delivered.type, owner, `${JSON.stringify(seen)}\n${text}`);
  assert.equal(asked?.path, delivered.next ?? undefined, text);
}
server.close();
console.log(`${commands.length} passed, 0 failed`);
