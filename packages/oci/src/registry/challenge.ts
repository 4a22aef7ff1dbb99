/** How a registry wants to be asked (RFC 9110, section 11.6.1; RFC 6750). */
export type Challenge =
  | { readonly scheme: 'basic' }
  /** Get a token from the realm. */
  | { readonly scheme: 'bearer'; readonly realm: string; readonly service?: string };

const MAX_HEADER_CHARACTERS = 8_192;
/** A name; behind an equals sign a quoted or a bare value. */
const PART = /[\s,]*([\w!#$%&'*+.^`|~-]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*)))?/y;

/** The challenge in a `WWW-Authenticate` header that can be met, tokens before passwords; undefined when there is none. */
export function parseChallenge(header: string | undefined): Challenge | undefined {
  const challenges = partsOf(header ?? '');
  const bearer = challenges.find(({ scheme, parameters }) => scheme === 'bearer' && (parameters.get('realm') ?? '') !== '');
  if (bearer !== undefined) {
    const service = bearer.parameters.get('service');
    return { scheme: 'bearer', realm: bearer.parameters.get('realm') ?? '', ...(service === undefined ? {} : { service }) };
  }
  return challenges.some(({ scheme }) => scheme === 'basic') ? { scheme: 'basic' } : undefined;
}

interface Parts {
  readonly scheme: string;
  readonly parameters: Map<string, string>;
}

/** Several challenges may share a header: a name without a value begins the next one. */
function partsOf(header: string): readonly Parts[] {
  const found: Parts[] = [];
  if (header.length > MAX_HEADER_CHARACTERS) return found;
  const pattern = new RegExp(PART);
  for (let match = pattern.exec(header); match !== null; match = pattern.exec(header)) {
    const [, name = '', quoted, bare] = match;
    const value = quoted?.replace(/\\(.)/g, '$1') ?? bare;
    if (value === undefined) found.push({ scheme: name.toLowerCase(), parameters: new Map() });
    else found.at(-1)?.parameters.set(name.toLowerCase(), value);
  }
  return found;
}
