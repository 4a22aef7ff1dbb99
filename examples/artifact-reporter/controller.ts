import { readdir } from 'node:fs/promises';
import { gitRepositories } from '@gotk/api';
import type { TreeCache } from '@gotk/artifact';
import { artifactWatch, type Controller, type Manager, sourceId, Waiting } from '@gotk/runtime';
import { type ArtifactReport, artifactReports, configMaps, reportOf } from './report.ts';

/** Keeps each report equal to its source's artifact. */
export function artifactReporter({ client, informer }: Manager, trees: TreeCache): Controller<ArtifactReport> {
  const repositories = informer(gitRepositories);
  const keyOfSource = ({ metadata, spec }: ArtifactReport) => ({ namespace: metadata.namespace ?? '', name: spec.sourceRef.name });
  return {
    name: 'artifactreport',
    resource: artifactReports,
    indexes: { source: (report) => [sourceId('GitRepository', keyOfSource(report))] },
    triggers: [artifactWatch(repositories, { index: 'source' })],
    concurrency: 4,

    async reconcile(report, { signal, progress, event }) {
      const key = keyOfSource(report);
      const artifact = repositories.get(key)?.status?.artifact;
      if (artifact === undefined)
        throw new Waiting({ reason: 'ArtifactFailed', message: `${sourceId('GitRepository', key)} has no artifact yet` });

      progress(`reading revision ${artifact.revision}`);
      using tree = await trees.hold(artifact, { signal });
      const files = await readdir(tree.directory, { recursive: true, withFileTypes: true });
      const count = files.filter((file) => file.isFile()).length;
      const data = { revision: artifact.revision, files: String(count) };
      await client.apply(configMaps, reportOf(report, data), { fieldManager: 'artifact-reporter', force: true, signal });

      const message = `${count} files in revision ${artifact.revision}`;
      event({ severity: 'info', reason: 'Reported', message, metadata: { revision: artifact.revision } });
      return { reason: 'Succeeded', message, fields: { reportedRevision: artifact.revision } };
    },
  };
}
