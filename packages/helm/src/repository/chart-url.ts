import { withoutEnd } from '@gotk/apimachinery';
import { HelmError } from '../helm-error.ts';

/**
 * Where a chart is: an absolute reference as it stands, another one below the repository's URL, with the query of the repository's URL and
 * none of its own, as Helm has it; unlike Helm, without it where the reference leads to another server. Throws `HelmError` of kind
 * `invalid-reference`.
 */
export function resolveChartUrl(repositoryUrl: string, reference: string): string {
  if (/^[a-zA-Z][a-zA-Z0-9+.-]*:/.test(reference)) {
    if (!URL.canParse(reference)) throw new HelmError('invalid-reference', 'failed to parse the URL of the chart');
    return reference;
  }
  if (!URL.canParse(repositoryUrl)) throw new HelmError('invalid-reference', 'failed to parse the URL of the repository');
  const base = new URL(repositoryUrl);
  const { search } = base;
  base.search = '';
  base.hash = '';
  if (!base.pathname.endsWith('/')) base.pathname += '/';
  if (!URL.canParse(reference, base.href)) throw new HelmError('invalid-reference', 'failed to parse the URL of the chart');
  const resolved = new URL(reference, base);
  // A query may be a token, which is nobody else's.
  resolved.search = resolved.origin === base.origin ? search : '';
  return resolved.href;
}

/**
 * Where a repository's index is: below its path, with its query. Throws `HelmError` of kind `invalid-reference`.
 */
export function indexUrl(repositoryUrl: string): string {
  if (!URL.canParse(repositoryUrl)) throw new HelmError('invalid-reference', 'failed to parse the URL of the repository');
  const url = new URL(repositoryUrl);
  url.pathname = `${withoutEnd(url.pathname, '/')}/index.yaml`;
  return url.href;
}

/**
 * A repository's URL in the one form by which Flux compares them: an `oci` one without a slash at the end, others with one.
 * Throws `HelmError` of kind `invalid-reference`.
 */
export function normalizeRepositoryUrl(url: string): string {
  if (url === '') return '';
  if (!URL.canParse(url)) throw new HelmError('invalid-reference', 'failed to parse the URL of the repository');
  const [, beforeQuery = url, rest = ''] = /^([^?#]*)(.*)$/s.exec(url) ?? [];
  const trimmed = withoutEnd(beforeQuery, '/');
  return `${url.startsWith('oci://') ? trimmed : `${trimmed}/`}${rest}`;
}
