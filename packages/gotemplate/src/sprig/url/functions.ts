import { FunctionError } from '../../value/function.ts';
import type { GoMap } from '../../value/model.ts';
import { DICT, STRING } from '../../value/type.ts';
import { kindOf, rawOf } from '../../value/value.ts';
import type { FunctionMap } from '../function-map.ts';
import { nilDereference } from '../nil-dereference.ts';
import { dict, fixed, text } from '../signature.ts';
import { hostnameOf, parseUrl, renderUrl } from './url.ts';

function parsed(given: string): GoMap {
  try {
    const { userinfo, scheme, opaque, host, path, query, fragment } = parseUrl(given);
    return new Map(Object.entries({ scheme, opaque, host, hostname: hostnameOf(host), path, query, fragment, userinfo }));
  } catch (thrown) {
    throw thrown instanceof FunctionError ? new FunctionError(`unable to parse url: ${thrown.message}`) : thrown;
  }
}

/** A part of a URL; none is the empty text. */
function partOf(map: GoMap | null, name: string): string {
  if (map?.has(name) !== true) return '';
  const value = map.get(name);
  const kind = kindOf(value);
  if (kind === undefined) throw nilDereference();
  if (kind !== 'string') throw new FunctionError(`unable to parse ${name} key, must be of type string, but ${kind} found`);
  return String(rawOf(value));
}

function userinfoOf(given: string): { readonly userinfo: string; readonly hasUser: boolean } {
  if (given === '') return { userinfo: '', hasUser: false };
  try {
    const { userinfo, hasUser } = parseUrl(`proto://${given}@host`);
    return { userinfo, hasUser };
  } catch (thrown) {
    throw thrown instanceof FunctionError ? new FunctionError(`unable to parse userinfo in dict: ${thrown.message}`) : thrown;
  }
}

export const URLS: FunctionMap = new Map([
  [
    'urlParse',
    fixed([text], DICT, ([given], { make, spend }) => {
      spend(given.length / 4);
      make(given.length * 2);
      return parsed(given);
    }),
  ],
  [
    'urlJoin',
    fixed([dict], STRING, ([map], { make }) => {
      const [scheme, host, path, query, opaque, fragment, userinfo] = [
        'scheme',
        'host',
        'path',
        'query',
        'opaque',
        'fragment',
        'userinfo',
      ].map((name) => partOf(map, name));
      const url = renderUrl({
        scheme: scheme ?? '',
        host: host ?? '',
        path: path ?? '',
        query: query ?? '',
        opaque: opaque ?? '',
        fragment: fragment ?? '',
        ...userinfoOf(userinfo ?? ''),
      });
      make(url.length);
      return url;
    }),
  ],
]);
