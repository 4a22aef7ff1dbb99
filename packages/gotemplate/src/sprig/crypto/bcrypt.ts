import { encodeBase64, hashSync } from 'bcryptjs';
import { byteLength } from '../../value/bytes.ts';
import { FunctionError } from '../../value/function.ts';
import type { CallContext } from '../../value/model.ts';
import type { SprigSources } from '../function-map.ts';
import { COST } from './cost.ts';

const ROUNDS = '10';
const SALT_BYTES = 16;
/** More of a password the algorithm does not look at. */
const MAX_BYTES = 72;

/**
 * A password as `$2a$10$…`, with a salt of its own; words in its place for a password of more than 72 bytes, as Sprig has it. Throws `FunctionError` for one with
 * bytes that are no UTF-8, which Go takes and the library does not.
 */
export function bcryptHash(password: string, { spend }: CallContext, { randomBytes }: Pick<SprigSources, 'randomBytes'>): string {
  if (byteLength(password) > MAX_BYTES) return 'failed to encrypt string with bcrypt: bcrypt: password length exceeds 72 bytes';
  if (!password.isWellFormed()) throw new FunctionError('bcrypt: password has bytes that are no UTF-8: encode it first, with b64enc');
  spend(COST.bcrypt);
  return hashSync(password, `$2a$${ROUNDS}$${encodeBase64(Array.from(randomBytes(SALT_BYTES)), SALT_BYTES)}`);
}
