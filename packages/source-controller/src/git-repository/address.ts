import { GitError, sshAddressOf, urlForScpAddress } from '@gotk/git';
import { type ConditionUpdate, Stalled } from '@gotk/runtime';

/** Upstream's reason. */
const URL_INVALID = 'URLInvalid';

const PROTOCOLS: ReadonlySet<string> = new Set(['http:', 'https:', 'ssh:']);

/** Where a repository is. Throws `Stalled` for what can be no address of one. */
export function addressOf(text: string): URL {
  const url = URL.parse(text);
  if (url === null || url.hostname === '' || !PROTOCOLS.has(url.protocol)) throw invalid(adviceFor(text));
  // It would show in every listing of the object.
  if (url.password !== '') throw invalid('spec.url must not hold a password: put it into the Secret of spec.secretRef');
  if (url.protocol === 'ssh:') return checked(url);
  // A user name alone is part of the address that some hosts give out; whoever logs in does so with the Secret's.
  url.username = '';
  return url;
}

/** `git@host:path`, as Git takes it, is no URL; what people make of it is often `ssh://git@host:path`. */
function adviceFor(text: string): string {
  const meant = urlForScpAddress(text.replace(/^ssh:\/\//, ''));
  if (meant === undefined) return 'spec.url is no http, https or ssh URL';
  // Not as a URL: of those, messages show no user.
  return `spec.url is no URL: it begins with 'ssh://' and has a slash behind the host, as in '${meant.replace(/^ssh:\/\/([^/@]*@)?/, '')}'`;
}

/** The same as a value, of an object as it is stored; undefined for an address to go to, and for what is no text: the schema has a say about that. */
export function addressProblem(spec: { readonly url?: unknown } | undefined): Stalled | undefined {
  try {
    if (typeof spec?.url === 'string') addressOf(spec.url);
    return undefined;
  } catch (error) {
    if (error instanceof Stalled) return error;
    throw error;
  }
}

function checked(url: URL): URL {
  try {
    sshAddressOf(url);
    return url;
  } catch (error) {
    if (error instanceof GitError) throw invalid(error.message);
    throw error;
  }
}

const invalid = (message: string): Stalled => stalledFetch(URL_INVALID, message);

/** Only another spec can help, and nothing is fetched until then. */
export function stalledFetch(reason: string, message: string): Stalled {
  const condition: ConditionUpdate = { type: 'FetchFailed', status: 'True', reason, message };
  return new Stalled({ reason, message, conditions: [condition] });
}
