import { type GitRepository, gitRepositories } from '@gotk/api';
import { resources, type Testbed } from './testbed.ts';

/** A Secret that wakes whoever reads it when it changes. */
export const secret = (bed: Testbed, name: string, data: Readonly<Record<string, string>>) =>
  bed.apply(resources.secret, {
    metadata: { name, labels: { 'reconcile.fluxcd.io/watch': 'Enabled' } },
    data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')])),
  });

/** The object after a look that somebody has asked for just now. */
export async function lookedAt(bed: Testbed, name: string): Promise<GitRepository> {
  const token = await bed.request(gitRepositories, name);
  return await bed.source(name, (it) => it.status?.lastHandledReconcileAt === token);
}

export const isAt =
  (revision: string) =>
  (it: GitRepository): boolean =>
    it.status?.artifact?.revision === revision;
