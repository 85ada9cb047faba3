// Keys and sums for the marking page. Everything works without it; by itself it only says that an answer is open.
(() => {
  const note = document.getElementById("opened");
  if (note && note.dataset.path) {
    const say = async () => {
      if (document.visibilityState !== "visible") return;
      const headers = { "x-csrf-token": note.dataset.csrf, accept: "application/json" };
      const answer = await fetch(note.dataset.path, { method: "POST", headers }).catch(() => null);
      if (answer && answer.ok) note.textContent = (await answer.json()).said;
    };
    setInterval(say, 20000);
    document.addEventListener("visibilitychange", say);
  }
  const form = document.getElementById("decision");
  const go = document.getElementById("go");
  if (!form) {
    if (go) go.focus();
    return;
  }
  const root = document.documentElement;
  const points = document.getElementById("points");
  const comment = document.getElementById("comment");
  const readings = document.getElementById("readings");
  const again = document.getElementById("again");
  const ticks = [...form.querySelectorAll("input[name=tick]")];
  const number = new Intl.NumberFormat(root.lang, { useGrouping: false, maximumFractionDigits: 6 });
  let changed = false;
  let sent = false;

  const add = () => {
    const sum = ticks.reduce((all, tick) => all + (tick.checked ? Number(tick.dataset.points) : 0), 0);
    points.value = number.format(sum);
    changed = true;
  };
  ticks.forEach((tick) => tick.addEventListener("change", add));
  form.addEventListener("input", () => { changed = true; });
  if (again) again.addEventListener("change", () => { if (again.value) comment.value = again.value; });

  form.addEventListener("submit", (event) => {
    if (sent) event.preventDefault();
    sent = true;
  });
  if (readings) readings.addEventListener("submit", () => { sent = true; });
  addEventListener("pageshow", () => { sent = false; });
  addEventListener("beforeunload", (event) => { if (changed && !sent) event.preventDefault(); });

  const digit = (key) => {
    const place = "۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩0123456789".indexOf(key);
    return key.length === 1 && place >= 0 ? place % 10 : -1;
  };
  const move = (name) => {
    const link = document.querySelector(`a[rel=${name}]`);
    if (link) link.click();
  };

  addEventListener("keydown", (event) => {
    const at = event.target;
    const typing = at.matches("textarea, select, input:not([type=checkbox])");
    if (event.key === "Escape" && typing) at.blur();
    if (event.key === "Enter" && event.ctrlKey) form.requestSubmit();
    if (typing || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    const place = digit(event.key);
    if (place > 0 && ticks[place - 1]) {
      ticks[place - 1].checked = !ticks[place - 1].checked;
      add();
    } else if (place === 0) {
      ticks.forEach((tick) => { tick.checked = false; });
      add();
    } else if (event.key === "ArrowRight" || event.key === "ArrowLeft") {
      move((event.key === "ArrowRight") === (root.dir === "ltr") ? "next" : "prev");
    } else if (event.code === "KeyR" && readings) {
      readings.querySelector("button, input:not([type=hidden])").focus();
    } else if (event.code === "KeyC") {
      comment.focus();
    } else if (event.key === "Enter" && !at.matches("a, button, summary")) {
      form.requestSubmit();
    } else {
      return;
    }
    event.preventDefault();
  });
})();
