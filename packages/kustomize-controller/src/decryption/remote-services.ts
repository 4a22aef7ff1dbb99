import type { Kustomization } from '@gotk/api';
import type { KeyServices } from '@gotk/sops/keys';
import { cloudServices } from './cloud-services.ts';
import { type DecryptionIdentityOptions, decryptionIdentity } from './identity.ts';
import { KeyFile } from './key-files.ts';
import type { DecryptionMeans, Operation } from './means.ts';
import { type VaultServicesOptions, vaultServices } from './vault-services.ts';

export type RemoteServicesOptions = DecryptionIdentityOptions & VaultServicesOptions;

/**
 * Who decrypts data keys for a Kustomization over the network: by the files of its Secret, by their names, and by identities for the rest.
 * Files that are of no kind are not looked at. Throws `InvalidKeyFile`.
 */
export async function remoteServices(
  files: ReadonlyMap<string, string>,
  kustomization: Kustomization,
  options: RemoteServicesOptions,
): Promise<Omit<KeyServices, 'age' | 'pgp'>> {
  const means = meansOf(kustomization, options);
  return {
    ...(await cloudServices(files, means)),
    ...vaultServices(files.get(KeyFile.Vault)?.trim() || undefined, means, options),
  };
}

function meansOf(kustomization: Kustomization, options: RemoteServicesOptions): DecryptionMeans {
  const { kind, metadata } = kustomization;
  const identityFor = decryptionIdentity(kustomization, options);
  const own = (operation: Operation) => ({
    ...options.means,
    subject: { kind, name: metadata.name, namespace: metadata.namespace ?? '', operation },
  });
  return {
    isLockedDown: options.defaultServiceAccount !== '',
    own,
    assumed: async (operation, signal) => ({ ...own(operation), signal, identity: await identityFor(signal) }),
  };
}
