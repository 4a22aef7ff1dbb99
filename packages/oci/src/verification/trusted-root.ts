import { TrustedRoot } from '@sigstore/protobuf-specs';
import { type TrustMaterial, toTrustMaterial } from '@sigstore/verify';
import { parseObject } from './manifest.ts';
import { ensure, Rejection, reasonOf } from './verdict.ts';

const MAX_BYTES = 1024 * 1024;
/** Chains are searched by following issuers; a tenant writes this file too. */
const MAX_CERTIFICATES = 64;
const MAX_LOGS = 64;

/**
 * Reads a Sigstore `trusted_root.json`: the authorities, logs and timestamp authorities that keyless verification believes. Throws {@link
 * Rejection}.
 */
export function parseTrustedRoot(bytes: Uint8Array): TrustMaterial {
  ensure(bytes.byteLength <= MAX_BYTES, 'the trusted root is larger than 1 MiB');
  const json = parseObject(bytes, 'the trusted root');
  const mediaType = json.mediaType;
  ensure(
    typeof mediaType === 'string' && mediaType.startsWith('application/vnd.dev.sigstore.trustedroot'),
    'the trusted root has another media type',
  );
  try {
    const root = TrustedRoot.fromJSON(json);
    const authorities = [...root.certificateAuthorities, ...root.timestampAuthorities];
    const certificates = authorities.reduce((sum, { certChain }) => sum + (certChain?.certificates.length ?? 0), 0);
    ensure(certificates <= MAX_CERTIFICATES, `the trusted root has more than ${MAX_CERTIFICATES} certificates`);
    ensure(root.tlogs.length + root.ctlogs.length <= MAX_LOGS, `the trusted root has more than ${MAX_LOGS} logs`);
    return toTrustMaterial(root);
  } catch (thrown) {
    throw new Rejection(`the trusted root is malformed: ${reasonOf(thrown)}`);
  }
}
