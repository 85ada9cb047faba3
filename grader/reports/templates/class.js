// Search and sort in the tables of the class page. The page says all without it; text of students is only compared.
(() => {
  const digits = (text) => text.replace(/[۰-۹]/g, (d) => d.charCodeAt(0) - 0x6f0).replace(/[٠-٩]/g, (d) => d.charCodeAt(0) - 0x660);
  const plain = (text) => digits(text.normalize("NFKC")).toLowerCase().replace(/[يى]/g, "ی").replace(/ك/g, "ک").replace(/\s+/g, " ");
  const order = new Intl.Collator(document.documentElement.lang, { numeric: true }).compare;

  const few = 8; // rows that are seen at once need no search

  for (const table of document.querySelectorAll("table.find")) {
    const rows = [...table.tBodies[0].rows].map((row) => [row, plain(row.textContent)]);
    if (rows.length <= few) continue;
    const label = document.createElement("label");
    const field = document.createElement("input");
    const none = document.createElement("p");
    field.type = "search";
    field.autocomplete = "off";
    none.setAttribute("role", "status");
    label.className = "search";
    label.append(table.dataset.find + " ", field);
    table.parentNode.before(label);
    table.parentNode.after(none);
    field.addEventListener("input", () => {
      const wanted = plain(field.value.trim());
      let left = 0;
      for (const [row, text] of rows) {
        row.hidden = !text.includes(wanted);
        left += !row.hidden;
      }
      none.textContent = left ? "" : table.dataset.none;
    });
  }

  for (const table of document.querySelectorAll("table.sort")) {
    const body = table.tBodies[0];
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") === "ascending";
        for (const other of heads) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const value = (row) => {
          const cell = row.cells[column];
          return cell.dataset.v ?? cell.textContent.trim();
        };
        const keyed = [...body.rows].map((row) => [value(row), row]);
        const number = keyed.every(([text]) => !isNaN(text));
        keyed.sort(([one], [other]) => {
          if (one === "" || other === "") return (one === "") - (other === "");
          return (number ? one - other : order(one, other)) * (down ? -1 : 1);
        });
        body.append(...keyed.map(([, row]) => row));
      });
    });
  }
})();
