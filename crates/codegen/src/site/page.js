// What the page does when somebody touches it. Without this, it still tells all that it has to tell.
"use strict";

const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const one = (selector) => document.querySelector(selector);
const element = (name, properties = {}, ...children) => {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
};
// A page that is opened as a file may have no storage.
const stored = {
  get(key) { try { return localStorage.getItem(key); } catch { return null; } },
  set(key, value) { try { localStorage.setItem(key, value); } catch { /* It holds until the page is closed. */ } },
};

// Dark and light.
{
  const button = one("#theme");
  const preferred = matchMedia("(prefers-color-scheme: dark)");
  const root = document.documentElement;
  const isDark = () => (root.dataset.theme ?? (preferred.matches ? "dark" : "light")) === "dark";
  const tell = () => { button.textContent = isDark() ? "Light theme" : "Dark theme"; };
  if (stored.get("theme")) root.dataset.theme = stored.get("theme");
  button.hidden = false;
  button.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    stored.set("theme", root.dataset.theme);
    tell();
  });
  preferred.addEventListener("change", tell);
  tell();
}

// On a small screen, the contents are closed until somebody wants them.
{
  const contents = one("nav details");
  const small = matchMedia("(max-width: 60rem)");
  const set = () => { contents.open = !small.matches; };
  small.addEventListener("change", set);
  contents.addEventListener("click", (event) => { if (small.matches && event.target.closest("a")) contents.open = false; });
  set();
}

// Search: hides what has not all of the words in it.
{
  const query = one("#query");
  const text = (part, selector) => all(selector, part).map((one) => one.textContent).join(" ").toLowerCase();
  const events = all("article.event").map((article) => ({
    part: article,
    name: article.dataset.event.toLowerCase(),
    item: one(`nav li[data-event="${CSS.escape(article.dataset.event)}"]`),
    // Not what it leads to: that is found itself.
    text: text(article, "h3, h3 ~ p, .table"),
  }));
  const others = all("main > section:not(.domain)").map((section) => ({ part: section, text: text(section, "h1, h2, h3, p, li, dl, .table") }));
  const search = () => {
    const words = query.value.toLowerCase().split(/\s+/).filter(Boolean);
    const isFound = ({ text }) => words.every((word) => text.includes(word));
    let [count, sections] = [0, 0];
    for (const event of events) {
      event.part.hidden = event.item.hidden = !isFound(event);
      count += event.part.hidden ? 0 : 1;
    }
    for (const other of others) {
      other.part.hidden = !isFound(other);
      sections += other.part.hidden ? 0 : 1;
    }
    for (const domain of all("main > section.domain")) domain.hidden = !all("article", domain).some((article) => !article.hidden);
    for (const list of all("nav .events")) list.previousElementSibling.hidden = !all("li", list).some((item) => !item.hidden);
    one("#nothing").hidden = count + sections > 0;
    one("#found").textContent = words.length ? `${count} of ${events.length} event types` : "";
  };
  const clear = () => { query.value = ""; search(); };
  query.form.hidden = false;
  query.addEventListener("input", () => { search(); scrollTo(0, 0); });
  query.form.addEventListener("submit", (event) => {
    event.preventDefault();
    const sought = query.value.trim().toLowerCase();
    const shown = events.filter(({ part }) => !part.hidden);
    const rank = ({ name }) => (name === sought ? 0 : name.startsWith(sought) ? 1 : name.includes(sought) ? 2 : 3);
    const [best] = shown.sort((a, b) => rank(a) - rank(b));
    const target = best?.part ?? others.find(({ part }) => !part.hidden)?.part;
    if (target) location.hash = target.id;
  });
  addEventListener("keydown", (event) => {
    const types = event.target.closest?.("input, textarea, select");
    if (event.key === "/" && !types && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      query.focus();
    }
    if (event.key === "Escape" && query.value) clear();
  });
  // A link to what is hidden shows it.
  const show = (hash) => {
    const target = document.getElementById(hash.slice(1));
    if (target?.closest("[hidden]")) { clear(); target.scrollIntoView(); }
  };
  addEventListener("hashchange", () => show(location.hash));
  addEventListener("click", (event) => { const link = event.target.closest?.("a[href^='#']"); if (link) show(link.hash); });
}

// The contents say what is being read.
{
  const links = new Map(all("nav a").map((link) => [link.hash.slice(1), link]));
  const seen = new Set();
  const watch = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) seen[isIntersecting ? "add" : "delete"](target);
    for (const link of links.values()) link.removeAttribute("aria-current");
    const first = [...seen].sort((a, b) => (a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1))[0];
    if (first) links.get(first.id)?.setAttribute("aria-current", "true");
  }, { rootMargin: "-15% 0px -70%" });
  for (const target of all("article.event, main > section:not(.domain)")) watch.observe(target);
}

// Programs: one language at a time, the same everywhere.
{
  const groups = all(".programs").map((group, at) => {
    const programs = all(".program", group);
    const tabs = programs.map((program, index) => {
      program.id = `program-${at}-${index}`;
      program.setAttribute("role", "tabpanel");
      const tab = element("button", { type: "button", textContent: program.dataset.language, id: `tab-${at}-${index}` });
      tab.setAttribute("role", "tab");
      tab.setAttribute("aria-controls", program.id);
      program.setAttribute("aria-labelledby", tab.id);
      return tab;
    });
    const list = element("div", { className: "tabs" }, ...tabs);
    list.setAttribute("role", "tablist");
    list.setAttribute("aria-label", "Language");
    group.prepend(list);
    list.addEventListener("click", (event) => { if (event.target.role === "tab") choose(event.target); });
    list.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      const next = tabs[(tabs.indexOf(event.target) + step + tabs.length) % tabs.length];
      choose(next);
      next.focus();
    });
    return { programs, tabs };
  });
  const show = (language) => {
    for (const { programs, tabs } of groups) {
      const found = programs.findIndex((program) => program.dataset.language === language);
      tabs.forEach((tab, index) => {
        const isShown = index === Math.max(found, 0);
        tab.setAttribute("aria-selected", String(isShown));
        tab.tabIndex = isShown ? 0 : -1;
        programs[index].hidden = !isShown;
      });
    }
  };
  const choose = (tab) => {
    const top = tab.getBoundingClientRect().top;
    show(tab.textContent);
    stored.set("language", tab.textContent);
    // What stands above has other heights now.
    scrollBy({ top: tab.getBoundingClientRect().top - top, behavior: "instant" });
  };
  show(stored.get("language"));
}

// Copying.
for (const button of all(".copy")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const text = button.parentElement.querySelector("code").textContent;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // A page that is opened as a file may have no clipboard.
      const field = element("textarea", { value: text, className: "unseen" });
      document.body.append(field);
      field.select();
      document.execCommand("copy");
      field.remove();
      button.focus();
    }
    const name = button.getAttribute("aria-label");
    button.textContent = "Copied";
    button.setAttribute("aria-label", "Copied");
    setTimeout(() => {
      button.textContent = "Copy";
      button.setAttribute("aria-label", name);
    }, 1500);
  });
}

// The playground. The module is the parser itself: nothing here judges a delivery.
const playground = async () => {
  const coded = atob(one("#module").textContent);
  const { instance } = await WebAssembly.instantiate(Uint8Array.from(coded, (c) => c.charCodeAt(0)));
  const { memory, playground_input, playground_output, playground_judge, playground_verify, playground_sign } = instance.exports;
  const bytes = (text) => new TextEncoder().encode(text);
  // Calls `work` on the bytes of `parts`, and gives what it answers.
  const ask = (parts, work) => {
    const total = parts.reduce((sum, part) => sum + part.length, 0);
    let at = playground_input(total);
    for (const part of parts) {
      new Uint8Array(memory.buffer).set(part, at);
      at += part.length;
    }
    const length = work();
    return JSON.parse(new TextDecoder().decode(new Uint8Array(memory.buffer, playground_output(), length)));
  };

  const delivery = one("#delivery");
  const exact = one("#exact");
  // The bytes of a file; a text field has only text, and line breaks of one kind.
  let file = null;
  const body = () => file ?? bytes(delivery.value);
  // Says something in `box`: a screen reader hears it if it is new.
  const tell = (box, kind, text) => {
    const said = one(`${box} .told`);
    said.className = `told ${kind}`;
    said.hidden = text === "";
    if (said.textContent !== text) said.textContent = text;
  };
  // Backticks mark code.
  const marked = (text) => text.split("`").map((part, at) => (at % 2 ? element("code", {}, part) : part));

  const judge = () => {
    const list = one("#verdict .faults");
    list.replaceChildren();
    if (body().length === 0) return tell("#verdict", "new", "Nothing to judge yet.");
    const verdict = ask([body()], playground_judge);
    if (verdict.accepted && verdict.isKnown) {
      return tell("#verdict", "yes", `Accepted: ${verdict.type}${verdict.followUp ? `\nNext: GET ${verdict.followUp}` : ""}`);
    }
    if (verdict.accepted) {
      return tell("#verdict", "new", `Accepted: ${verdict.type}, an event type that this version does not know. It is kept as it came.`);
    }
    const { violations } = verdict;
    const count = violations.length === 1 ? "one fault" : `${violations.length} faults`;
    tell("#verdict", "no", violations.length ? `Rejected: ${count}` : `Rejected: ${verdict.message}`);
    list.append(...violations.map((violation) => {
      const place = element("b", {}, `${violation.line}:${violation.column} ${violation.pointer === "" ? "delivery" : violation.pointer}`);
      const button = element("button", { type: "button" }, place, " ", ...marked(violation.message));
      button.addEventListener("click", () => select(violation));
      return element("li", {}, button);
    }));
  };
  // Line and column count from 1, columns in characters.
  const select = ({ line, column }) => {
    const lines = delivery.value.split("\n");
    const before = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0);
    const start = before + [...(lines[line - 1] ?? "")].slice(0, column - 1).join("").length;
    delivery.focus();
    delivery.setSelectionRange(start, start + 1);
  };

  const secret = one("#secret");
  const signature = one("#signature");
  // As it is copied from a list of headers, with its name.
  const header = () => {
    const name = one('label[for="signature"]').textContent.trim().toLowerCase();
    const text = signature.value.trim();
    return text.toLowerCase().startsWith(`${name}:`) ? text.slice(name.length + 1).trim() : text;
  };
  const verify = () => {
    if (!secret) return;
    if (!secret.value || !signature.value) return tell("#genuine", "new", secret.value || signature.value ? "It takes a secret and the value of the header." : "");
    const parts = [bytes(header()), bytes(secret.value), body()];
    const now = one("#archived").checked ? -1 : Math.floor(Date.now() / 1000);
    const { genuine, message, signedAt } = ask(parts, () => playground_verify(parts[0].length, parts[1].length, now));
    const date = genuine ? `\n${new Date(signedAt * 1000).toLocaleString()}` : "";
    const blank = !genuine && secret.value !== secret.value.trim() ? "\nThe secret has a blank at its start or its end." : "";
    tell("#genuine", genuine ? "yes" : "no", message + date + blank);
  };

  const changed = () => { judge(); verify(); };
  const show = (text) => {
    file = null;
    exact.hidden = true;
    delivery.value = text;
    changed();
  };
  delivery.addEventListener("input", () => { file = null; exact.hidden = true; changed(); });
  for (const field of [secret, signature, one("#archived")]) field?.addEventListener("input", verify);
  one("#sign")?.addEventListener("click", () => {
    const parts = [bytes(secret.value), body()];
    const signed = ask(parts, () => playground_sign(parts[0].length, Math.floor(Date.now() / 1000)));
    if (signed.header) signature.value = signed.header;
    verify();
    if (!signed.header) tell("#genuine", "no", signed.message);
  });
  one("#file").addEventListener("change", async (event) => {
    const [chosen] = event.target.files;
    if (!chosen) return;
    const read = new Uint8Array(await chosen.arrayBuffer());
    // The same file may be opened again, changed.
    event.target.value = "";
    delivery.value = new TextDecoder().decode(read);
    file = read;
    exact.textContent = `The ${read.length} bytes of ${chosen.name} are judged as they are, until you change the text.`;
    exact.hidden = false;
    changed();
  });
  const example = one("#example");
  const showExample = () => {
    const article = document.getElementById(all("article.event").find((event) => event.dataset.event === example.value).id);
    show(article.querySelector(".examples code").textContent);
  };
  example.addEventListener("change", showExample);
  showExample();
  one("#playground").hidden = false;
  // What stands below it has moved.
  one(":target")?.scrollIntoView();
  document.documentElement.dataset.playground = "ready";
};
if (one("#module")) {
  playground().catch((error) => {
    one("#silent").textContent = `It does not run in this browser: ${error}`;
    one("#silent").hidden = false;
  });
}
