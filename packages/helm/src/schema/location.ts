/** Where something is: in which document, and there at a JSON pointer or a name. */
export interface Reference {
  readonly url: string;
  /** Decoded, without its `#`: a pointer begins with a slash, or is empty. */
  readonly fragment: string;
}

/** Throws `URIError` for a fragment that is badly escaped. */
export function splitUrl(text: string): Reference {
  const hash = text.indexOf('#');
  return hash === -1 ? { url: text, fragment: '' } : { url: text.slice(0, hash), fragment: decodeURIComponent(text.slice(hash + 1)) };
}

/** What a reference means in a document of that URL. Throws `TypeError` for what is no URL. */
export function resolveReference(base: string, text: string): Reference {
  const { url, fragment } = splitUrl(text);
  if (url === '') return { url: base, fragment };
  return { url: new URL(url, base).href, fragment };
}

export const isPointer = (fragment: string): boolean => fragment === '' || fragment.startsWith('/');

const escapeToken = (token: string): string => token.replaceAll('~', '~0').replaceAll('/', '~1');

export const pointerOf = (tokens: readonly string[]): string => tokens.map((token) => `/${escapeToken(token)}`).join('');

export const below = (pointer: string, ...tokens: readonly string[]): string => `${pointer}${pointerOf(tokens)}`;

/** A place as it is written: the pointer escaped, but for its slashes. */
export function renderLocation(url: string, pointer: string): string {
  if (/^[\w/.~$-]*$/.test(pointer)) return `${url}#${pointer}`;
  const escaped = pointer.split('/').map((token) => encodeURIComponent(token).replace(/%(?:24|26|2B|3A|3D|40)/g, decodeURIComponent));
  return `${url}#${escaped.join('/')}`;
}

/** What is at a JSON pointer; `undefined` when nothing is. */
export function lookUp(document: unknown, pointer: string): unknown {
  let found = document;
  for (const escaped of pointer.split('/').slice(1)) {
    const token = escaped.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, token)) return undefined;
    found = (found as Readonly<Record<string, unknown>>)[token];
  }
  return found;
}
