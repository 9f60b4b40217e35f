import * as api from './api.js';
import { ago, bytes, element, short, table } from './format.js';

const TAGS = [{ title: 'Tag' }, { title: 'Digest' }, { title: 'Size', number: true }, { title: 'Pushed', number: true }, { title: 'Pulled', number: true }];

// <priok-tags repository="...">: the tags of a repository, the last pushed first; those that the rules remove next are marked.
class Tags extends HTMLElement {
  connectedCallback() {
    this.name = this.getAttribute('repository');
    this.rows = [];
    this.search = element('input', { type: 'search', placeholder: 'Search tags', 'aria-label': 'Search tags', oninput: () => { this.rows = []; this.load(0); } });
    this.list = element('div', { class: 'card' });
    this.append(element('h1', {}, this.name), element('p', { class: 'soft' }, element('code', {}, `docker pull ${location.host}/${this.name}`)),
      element('div', { class: 'bar' }, this.search), this.list);
    this.doomed = api.retention(this.name).then((answer) => new Set(answer.removed), () => new Set());
    this.load(0);
  }

  async load(offset) {
    const search = this.search.value;
    try {
      const page = await api.tags(this.name, search, offset);
      const doomed = await this.doomed;
      if (search !== this.search.value) return;
      this.rows.push(...page.tags);
      this.list.replaceChildren(this.rows.length === 0 ? element('p', { class: 'empty' }, 'No tags.') : table(TAGS, this.rows.map((t) => [
        element('span', {}, element('a', { href: `#/${this.name}:${t.name}` }, t.name), doomed.has(t.name) ? element('span', { class: 'chip soft', title: 'by the rules of retention' }, 'removed next') : ''), element('code', { title: t.digest }, short(t.digest)),
        bytes(t.size), ago(t.pushed), t.pulled ? ago(t.pulled) : 'never'])));
      if (page.more) this.list.append(element('button', { class: 'more', onclick: () => this.load(this.rows.length) }, 'Show more'));
    } catch (error) {
      this.list.replaceChildren(element('p', { class: 'error' }, error.message));
    }
  }
}

// <priok-image repository="..." reference="...">: platforms, layers, history and referrers of one manifest.
class Image extends HTMLElement {
  async connectedCallback() {
    const name = this.getAttribute('repository');
    const reference = this.getAttribute('reference');
    const separator = reference.includes(':') ? '@' : ':';
    this.append(element('p', { class: 'soft' }, element('a', { href: `#/${name}` }, name)), element('h1', {}, `${name}${separator}${reference}`));
    try {
      const [{ digest, content }, { mayDelete }] = await Promise.all([api.manifest(name, reference), api.tags(name, '', 0)]);
      this.append(element('p', {}, element('code', {}, digest), ' ', !mayDelete ? '' :
        element('button', { class: 'bad', onclick: (event) => this.remove_(event.target, name, reference) }, separator === ':' ? 'Delete tag' : 'Delete manifest')));
      if (content.manifests) this.index(name, content);
      else await this.image(name, content);
      await this.referrers(name, digest);
    } catch (error) {
      this.append(element('p', { class: 'error' }, error.message));
    }
  }

  section(title, content) {
    this.append(element('h2', {}, title), element('div', { class: 'card' }, content));
  }

  index(name, content) {
    this.section('Platforms', table([{ title: 'Platform' }, { title: 'Digest' }, { title: 'Manifest', number: true }], content.manifests.map((m) => [
      [m.platform?.os, m.platform?.architecture, m.platform?.variant].filter(Boolean).join('/') || m.artifactType || 'unknown',
      element('a', { href: `#/${name}@${m.digest}` }, element('code', {}, short(m.digest))), bytes(m.size)])));
  }

  async image(name, content) {
    const total = content.layers.reduce((sum, layer) => sum + layer.size, 0);
    const isImage = /image\.(config|v1)|container\.image/.test(content.config.mediaType);
    const config = isImage ? await api.config(name, content.config.digest) : {};
    this.append(element('p', {}, [config.os && `${config.os}/${config.architecture}`, `${content.layers.length} layer${content.layers.length === 1 ? "" : "s"}`, bytes(total), config.created && `made ${ago(config.created)}`,
      content.artifactType].filter(Boolean).map((text) => element('span', { class: 'chip' }, text))));
    this.section('Layers', table([{ title: '#' }, { title: 'Digest' }, { title: 'Type' }, { title: 'Size', number: true }], content.layers.map((l, i) => [
      String(i + 1), element('code', { title: l.digest }, short(l.digest)), element('span', { class: 'soft' }, l.mediaType), bytes(l.size)])));
    if (config.history?.length) {
      this.section('History', table([{ title: 'Step' }, { title: 'When', number: true }], config.history.map((h) => [
        element('code', {}, h.created_by ?? h.comment ?? ''), h.created ? ago(h.created) : ''])));
    }
  }

  async referrers(name, digest) {
    const { manifests } = await api.referrers(name, digest);
    if (manifests.length === 0) return;
    this.section('Referrers', table([{ title: 'Type' }, { title: 'Digest' }, { title: 'Size', number: true }], manifests.map((m) => [
      m.artifactType ?? m.mediaType, element('a', { href: `#/${name}@${m.digest}` }, element('code', {}, short(m.digest))), bytes(m.size)])));
  }

  async remove_(button, name, reference) {
    if (button.dataset.sure !== 'yes') {
      button.dataset.sure = 'yes';
      button.textContent = 'Really delete?';
      return;
    }
    try {
      await api.remove(name, reference);
      location.hash = `#/${name}`;
    } catch (error) {
      button.replaceWith(element('span', { class: 'error' }, error.message));
    }
  }
}

customElements.define('priok-tags', Tags);
customElements.define('priok-image', Image);
