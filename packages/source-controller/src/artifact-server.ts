import { type FileServer, type FileServerOptions, serveFiles } from '@gotk/artifact';
import type { Logger, Service } from '@gotk/runtime';

/** Serves the artifacts, on the leader alone: only it has them. */
export function artifactServer({ log, ...options }: FileServerOptions & { readonly log: Logger }): Service {
  let server: FileServer | undefined;
  return {
    name: 'artifact server',
    leaderOnly: true,
    async run(signal) {
      await using running = await serveFiles(options);
      server = running;
      log.info('serving artifacts', { url: running.url });
      await new Promise<void>((resolve) => {
        if (signal.aborted) resolve();
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
      server = undefined;
    },
    // A replica that waits for the lease is as ready as it can be.
    ready: () => server === undefined || server.url !== '',
  };
}
