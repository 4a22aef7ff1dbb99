import { isRecord, parseObject } from './manifest.ts';
import { ensure } from './verdict.ts';

export const IN_TOTO_TYPE = 'application/vnd.in-toto+json';

/**
 * What the signer of a bundle says about the artifact: `https://sigstore.dev/cosign/sign/v1` for `cosign sign`, another for an attestation.
 */
export interface Statement {
  readonly predicateType: string;
}

/** Reads an in-toto statement and throws {@link Rejection} unless one of its subjects is this digest. Any predicate counts, as upstream. */
export function checkStatement(payload: Uint8Array, digest: string): Statement {
  const statement = parseObject(payload, 'the signed statement');
  const { _type: type, predicateType, subject } = statement;
  ensure(typeof type === 'string' && type.startsWith('https://in-toto.io/Statement/'), 'the signed statement is no in-toto statement');
  ensure(typeof predicateType === 'string', 'the signed statement has no predicate type');
  const [algorithm = '', hex] = digest.split(':');
  const subjects: readonly unknown[] = Array.isArray(subject) ? subject : [];
  const meant = subjects.some((entry) => isRecord(entry) && isRecord(entry.digest) && entry.digest[algorithm] === hex);
  ensure(meant, 'the signature is about another artifact');
  return { predicateType };
}
