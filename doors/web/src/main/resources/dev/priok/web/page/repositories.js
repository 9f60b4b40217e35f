import * as api from './api.js';
import { ago, bytes, count, element, table } from './format.js';

const COLUMNS = [{ title: 'Repository' }, { title: 'Tags', number: true }, { title: 'Size', number: true }, { title: 'Updated', number: true }];

// <priok-repositories>: all repositories a page at a time, narrowed by a search.
class Repositories extends HTMLElement {
  connectedCallback() {
    this.rows = [];
    const search = element('input', { type: 'search', placeholder: 'Search repositories', 'aria-label': 'Search repositories', value: this.getAttribute('search') ?? '', oninput: () => this.later() });
    this.search = search;
    this.list = element('div', { class: 'card' });
    this.append(element('div', { class: 'bar' }, search), this.list);
    search.focus();
    this.load('');
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      history.replaceState(null, '', this.search.value ? `#/?${encodeURIComponent(this.search.value)}` : '#/');
      this.rows = [];
      this.load('');
    }, 150);
  }

  async load(last) {
    const search = this.search.value;
    try {
      const page = await api.repositories(search, last);
      if (search !== this.search.value) return;
      this.rows.push(...page.repositories);
      this.show(page.next);
    } catch (error) {
      this.list.replaceChildren(element('p', { class: 'error' }, error.message));
    }
  }

  show(next) {
    if (this.rows.length === 0) {
      this.list.replaceChildren(element('p', { class: 'empty' }, this.search.value ? 'No repository has that in its name.' : 'Nothing was pushed yet.'));
      return;
    }
    this.list.replaceChildren(table(COLUMNS, this.rows.map((r) => [
      element('a', { href: `#/${r.name}` }, r.name), count(r.tags, 'tag'), bytes(r.bytes), ago(r.updated)])));
    if (next) this.list.append(element('button', { class: 'more', onclick: () => this.load(next) }, 'Show more'));
  }
}

customElements.define('priok-repositories', Repositories);
