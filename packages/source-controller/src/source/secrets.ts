import { InvalidLogin } from '@gotk/auth';
import { isNotFound } from '@gotk/kube';
import type { Manager, Secret } from '@gotk/runtime';

interface Reference {
  readonly name: string;
}

/** The Secrets that a source names, by what they are for. */
export interface SecretReferences {
  readonly secretRef?: Reference;
  readonly certSecretRef?: Reference;
  readonly proxySecretRef?: Reference;
  readonly verify?: { readonly secretRef?: Reference; readonly trustedRootSecretRef?: Reference };
  readonly sts?: { readonly secretRef?: Reference; readonly certSecretRef?: Reference };
}

/** Names of all Secrets that decide how a source is fetched: a change of one wakes it, if the Secret is watched. */
export function secretNames({ secretRef, certSecretRef, proxySecretRef, verify, sts }: SecretReferences): readonly string[] {
  const references = [
    secretRef,
    certSecretRef,
    proxySecretRef,
    verify?.secretRef,
    verify?.trustedRootSecretRef,
    sts?.secretRef,
    sts?.certSecretRef,
  ];
  return [...new Set(references.flatMap((reference) => (reference === undefined ? [] : [reference.name])))];
}

export interface SecretReader {
  readonly manager: Pick<Manager, 'readSecret'>;
  readonly namespace: string;
  readonly signal: AbortSignal;
}

/** Reads a Secret of the source's namespace when it is needed, and keeps none. Throws `InvalidLogin` for one that is not there. */
export async function readSecret(
  reference: Reference | undefined,
  { manager, namespace, signal }: SecretReader,
): Promise<Secret | undefined> {
  if (reference === undefined) return undefined;
  try {
    return await manager.readSecret({ namespace, name: reference.name }, { signal });
  } catch (error) {
    if (isNotFound(error)) throw new InvalidLogin(`Secret '${reference.name}' not found`);
    throw error;
  }
}
