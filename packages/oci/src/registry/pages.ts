import type { HttpAnswer } from '@gotk/auth';
import { OciError } from '../oci-error.ts';
import type { Exchange } from './exchange.ts';
import { failureOf, ociErrorOf } from './failure.ts';
import { MAX_REDIRECTS } from './manifests.ts';

export interface PagesOptions {
  readonly signal: AbortSignal;
  readonly headers?: Readonly<Record<string, string>>;
}

const MAX_PAGES = 1_000;
const MAX_PAGE_BYTES = 8 * 1024 * 1024;
const MAX_BYTES = 64 * 1024 * 1024;

/**
 * The pages of a list, each named by the `Link` header of the one before (RFC 8288). A link that leads out of the list, or back into it, is
 * refused. Throws `OciError`, or the signal's reason.
 */
export async function* pagesOf(exchange: Exchange, first: string, { signal, headers = {} }: PagesOptions): AsyncGenerator<Buffer> {
  const seen = new Set<string>([first]);
  let bytes = 0;
  for (let target: string | URL | undefined = first; target !== undefined; ) {
    if (seen.size > MAX_PAGES) throw new OciError('too-large', `the list has more than ${MAX_PAGES} pages`);
    const answer = await exchange.request(target, { signal, headers, maxBytes: MAX_PAGE_BYTES, redirects: MAX_REDIRECTS });
    if (answer.status !== 200) throw await failureOf(answer, 'GET');
    const page = await answer.bytes().catch((error: unknown) => {
      throw ociErrorOf(error);
    });
    bytes += page.length;
    if (bytes > MAX_BYTES) throw new OciError('too-large', `the list has more than ${MAX_BYTES} bytes`);
    yield page;
    target = nextPage(answer);
    if (target === undefined) return;
    const { pathname, search } = target;
    if (seen.has(`${pathname}${search}`)) throw new OciError('hostile', 'the list of the registry leads back to a page that was read');
    seen.add(`${pathname}${search}`);
  }
}

/** The next page: on the server that this one is from, and of the same list. */
function nextPage({ url, headers }: HttpAnswer): URL | undefined {
  const [, target] = /<([^<>]{1,4096})>\s{0,10};[^<>]{0,200}rel="?next\b/i.exec(String(headers.link ?? '')) ?? [];
  if (target === undefined) return undefined;
  const next = URL.parse(target, url.href);
  if (next === null || next.origin !== url.origin || next.pathname !== url.pathname)
    throw new OciError('hostile', 'the list of the registry goes on somewhere else');
  return next;
}
