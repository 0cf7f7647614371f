// Elements from values. Data becomes text nodes and attributes only, never markup: what a user typed can't act.

export function h(spec, props, ...children) {
  const [tag, ...classes] = spec.split(".");
  const node = document.createElement(tag || "div");
  if (classes.length) node.className = classes.join(" ");
  if (props instanceof Node || typeof props !== "object" || props === null || Array.isArray(props)) {
    children.unshift(props);
    props = {};
  }
  for (const [name, value] of Object.entries(props)) set(node, name, value);
  add(node, children);
  return node;
}

function set(node, name, value) {
  if (value === undefined || value === null || value === false) return;
  if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
  else if (name === "class") node.className = `${node.className} ${value}`.trim();
  else if (name === "style") for (const [key, one] of Object.entries(value)) node.style.setProperty(key, one);
  else if (name === "data") Object.assign(node.dataset, value);
  else if (name in node && ["value", "checked", "disabled", "hidden", "selected", "indeterminate"].includes(name)) node[name] = value;
  else node.setAttribute(name, value === true ? "" : String(value));
}

export function add(node, children) {
  for (const child of children.flat(Infinity)) {
    if (child === undefined || child === null || child === false) continue;
    node.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return node;
}

export function fill(node, ...children) {
  node.replaceChildren();
  return add(node, children);
}

// Makes `children` what `node` holds, touching only what differs: focus, selection and animations of the rest stay.
export function reconcile(node, children) {
  const wanted = new Set(children);
  for (const child of [...node.childNodes]) if (!wanted.has(child)) child.remove();
  children.forEach((child, index) => {
    if (node.childNodes[index] !== child) node.insertBefore(child, node.childNodes[index] ?? null);
  });
}

// An icon drawn here: no picture is fetched from anywhere.
const PATHS = {
  hash: "M9 3 7 21M17 3l-2 18M4 8.5h17M3 15.5h17",
  lock: "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
  search: "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM20.5 20.5 16 16",
  close: "M5 5l14 14M19 5 5 19",
  thread: "M4 5h16v11H10l-4 4v-4H4z",
  send: "M4 4l17 8-17 8 3-8zM7 12h8",
  home: "M4 11l8-7 8 7v9h-5v-6H9v6H4z",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2v3M12 19v3M2 12h3M19 12h3M5 5l2 2M17 17l2 2M19 5l-2 2M7 17l-2 2",
  moon: "M20 14A8.5 8.5 0 0 1 10 4a8.5 8.5 0 1 0 10 10z",
  bolt: "M13 2 5 14h6l-1 8 8-12h-6z",
  play: "M7 4.5v15l13-7.5z",
  pause: "M8 5v14M16 5v14",
  fast: "M4 5.5v13l8-6.5zM12 5.5v13l8-6.5z",
  next: "M5 5v14l10-7zM19 5v14",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  plus: "M12 5v14M5 12h14",
  down: "M6 9l6 6 6-6",
  back: "M15 5l-7 7 7 7",
  eye: "M2 12s4-7 10-7 10 7 10 7-4 7-10 7-10-7-10-7zM12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6z",
  desk: "M3 5h18v12H3zM8 21h8M12 17v4",
  file: "M6 3h8l5 5v13H6zM14 3v5h5",
  menu: "M4 6h16M4 12h16M4 18h16",
  check: "M5 12.5l4.5 4.5L19 7.5",
  people: "M9 5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM2.5 20c.5-4 3-6 6.5-6s6 2 6.5 6M16 5.5a3.3 3.3 0 0 1 0 6.3M18 14.5c2 .8 3.2 2.600 3.5 5.500",
  at: "M12 8.500a3.500 3.500 0 1 0 0 7 3.500 3.500 0 0 0 0-7zM15.500 8.500v5c0 3 5 3 5-1.500a8.500 8.500 0 1 0-3.500 6.900",
};

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", `icon icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}
