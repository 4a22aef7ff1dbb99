import type { KeyObject } from 'node:crypto';
import type { TrustMaterial } from '@sigstore/verify';
import { keylessSigner } from './keyless.ts';
import { createIdentityMatcher, type IdentityMatcher, type OidcIdentity } from './oidc-identity.ts';
import { parsePublicKey, signedBy } from './public-key.ts';
import { filesEndingIn, type SecretFiles } from './secret-files.ts';
import type { Claim, Evidence } from './signature-source.ts';
import { parseBundle } from './sigstore-bundle.ts';
import { attachedSignature, checkPayload } from './simple-signing.ts';
import { parseTrustedRoot } from './trusted-root.ts';
import { ensure, Rejection, reasonOf, summary, type Verdict } from './verdict.ts';

/** Neither Node nor upstream verifies the pre-hashed variant, which cosign 3 uses for such keys. */
const NOT_BY_ED25519 =
  'a signature was made with none of the keys, or with Ed25519ph, which cosign makes of Ed25519 keys and which cannot be verified here: use an ECDSA key';

/** Any of the `*.pub` files of `spec.verify.secretRef` may have signed; transparency logs are not asked, as upstream. */
export interface CosignKeys {
  readonly provider: 'cosign';
  readonly keys: SecretFiles;
}

/** Keyless: any of the identities may have signed, under the authorities of a trusted root. */
export interface CosignIdentities {
  readonly provider: 'cosign';
  readonly identities: readonly OidcIdentity[];
  /** `trusted_root.json` of `spec.verify.trustedRootSecretRef`, or else that of public Sigstore. */
  readonly trustedRoot: Uint8Array;
}

/**
 * Judges the evidence by cosign's rules. Bundles and attached signatures count alike, and one that convinces suffices: others may have
 * attached whatever they like to an artifact. (Upstream ignores attached signatures as soon as there is one bundle.) Pure; never throws.
 */
export function verifyCosign(evidence: Evidence, trust: CosignKeys | CosignIdentities): Verdict {
  const { subject, claims, passedOver } = evidence;
  const none = (reasons: readonly string[]): Verdict => {
    const why = summary(reasons);
    return { kind: 'unverified', message: `no matching signatures were found for '${subject.name}'${why === '' ? '' : `: ${why}`}` };
  };
  const reasons: string[] = [];
  try {
    const check = 'keys' in trust ? byKeys(trust.keys) : byIdentity(trust);
    for (const claim of claims) {
      try {
        return { kind: 'verified', ...check(claim, subject.digest) };
      } catch (thrown) {
        reasons.push(reasonOf(thrown));
      }
    }
  } catch (thrown) {
    return none([reasonOf(thrown)]);
  }
  return none([...reasons, ...passedOver]);
}

/** Says who signed, or throws. */
type Check = (claim: Claim, digest: string) => { readonly by: string; readonly warnings: readonly string[] };

function byKeys(files: SecretFiles): Check {
  const keys = publicKeys(files);
  return (claim, digest) => {
    const { signed, signature } = claim.format === 'simple-signing' ? attached(claim, digest) : bundled(claim, digest);
    const signer = keys.find(({ key }) => signedBy(key, signed, signature));
    ensure(
      signer !== undefined,
      keys.every(({ key }) => key.asymmetricKeyType === 'ed25519') ? NOT_BY_ED25519 : 'a signature was made with none of the keys',
    );
    return { by: `key '${signer.name}'`, warnings: [] };
  };
}

function publicKeys(files: SecretFiles): readonly { readonly name: string; readonly key: KeyObject }[] {
  const pems = filesEndingIn(files, ['.pub']);
  ensure(pems.length > 0, "the Secret has no key whose name ends in '.pub'");
  return pems.map(([name, pem]) => {
    try {
      return { name, key: parsePublicKey(pem) };
    } catch (thrown) {
      throw new Rejection(`the public key '${name}' cannot be used: ${reasonOf(thrown)}`);
    }
  });
}

function attached(claim: Claim, digest: string): { readonly signed: Uint8Array; readonly signature: Uint8Array } {
  checkPayload(claim.bytes, digest);
  return { signed: claim.bytes, signature: attachedSignature(claim) };
}

function bundled(claim: Claim, digest: string): { readonly signed: Uint8Array; readonly signature: Uint8Array } {
  const bundle = parseBundle(claim.bytes, digest);
  ensure(bundle.bundle.verificationMaterial.content.$case === 'publicKey', 'a bundle was made with a certificate, not with a key');
  return bundle;
}

function byIdentity({ identities, trustedRoot }: CosignIdentities): Check {
  const material: TrustMaterial = parseTrustedRoot(trustedRoot);
  const matcher = createIdentityMatcher(identities);
  return (claim, digest) => {
    const identity = keylessSigner(claim, digest, material);
    const by = `'${identity.subjects.join(', ')}' as certified by '${identity.issuer}'`;
    return {
      by: reasonOf(by),
      warnings: warningsFor(claim, { expected: identities.length > 0, matches: matcher.match(identity) !== undefined, matcher, by }),
    };
  };
}

interface Match {
  readonly expected: boolean;
  readonly matches: boolean;
  readonly matcher: IdentityMatcher;
  readonly by: string;
}

/**
 * Throws unless the identity will do. Without any `matchOIDCIdentity` upstream takes anybody's attached signature, and refuses every
 * bundle.
 */
function warningsFor(claim: Claim, { expected, matches, matcher, by }: Match): readonly string[] {
  if (expected) {
    ensure(matches, `none of the expected identities is that of the signer, ${by}`);
    return matcher.warnings;
  }
  ensure(claim.format === 'simple-signing', "a bundle proves nothing without 'matchOIDCIdentity': anybody can get one");
  return ["without 'matchOIDCIdentity' anybody's signature passes"];
}
