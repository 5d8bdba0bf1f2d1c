// Small helpers around the document. Text is only ever set as text, never as markup.

export const byId = (id) => document.getElementById(id);

/// An element with properties and children; `data` and `class` are set as such.
export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === null) continue;
    if (key === "class") made.className = value;
    else if (key === "data") Object.assign(made.dataset, value);
    else if (key in made) made[key] = value;
    else made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== undefined && child !== null));
  return made;
}

/// Sets text only where it is another one, so that a reader's selection and assistive tools are left in peace.
export function setText(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

/// Shows or hides.
export function show(target, isShown) {
  if (target.hidden === isShown) target.hidden = !isShown;
}

/// Fills the body of a table: `rows` of cells, each a text, or {text, class, title}, or {node, key}. Rows that stay are left
/// as they are, with whatever in them has the focus.
export function fillTable(table, rows) {
  const body = table.tBodies[0];
  const known = new Map([...body.rows].map((row) => [row.dataset.key, row]));
  const wanted = rows.map((cells) => {
    const key = cells.map((cell) => (typeof cell === "string" ? cell : `${cell.key ?? cell.text}${cell.class ?? ""}`)).join("\u0001");
    const row = known.get(key) ?? makeRow(table, cells, key);
    known.delete(key);
    return row;
  });
  for (const row of known.values()) row.remove();
  wanted.forEach((row, place) => {
    if (body.rows[place] !== row) body.insertBefore(row, body.rows[place] ?? null);
  });
}

function makeRow(table, cells, key) {
  const headings = table.tHead.rows[0].cells;
  return element("tr", { data: { key } }, ...cells.map((cell, place) => {
    const made = element(place ? "td" : "th", place ? {} : { scope: "row" }, typeof cell === "string" ? cell : (cell.node ?? cell.text));
    if (headings[place]?.classList.contains("number")) made.classList.add("number");
    if (cell.class) made.classList.add(...cell.class.split(" ").filter(Boolean));
    if (cell.title) made.title = cell.title;
    return made;
  }));
}

/// Makes `draw` wait until `target` can be seen: what cannot be seen costs nothing.
export function whileSeen(target, draw) {
  let isSeen = false;
  let isWanted = false;
  new IntersectionObserver((entries) => {
    isSeen = entries.at(-1).isIntersecting;
    if (isSeen && isWanted) {
      isWanted = false;
      draw();
    }
  }, { rootMargin: "100px" }).observe(target);
  return () => {
    if (isSeen) draw();
    else isWanted = true;
  };
}

const dialog = () => byId("detail");

/// Opens the dialog with a title and a body; what had the focus gets it back when it is closed.
export function openDetail(title, ...children) {
  byId("detail-title").textContent = title;
  byId("detail-body").replaceChildren(...children);
  if (!dialog().open) dialog().showModal();
  byId("detail-title").focus();
}

/// Calls `action` when the dialog is closed, once.
export function onDetailClosed(action) {
  dialog().addEventListener("close", action, { once: true });
}

byId("detail-close").addEventListener("click", () => dialog().close());

/// A table of its own.
export function makeTable(caption, headings, rows) {
  const head = element("tr");
  for (const heading of headings) {
    const isNumber = heading.startsWith("#");
    head.append(element("th", { scope: "col", class: isNumber ? "number" : "" }, isNumber ? heading.slice(1) : heading));
  }
  const table = element("table", {}, element("caption", {}, element("span", {}, caption)), element("thead", {}, head), element("tbody"));
  fillTable(table, rows);
  return element("div", { class: "table" }, table);
}
