import type { KubeObject } from '@gotk/apimachinery';
import { crd, type Definition } from '../../custom-resource.ts';
import { artifact, conditions, lastHandledReconcileAt, localReference, observedGeneration } from '../../meta/fields.ts';
import { optional, string } from '../../schema.ts';

type SourceDeclaration = Omit<Parameters<typeof crd>[0], 'group' | 'version' | 'categories' | 'shortNames'> & {
  readonly shortNames?: readonly string[];
};

/** A kind of source. */
export const sourceCrd = <T extends KubeObject>({ shortNames = [], ...declaration }: SourceDeclaration): Definition<T> =>
  crd<T>({
    group: 'source.toolkit.fluxcd.io',
    version: 'v1',
    categories: ['all', 'fluxcd', 'fluxcd-sources'],
    shortNames,
    ...declaration,
  });

/** What the status of every kind says that is turned into an artifact here. */
export const sourceStatus = {
  observedGeneration: optional(observedGeneration),
  conditions: optional(conditions),
  artifact: optional(artifact),
  lastHandledReconcileAt: optional(lastHandledReconcileAt),
} as const;

export const latestUrl = optional(string('Where the latest artifact can be fetched from; prefer `artifact.url`.'));

export const observedIgnore = optional(string('The `spec.ignore` that the artifact was made with.'));

export const ignore = optional(
  string('Files to leave out of the artifact, in the format of `.gitignore`; replaces the default exclusions.'),
);

export const certSecretRef = (addition = '') =>
  optional(localReference(`Secret with \`ca.crt\`, or \`tls.crt\` and \`tls.key\`, or all three${addition}.`));

export const proxySecretRef = optional(
  localReference('Secret with the `address` of a proxy and, optionally, its `username` and `password`.'),
);
