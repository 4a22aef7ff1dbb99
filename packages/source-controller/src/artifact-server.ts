import { aborted } from '@gotk/apimachinery';
import { type FileServerOptions, serveFiles } from '@gotk/artifact';
import type { Logger, Service } from '@gotk/runtime';

/**
 * Serves the artifacts, on every replica: on a volume that they share each has them all. Where each has a volume of its own, what one does not have is 404, which
 * consumers ask for again.
 */
export function artifactServer({ log, ...options }: FileServerOptions & { readonly log: Logger }): Service {
  let listening = false;
  return {
    name: 'artifact server',
    leaderOnly: false,
    async run(signal) {
      await using running = await serveFiles(options);
      listening = true;
      log.info('serving artifacts', { url: running.url });
      await aborted(signal);
      listening = false;
    },
    ready: () => listening,
  };
}
