import { helmRepositories } from '@gotk/api';
import type { Testbed } from './testbed.ts';

/** Who has ever written anything of a HelmRepository, its status included. */
export async function writersOf(bed: Testbed, name: string): Promise<readonly unknown[]> {
  const { metadata } = (await bed.get(helmRepositories, name)) ?? {};
  const { managedFields = [] } = (metadata ?? {}) as { readonly managedFields?: readonly { readonly manager?: string }[] };
  return managedFields.map(({ manager }) => manager);
}
