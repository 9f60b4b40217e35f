// Talks to the server that served this page; the browser adds the credentials.
const MANIFESTS = [
  'application/vnd.oci.image.index.v1+json', 'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json', 'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

async function json(path, options = {}) {
  const response = await fetch(path, options);
  if (!response.ok) throw new Error(await explain(response));
  return response.json();
}

async function explain(response) {
  const body = await response.json().catch(() => null);
  return body?.errors?.[0]?.message ?? `${response.status} ${response.statusText}`;
}

const query = (parameters) => new URLSearchParams(parameters).toString();

export const totals = () => json('/registry/totals');
export const repositories = (search, last) => json(`/registry/repositories?${query({ search, last })}`);
export const tags = (name, search, offset) => json(`/registry/tags?${query({ repository: name, search, offset })}`);
export const retention = (name) => json(`/registry/retention?${query({ repository: name })}`);
export const referrers = (name, digest) => json(`/v2/${name}/referrers/${digest}`);
export const config = (name, digest) => json(`/v2/${name}/blobs/${digest}`);

export async function manifest(name, reference) {
  const response = await fetch(`/v2/${name}/manifests/${reference}`, { headers: { Accept: MANIFESTS } });
  if (!response.ok) throw new Error(await explain(response));
  return { digest: response.headers.get('Docker-Content-Digest'), content: await response.json() };
}

export async function remove(name, reference) {
  const response = await fetch(`/v2/${name}/manifests/${reference}`, { method: 'DELETE' });
  if (!response.ok) throw new Error(await explain(response));
}
