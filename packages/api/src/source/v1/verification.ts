import { localReference } from '../../meta/fields.ts';
import { list, object, oneOf, optional, string } from '../../schema.ts';

const identity = object(
  {
    issuer: string('Regular expression (RE2) for the issuer of the identity token.'),
    subject: string('Regular expression (RE2) for the identity itself, such as the address of a workflow.'),
  },
  'Who may have signed without a key.',
);

const fields = {
  provider: oneOf(['cosign', 'notation'], 'Which tool made the signatures.', { default: 'cosign' }),
  secretRef: optional(
    localReference(
      'Secret with the trusted public keys (cosign: `*.pub`), or certificates and trust policy (notation). Without it, cosign verifies keyless.',
    ),
  ),
  matchOIDCIdentity: optional(list(identity, 'Identities of which one has to have signed, for cosign without keys.')),
};

/** How a chart from a registry has to be signed. */
export const chartVerification = object(fields, 'Signatures that the chart must carry; for charts from registries alone.');

/** How an artifact of a registry has to be signed. */
export const ociVerification = object(
  {
    ...fields,
    trustedRootSecretRef: optional(
      localReference('Secret with the `trusted_root.json` of a Sigstore of your own, for cosign without keys; the public one by default.'),
    ),
  },
  'Signatures that the artifact must carry.',
);
