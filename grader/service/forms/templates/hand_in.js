// The sheet on which students answer: shows how each answer is read, saves drafts, offers grids. It works without this.
(() => {
  "use strict";
  const REST = 400, COMPLAINT = 1500, SAVE = 1000, RETRY = 2000, LONGEST_RETRY = 30000;
  const PREFIX = "grader-draft:";

  const stored = {
    get(key) { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } },
    set(key, value) { try { localStorage.setItem(key, JSON.stringify(value)); } catch { /* full, or switched off */ } },
    remove(key) { try { localStorage.removeItem(key); } catch { /* switched off */ } },
    keys(prefix) { try { return Object.keys(localStorage).filter((key) => key.startsWith(prefix)); } catch { return []; /* switched off */ } },
  };

  const receipt = document.querySelector("[data-handed-in]");
  if (receipt) { // what was handed in is kept no longer; what is not in it, such as a field beside an uploaded file, stays
    const prefix = `${PREFIX}${receipt.dataset.store}:`, handedIn = JSON.parse(receipt.dataset.handedIn);
    for (const key of stored.keys(prefix)) {
      const kept = stored.get(key), text = handedIn[key.slice(prefix.length)] || "";
      if (!kept || kept.written === text || !`${kept.written}${text}`.trim()) stored.remove(key);
    }
  }

  const form = document.getElementById("hand-in");
  if (!form) return;
  document.documentElement.classList.add("js");
  const words = JSON.parse(form.dataset.words);
  const token = document.querySelector('meta[name="csrf-token"]').content;
  const headers = { "Content-Type": "application/json", "X-CSRF-Token": token };

  function post(url, body, more) {
    return fetch(url, { method: "POST", headers, body: JSON.stringify(body), credentials: "same-origin", redirect: "manual", ...more });
  }

  function element(tag, properties = {}, ...inside) {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...inside);
    return made;
  }

  // -- a field: its text, its reading, its draft ---------------------------------------------------------------------

  class Field {
    constructor(box) {
      this.box = box;
      this.part = box.dataset.part;
      this.join = box.dataset.join;
      this.revision = Number(box.dataset.revision);
      this.attempt = Number(form.elements.attempt.value);
      this.controls = [...form.elements].filter((one) => one.name === this.part);
      this.writing = this.controls.find((one) => one.matches("textarea, input[type=text]"));
      this.reading = document.getElementById(`${this.part}.reading`);
      this.conflictBox = box.querySelector(".conflict");
      this.older = box.querySelector(".older");
      this.asked = box.dataset.asked; // the question as this page asks it, and as it was asked when the text was typed
      this.typedFor = box.dataset.typedFor || this.asked;
      this.key = `${PREFIX}${form.dataset.store}:${this.part}`;
      this.saved = this.text;
      this.sequence = 0;
      this.failure = "";
    }

    get text() {
      if (this.writing) return this.writing.value;
      const chosen = this.controls.filter((one) => one.tagName === "SELECT" || one.checked).map((one) => one.value);
      return chosen.filter(Boolean).join(this.join);
    }

    set text(text) {
      if (this.writing) {
        this.writing.value = text;
        if (this.rows) this.rows.follow();
        return;
      }
      const pieces = text.split(this.join);
      for (const one of this.controls) {
        if (one.tagName === "SELECT") one.value = [...one.options].map((each) => each.value).find((value) => value && pieces.includes(value)) || "";
        else one.checked = one.type === "radio" ? one.value === text : pieces.includes(one.value);
      }
    }

    get dirty() { return this.text !== this.saved; }

    changed() {
      this.sequence += 1;
      this.typed = Date.now();
      this.left = false;
      this.answers(this.asked);
      this.keep();
      clearTimeout(this.resting);
      clearTimeout(this.complaining);
      if (this.box.hasAttribute("data-preview")) {
        this.reading.classList.add("stale");
        this.resting = setTimeout(() => this.ask(), REST);
      }
      this.failure = "";
      clearTimeout(this.savingSoon);
      this.savingSoon = setTimeout(() => this.save(), SAVE);
      showState();
    }

    leave() {
      this.left = true;
      if (this.complain) this.complain();
    }

    // -- how it is read ----------------------------------------------------------------------------------------------

    async ask() {
      clearTimeout(this.resting);
      const number = this.sequence, written = this.text;
      if (!written.trim()) {
        this.show("", false);
        if (this.rows) this.rows.lay([]);
        return;
      }
      let answer;
      try {
        const response = await post(form.dataset.preview, { part: this.part, written });
        if (number !== this.sequence) return; // typed on: a late answer is dropped
        if (response.status === 429) { this.resting = setTimeout(() => this.ask(), RETRY); return; }
        if (!response.ok) return;
        answer = await response.json();
      } catch { return; } // no connection: handing in never waits for a reading
      if (number !== this.sequence) return;
      if (this.rows) this.rows.lay(answer.cells);
      if (answer.message === null) { this.show(answer.block, false); return; }
      this.complain = () => { if (number === this.sequence) this.show(answer.block, true, answer.row); };
      const wait = this.left ? 0 : this.typed + COMPLAINT - Date.now();
      this.complaining = setTimeout(this.complain, Math.max(0, wait));
    }

    show(block, wrong, row = null) {
      clearTimeout(this.complaining);
      this.complain = null;
      this.reading.classList.remove("stale");
      this.reading.innerHTML = block; // markup of the service, in which all that was typed is escaped
      this.reach();
      if (!this.writing) return;
      if (wrong) this.writing.setAttribute("aria-invalid", "true");
      else this.writing.removeAttribute("aria-invalid");
      if (this.rows) this.rows.accuse(wrong ? row : null);
    }

    reach() { // what is wider than its place can be scrolled by keyboard; what is not is no stop on the way
      if (this.reading.scrollWidth > this.reading.clientWidth) this.reading.tabIndex = 0;
      else this.reading.removeAttribute("tabindex");
    }

    write(text) {
      this.text = text;
      this.changed();
      this.left = true;
      this.ask();
    }

    answers(asked) { // the text answers the question as it was asked then
      this.typedFor = asked;
      this.older.hidden = asked === this.asked || !this.text.trim();
    }

    // -- its draft ---------------------------------------------------------------------------------------------------

    keep() {
      if (this.dirty) stored.set(this.key, { written: this.text, revision: this.revision, asked: this.typedFor });
      else stored.remove(this.key);
    }

    restore() {
      const kept = stored.get(this.key);
      if (!kept || typeof kept.written !== "string") return false;
      const there = this.text, differs = kept.written !== there;
      if (differs) { this.text = kept.written; this.answers(kept.asked || this.asked); }
      if (differs && kept.revision !== this.revision) this.conflict({ written: there, revision: this.revision, asked: this.box.dataset.typedFor });
      else this.saved = null; // typed here, and never known to be saved
      if (differs) { this.sequence += 1; this.left = true; this.ask(); }
      this.save();
      return differs;
    }

    async save(more = {}) {
      clearTimeout(this.savingSoon);
      if (this.inFlight) { this.again = true; return; }
      if (!this.dirty || this.inConflict) return;
      const written = this.text;
      this.inFlight = true;
      let response = null, answer = null;
      try {
        response = await post(form.dataset.drafts, { part: this.part, written, revision: this.revision, attempt: this.attempt, asked: this.typedFor }, more);
        if (response.ok || response.status === 409) answer = await response.json();
      } catch { /* no connection, or no answer in JSON */ }
      this.inFlight = false;
      this.outcome(response, answer, written);
      if (this.again) { this.again = false; this.save(); }
      showState();
    }

    outcome(response, answer, written) {
      const status = response ? response.status : -1;
      if (answer && status === 200) {
        this.revision = answer.revision;
        this.saved = written;
        this.failure = "";
        this.keep();
        sendSeen();
      } else if (answer && status === 409) {
        this.failure = "";
        if (answer.attempt && answer.written === this.saved) { // handed in is what this page has seen
          this.settle(answer);
          this.again = true;
        } else this.conflict(answer);
      } else if (status === 0 || status === 401 || status === 403) {
        this.failure = "signed_out"; // 0: sent to the page on which one signs in
      } else if (status === -1 || status === 429 || status >= 500) {
        this.failure = "offline";
        retryLater();
      } else {
        this.failure = "not_saved";
      }
    }

    conflict(there) {
      if (there.written === this.text) { this.settle(there); return; }
      this.inConflict = true;
      const mine = element("button", { type: "button", textContent: words.mine });
      const theirs = element("button", { type: "button", textContent: words.theirs });
      const said = element("pre", { textContent: there.written || words.nothing });
      said.dir = this.writing && this.writing.dir === "ltr" ? "ltr" : "auto";
      mine.addEventListener("click", () => { this.settle(there); this.save(); this.focus(); });
      theirs.addEventListener("click", () => {
        this.text = there.written;
        this.answers(there.asked || this.asked);
        if (this.text !== there.written) { stored.remove(this.key); leaving = true; location.reload(); return; }
        this.settle(there);
        this.sequence += 1;
        if (this.box.hasAttribute("data-preview")) this.ask();
        this.focus();
      });
      this.conflictBox.replaceChildren(element("p", { textContent: words.conflict }), said, element("p", {}, mine, theirs));
      this.conflictBox.hidden = false;
    }

    settle(there) {
      this.revision = there.revision;
      if (there.attempt) this.attempt = there.attempt;
      this.saved = there.written;
      this.inConflict = false;
      this.conflictBox.hidden = true;
      this.conflictBox.replaceChildren();
      this.keep();
      sendSeen();
      showState();
    }

    focus() { (this.rows && this.rows.shown ? this.rows.inputs[0] : this.writing || this.controls[0]).focus(); }
  }

  // -- the state of all drafts ---------------------------------------------------------------------------------------

  const state = document.getElementById("draft-state"), said = document.getElementById("draft-said");
  let leaving = false, wasWarned = false, retrying = null, wait = RETRY;

  function stateOf() {
    const failed = ["signed_out", "offline", "not_saved"].find((name) => fields.some((field) => field.failure === name));
    if (failed) return failed;
    return fields.some((field) => field.dirty && !field.inConflict) ? "saving" : "saved";
  }

  function showState() {
    const name = stateOf(), warns = name !== "saving" && name !== "saved";
    state.textContent = words[name];
    state.classList.toggle("warn", warns);
    if (warns || (wasWarned && name === "saved")) said.textContent = words[name];
    if (name !== "saving") wasWarned = warns;
  }

  function saveAll(more) {
    fields.forEach((field) => { if (field.failure !== "not_saved") field.save(more); });
  }

  function retryLater() {
    if (retrying !== null) return;
    retrying = setTimeout(() => { retrying = null; wait = Math.min(2 * wait, LONGEST_RETRY); saveAll(); }, wait);
  }

  window.addEventListener("online", () => {
    clearTimeout(retrying);
    retrying = null;
    wait = RETRY;
    saveAll();
    fields.forEach((field) => { if (field.rows && field.rows.follows) field.ask(); });
  });
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") saveAll({ keepalive: true }); });
  window.addEventListener("beforeunload", (event) => {
    if (leaving) return;
    const lost = fields.some((field) => field.inConflict || (field.dirty && field.failure));
    if (lost) event.preventDefault();
  });
  form.addEventListener("submit", () => { leaving = true; });

  // -- a grid beside a text area -------------------------------------------------------------------------------------

  const CELL = /^[-+−]?[\p{L}\p{N}_.٫/^]+$/u;

  function cellsOf(text) {
    const rows = text.replace(/[[\](){}]/g, " ").split("\n").filter((line) => line.trim());
    const cells = rows.map((line) => line.split(/[\s,،;؛|&]+/).filter(Boolean));
    return cells.every((row) => row.length === cells[0].length && row.every((cell) => CELL.test(cell))) ? cells : null;
  }

  class Grid {
    constructor(field) {
      this.field = field;
      this.isList = field.writing.dataset.grid === "1";
      this.button = element("button", { type: "button", className: "grid-button", textContent: words.grid });
      this.button.setAttribute("aria-expanded", "false");
      this.panel = element("div", { className: "grid-panel", hidden: true });
      this.button.addEventListener("click", () => this.toggle());
      field.writing.after(this.button, this.panel);
    }

    toggle() {
      const opens = this.panel.hidden;
      this.panel.hidden = !opens;
      this.button.textContent = opens ? words.grid_close : words.grid;
      this.button.setAttribute("aria-expanded", String(opens));
      if (!opens) return;
      const cells = cellsOf(this.field.text);
      if (cells === null) { this.panel.replaceChildren(element("p", { textContent: words.grid_kept, dir: "auto" })); return; }
      this.rows = this.size(words.rows, cells.length || (this.isList ? 1 : 3));
      this.columns = this.size(words.columns, cells.length ? cells[0].length : 3);
      this.table = element("table");
      const sizes = element("div", { className: "sizes" }, ...(this.isList ? [] : [this.rows.parentElement]), this.columns.parentElement);
      this.panel.replaceChildren(sizes, element("div", { className: "cells" }, this.table));
      this.draw(cells);
    }

    size(label, value) {
      const input = element("input", { type: "number", min: 1, max: 40, value });
      input.addEventListener("change", () => this.draw(this.cells()));
      element("label", {}, label, input);
      return input;
    }

    draw(cells) {
      const count = (input) => Math.max(1, Math.min(40, Number(input.value) || 1));
      const rows = Array.from({ length: this.isList ? Math.max(1, cells.length) : count(this.rows) }, (_, row) =>
        element("tr", {}, ...Array.from({ length: count(this.columns) }, (__, column) => {
          const input = element("input", { type: "text", value: (cells[row] || [])[column] || "", autocomplete: "off", dir: "ltr" });
          input.setAttribute("aria-label", `${words.row} ${row + 1}, ${words.column} ${column + 1}`);
          input.addEventListener("input", () => this.fill());
          return element("td", {}, input);
        })));
      this.table.replaceChildren(...rows);
    }

    cells() {
      return [...this.table.rows].map((row) => [...row.querySelectorAll("input")].map((input) => input.value.replace(/\s+/g, "")));
    }

    fill() { writeCells(this.field, this.cells()); }
  }

  function writeCells(field, rows) {
    const blank = field.writing.dataset.blank;
    const isBlank = rows.every((row) => row.every((cell) => !cell));
    field.writing.value = isBlank ? "" : rows.map((row) => row.map((cell) => cell || blank).join("  ")).join("\n");
    field.changed();
  }

  // -- rows beside a text area, one entry each -----------------------------------------------------------------------

  const MOST_ROWS = 40, BARE = /^(?=.*[,،]|\p{Nd}+(?:\s+\p{Nd}+)+$)[^()[\]{};|→]+$/u; // as in rows.py

  class Rows { // they write the text; a text from elsewhere is laid into them as the service reads it
    constructor(field, box) {
      this.field = field;
      this.box = box;
      this.list = box.querySelector(".rows");
      this.kept = box.querySelector(".kept");
      this.isOpen = box.hasAttribute("data-open");
      this.inputs.forEach((input) => input.removeAttribute("name")); // the text is what is posted
      box.querySelector("input[type=hidden]").remove();
      box.disabled = false;
      this.follows = false;
      if (this.isOpen) {
        this.more = element("button", { type: "button", className: "grid-button", textContent: words.add_row, hidden: !this.shown });
        this.more.addEventListener("click", () => { if (this.add()) this.inputs.at(-1).focus(); });
        this.list.after(this.more);
      }
      this.list.addEventListener("input", () => this.fill());
      this.list.addEventListener("focusout", () => field.leave());
      this.list.addEventListener("keydown", (event) => this.next(event));
      this.list.addEventListener("paste", (event) => this.paste(event));
      field.writing.addEventListener("input", () => this.follow());
    }

    get inputs() { return [...this.list.querySelectorAll("input")]; }

    get shown() { return !this.list.hidden; }

    fill() {
      const cells = this.inputs.map((input) => input.value.trim());
      while (this.isOpen && cells.length && !cells.at(-1)) cells.pop();
      writeCells(this.field, cells.length === 1 && BARE.test(cells[0]) ? [[`(${cells[0]})`]] : cells.map((cell) => [cell]));
    }

    next(event) { // Enter goes on to the next row
      if (event.key !== "Enter") return;
      const at = this.inputs.indexOf(event.target) + 1;
      if (at < this.inputs.length || this.add()) this.inputs[at].focus();
    }

    paste(event) { // several lines are the whole answer
      const text = event.clipboardData.getData("text").trim();
      if (!text.includes("\n")) return;
      event.preventDefault();
      this.field.write(text);
    }

    add() {
      const number = this.inputs.length + 1;
      if (!this.isOpen || number > MOST_ROWS) return false;
      const row = this.list.lastElementChild.cloneNode(true), input = row.querySelector("input"), label = row.querySelector("label");
      input.id = label.htmlFor = `${this.field.part}.row.${number}`;
      input.value = "";
      input.removeAttribute("aria-invalid");
      label.lastElementChild.textContent = number.toLocaleString(document.documentElement.lang);
      this.list.append(row);
      return true;
    }

    follow() { // until the service has said how the text is read, it is not to be written over
      this.follows = true;
      this.box.classList.add("stale");
      this.inputs.forEach((input) => { input.readOnly = true; });
    }

    lay(cells) {
      if (!this.follows) return;
      this.follows = false;
      this.box.classList.remove("stale");
      const fits = cells !== null;
      this.kept.hidden = fits;
      this.list.hidden = !fits;
      if (this.more) this.more.hidden = !fits;
      while (fits && this.inputs.length < cells.length && this.add());
      this.inputs.forEach((input, at) => { input.readOnly = false; input.value = (fits && cells[at]) || ""; });
    }

    accuse(row) {
      this.inputs.forEach((input, at) => {
        if (at === row) input.setAttribute("aria-invalid", "true");
        else input.removeAttribute("aria-invalid");
      });
    }
  }

  // -- events --------------------------------------------------------------------------------------------------------

  const fields = [...form.querySelectorAll(".field")].map((box) => new Field(box));
  const firstAttempt = form.elements.attempt.value;
  const sendSeen = () => {
    form.elements.seen.value = fields.map((field) => `${field.part}=${field.revision}`).join(" ");
    const newer = fields.filter((field) => field.attempt !== Number(firstAttempt));
    form.elements.attempt.value = [firstAttempt, ...newer.map((field) => `${field.part}=${field.attempt}`)].join(" ");
  };
  const fieldOf = (target) => fields.find((field) => field.box.contains(target));

  form.addEventListener("input", (event) => {
    const field = fieldOf(event.target);
    if (!field || event.target.name !== field.part) return;
    if (event.target.type === "checkbox" && event.target.checked) {
      const alone = event.target.hasAttribute("data-alone");
      field.controls.forEach((one) => { if (one !== event.target && (alone || one.hasAttribute("data-alone"))) one.checked = false; });
    }
    field.changed();
  });
  form.addEventListener("focusout", (event) => {
    const field = fieldOf(event.target);
    if (field && event.target === field.writing) field.leave();
  });
  form.addEventListener("keydown", (event) => { // Enter in a line reads it; it does not leave the page
    if (event.key !== "Enter" || !event.target.matches("input[type=text]")) return;
    event.preventDefault();
    const field = fieldOf(event.target);
    if (field && event.target === field.writing) { field.left = true; field.ask(); }
  });
  form.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-write]");
    if (button) { const field = fieldOf(button); field.write(button.dataset.write); field.focus(); }
  });

  fields.filter((field) => field.writing && field.writing.dataset.grid).forEach((field) => new Grid(field));
  fields.forEach((field) => { const box = field.box.querySelector("fieldset.table"); if (box) field.rows = new Rows(field, box); });
  fields.forEach((field) => field.reach());
  window.addEventListener("resize", () => fields.forEach((field) => field.reach()));
  fields.forEach((field) => { // saved by another page before this one was sent: the buttons decide
    const there = field.conflictBox.dataset.written;
    if (there !== undefined) field.conflict({ written: there, revision: field.revision });
  });
  const restored = fields.filter((field) => field.restore());
  if (restored.length) said.textContent = words.restored;
})();
