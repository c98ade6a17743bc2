// Pages that are wrong, each of which a test must notice.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { root } from "./browser.mjs";

const page = readFileSync(`${root}target/site/index.html`, "utf8");
const policy = /<meta http-equiv="Content-Security-Policy"[^>]*>/;
const mutants = [
  ["an event type is missing", "each event type is there", [/<article class="event".*?<\/article>/s, ""]],
  ["something is fetched", "each event type is there", [policy, ""], ["</main>", '<img alt="" src="http://127.0.0.1:9/x.png"></main>']],
  ["a link leads nowhere", "each event type is there", ["</main>", '<a href="#/nowhere">x</a></main>']],
  ["a script fails", "each event type is there", ["</body>", "<script>throw new Error('x')</script></body>"]],
  ["a field has no label", "axe finds nothing", [/<label for="delivery">.*?<\/label>/, ""]],
  ["text can hardly be read", "axe finds nothing", ["--faint: #59616e", "--faint: #b9c0cc"]],
  ["it is wider than a phone", "a phone shows it", ["main { min-width: 0;", "main { min-width: 40rem;"]],
  ["search finds what has not the words", "search finds", ["text.includes(word)", "!text.includes(word)"]],
  ["a rejected delivery looks accepted", "the parser's verdict", ['tell("#verdict", "no"', 'tell("#verdict", "yes"']],
  ["a fault is one line off", "each fault leads to", ["lines.slice(0, line - 1)", "lines.slice(0, line)"]],
  ["a file is judged as text", "judged by its bytes", ["file ?? bytes(delivery.value)", "bytes(delivery.value)"]],
  ["the time of a signature does not matter", "a signature is checked", ['one("#archived").checked ? -1 :', "true ? -1 :"]],
  ["what is copied is cut", "what is copied", ["writeText(text)", "writeText(text.slice(1))"]],
];

let noticed = 0;
for (const [name, test, ...edits] of mutants) {
  let mutant = page;
  for (const [from, to] of edits) {
    const edited = mutant.replace(from, () => to);
    assert.notEqual(edited, mutant, `${name}: nothing to change`);
    mutant = edited;
  }
  const file = `${root}target/site/mutant.html`;
  writeFileSync(file, mutant);
  const ran = spawnSync(process.execPath, ["--test", "--test-name-pattern", test, "site.test.mjs"], {
    cwd: `${root}tests/site`, env: { ...process.env, PAGE: file }, encoding: "utf8",
  });
  const isNoticed = ran.status !== 0 && /^# fail [1-9]/m.test(ran.stdout) && /AssertionError|ERR_ASSERTION/.test(ran.stdout);
  noticed += isNoticed;
  if (!isNoticed) console.log(`not noticed: ${name}\n${ran.stdout}`);
}
console.log(`${noticed} of ${mutants.length} mutants were noticed`);
process.exit(noticed === mutants.length ? 0 : 1);
