// Text and elements. Everything that comes from the server becomes text nodes, never markup.
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith('on')) made.addEventListener(key.slice(2), value);
    else made.setAttribute(key, value);
  }
  made.append(...children.flat());
  return made;
}

export function bytes(count) {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let unit = 0;
  let value = count;
  while (value >= 1000 && unit < units.length - 1) { value /= 1000; unit++; }
  return `${unit === 0 ? value : value.toFixed(value < 10 ? 1 : 0)} ${units[unit]}`;
}

export function ago(time) {
  const seconds = Math.max(0, (Date.now() - new Date(time).getTime()) / 1000);
  for (const [size, name] of [[31536000, 'year'], [2592000, 'month'], [86400, 'day'], [3600, 'hour'], [60, 'minute']]) {
    const n = Math.floor(seconds / size);
    if (n >= 1) return `${n} ${name}${n > 1 ? 's' : ''} ago`;
  }
  return 'just now';
}

export const count = (n, what, many = `${what}s`) => `${n.toLocaleString('en')} ${n === 1 ? what : many}`;
export const short = (digest) => `${digest.split(':')[0]}:${digest.split(':')[1].slice(0, 12)}`;

export function table(columns, rows) {
  const cell = (kind, column, content) => element(kind, column.number ? { class: 'n' } : {}, content);
  return element('table', {},
    element('thead', {}, element('tr', {}, columns.map((c) => cell('th', c, c.title)))),
    element('tbody', {}, rows.map((row) => element('tr', {}, row.map((content, i) => cell('td', columns[i], content))))));
}
