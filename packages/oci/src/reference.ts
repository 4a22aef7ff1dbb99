import { OciError } from './oci-error.ts';

/** A repository of a registry. */
export interface RepositoryName {
  /** Host, and port if one is named: lower-case. Docker Hub is `index.docker.io`, whatever it was called. */
  readonly host: string;
  /** Path within the registry, as `org/app`. */
  readonly path: string;
}

const PREFIX = 'oci://';
const DOCKER_HUB = 'index.docker.io';
const NAMES_OF_DOCKER_HUB: ReadonlySet<string> = new Set(['docker.io', DOCKER_HUB]);
const MAX_PATH_CHARACTERS = 255;

// The grammar of github.com/distribution/reference. Underscores in hosts are what Docker networks have.
const HOST =
  /^(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*|\[[0-9a-f:.]{2,45}\])(?::[0-9]{1,5})?$/;
const COMPONENT = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*$/;
const TAG = /^\w[\w.-]{0,127}$/;

/**
 * Parses `oci://<host>[:<port>]/<path>`. As for Docker, a first part without dot and colon that is not `localhost` is no host but the
 * beginning of a path at Docker Hub, and a path of one part there is in `library`. Throws `OciError`, kind `invalid`, also for a tag or
 * digest in the URL.
 */
export function parseRepository(url: string): RepositoryName {
  if (!url.startsWith(PREFIX)) throw invalid("URL must be in format 'oci://<domain>/<org>/<repo>'");
  const rest = url.slice(PREFIX.length);
  const slash = rest.indexOf('/');
  const first = slash < 0 ? '' : rest.slice(0, slash);
  const named = /[.:]/.test(first) || first.toLowerCase() === 'localhost';
  const host = hostOf(named ? first : DOCKER_HUB);
  const path = pathOf(named ? rest.slice(slash + 1) : rest);
  return { host, path: host === DOCKER_HUB && !path.includes('/') ? `library/${path}` : path };
}

/** The repository of a chart below the URL of a HelmRepository. Throws `OciError`, kind `invalid`. */
export function chartRepository(url: string, chart: string): RepositoryName {
  return parseRepository(`${url.replace(/\/{1,8}$/, '')}/${chart}`);
}

export const renderRepository = ({ host, path }: RepositoryName): string => `${host}/${path}`;

/** Whether a text can be a tag. Anything else must not get into an address. */
export const isTag = (text: string): boolean => TAG.test(text);

function hostOf(text: string): string {
  const host = text.toLowerCase();
  // What the URL parser makes of it must be what was checked: it knows more spellings of an address than anybody wants.
  if (!HOST.test(host) || URL.parse(`https://${host}/`)?.host !== host.replace(/:443$/, ''))
    throw invalid(`${quoted(text)} is not the host of a registry`);
  return NAMES_OF_DOCKER_HUB.has(host) ? DOCKER_HUB : host;
}

function pathOf(text: string): string {
  const [, tag] = /^[^:@]*:(.*)$/s.exec(text) ?? [];
  if (tag !== undefined) throw invalid(`URL must not contain a tag; remove ${quoted(`:${tag}`)}`);
  if (text.includes('@')) throw invalid(`URL must not contain a digest; remove ${quoted(text.slice(text.indexOf('@')))}`);
  if (text.length > MAX_PATH_CHARACTERS) throw invalid(`the name of the repository is longer than ${MAX_PATH_CHARACTERS} characters`);
  if (!text.split('/').every((component) => COMPONENT.test(component))) throw invalid(`${quoted(text)} is not the name of a repository`);
  return text;
}

const invalid = (message: string) => new OciError('invalid', message);
const quoted = (text: string): string => `'${text.slice(0, 160).replace(/[^ -~]/g, '?')}'`;
