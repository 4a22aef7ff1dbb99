import type { Kustomization } from '@gotk/api';
import type { ConfigReference } from '@gotk/runtime';

/** The Secrets and ConfigMaps that a Kustomization reads: with the watch label, a change of one wakes it. */
export function configReferences({ spec }: Kustomization): readonly ConfigReference[] {
  const { secretRef, configMapRef } = spec.kubeConfig ?? {};
  const keys = spec.decryption?.secretRef;
  return [
    ...(secretRef === undefined ? [] : [{ kind: 'Secret', name: secretRef.name } as const]),
    ...(configMapRef === undefined ? [] : [{ kind: 'ConfigMap', name: configMapRef.name } as const]),
    ...(keys === undefined ? [] : [{ kind: 'Secret', name: keys.name } as const]),
    ...(spec.postBuild?.substituteFrom ?? []).map(({ kind, name }) => ({ kind, name })),
  ];
}
