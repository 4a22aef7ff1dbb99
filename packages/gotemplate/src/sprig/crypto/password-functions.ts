import type { GoFunction } from '../../value/model.ts';
import { STRING, UINT32 } from '../../value/type.ts';
import { rawOf } from '../../value/value.ts';
import type { FunctionMap, SprigSources } from '../function-map.ts';
import { fixed, type Param, text } from '../signature.ts';
import { decryptAes, encryptAes } from './aes.ts';
import { bcryptHash } from './bcrypt.ts';
import { COST, handled } from './cost.ts';
import { passwordShapes, sitePassword } from './master-password.ts';
import { generateKeyPem } from './private-key.ts';

const uint32: Param<bigint> = { type: UINT32, read: (value) => BigInt(rawOf(value) as bigint) };

/** Sprig's functions of passwords, and of secrets that are kept by one. Private keys OpenSSL makes by itself; all else that is random comes from `randomBytes`. */
export function passwordFunctions(sources: Pick<SprigSources, 'randomBytes'>): FunctionMap {
  return new Map<string, GoFunction>([
    ['bcrypt', fixed([text], STRING, ([password], context) => bcryptHash(password, context, sources))],
    [
      'htpasswd',
      fixed([text, text], STRING, ([user, password], context) => {
        if (user.includes(':')) return `invalid username: ${user}`;
        return `${user}:${bcryptHash(password, context, sources)}`;
      }),
    ],
    [
      'derivePassword',
      fixed([uint32, text, text, text, text], STRING, ([counter, kind, password, user, site], context) => {
        const shapes = passwordShapes(kind);
        if (shapes === undefined) return `cannot find password template ${kind}`;
        for (const each of [password, user, site]) handled(each, context);
        context.spend(COST.scrypt);
        return sitePassword(shapes, { counter, password, user, site });
      }),
    ],
    [
      'encryptAES',
      fixed([text, text], STRING, ([password, plain], context) => {
        handled(plain, context);
        return encryptAes(password, plain, sources);
      }),
    ],
    [
      'decryptAES',
      fixed([text, text], STRING, ([password, encrypted], context) => {
        handled(encrypted, context);
        return decryptAes(password, encrypted);
      }),
    ],
    ['genPrivateKey', fixed([text], STRING, ([kind], context) => generateKeyPem(kind, context))],
  ]);
}
