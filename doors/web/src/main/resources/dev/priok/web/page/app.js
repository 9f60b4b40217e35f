import * as api from './api.js';
import { bytes, count, element } from './format.js';
import './repositories.js';
import './repository.js';

// #/            all repositories
// #/?TEXT       those with the text in their names
// #/NAME        tags of one
// #/NAME:TAG    one manifest, also #/NAME@DIGEST
function page() {
  const path = decodeURIComponent(location.hash.replace(/^#\/?/, ''));
  if (!path) return element('priok-repositories');
  if (path.startsWith('?')) return element('priok-repositories', { search: path.slice(1) });
  const at = path.indexOf('@');
  if (at > 0) return element('priok-image', { repository: path.slice(0, at), reference: path.slice(at + 1) });
  const colon = path.indexOf(':');
  if (colon > 0) return element('priok-image', { repository: path.slice(0, colon), reference: path.slice(colon + 1) });
  return element('priok-tags', { repository: path });
}

async function totals() {
  const all = await api.totals().catch(() => null);
  document.getElementById('totals').textContent = all
    ? [count(all.repositories, 'repository', 'repositories'), count(all.tags, 'tag'), bytes(all.bytes)].join(' · ') : '';
}

function show() {
  document.getElementById('view').replaceChildren(page());
  totals();
}

addEventListener('hashchange', show);
show();
