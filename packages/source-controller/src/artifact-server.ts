import { aborted } from '@gotk/apimachinery';
import { type FileServerOptions, serveFiles } from '@gotk/artifact';
import type { Logger, Service } from '@gotk/runtime';

/** Serves the artifacts, on the leader alone: only it has them. A replica that waits for the lease is as ready as it can be. */
export function artifactServer({ log, ...options }: FileServerOptions & { readonly log: Logger }): Service {
  return {
    name: 'artifact server',
    leaderOnly: true,
    async run(signal) {
      await using running = await serveFiles(options);
      log.info('serving artifacts', { url: running.url });
      await aborted(signal);
    },
  };
}
