import { createLogger } from '@gotk/runtime';
import { startWidgetController, type WidgetControllerOptions } from './widget-controller.ts';

/**
 * The widget controller as a process of its own, to be killed: `node subject-main.ts '{"namespace":"…","manager":{…}}'` with `KUBECONFIG` in the environment.
 * Logs go to stderr; stdout gets one JSON line a run, `{"run":"web-0"}`, and `{"ended":…}` at an orderly end. Exits with 1 when the manager failed.
 */
const options: Pick<WidgetControllerOptions, 'namespace' | 'concurrency' | 'client' | 'manager'> = JSON.parse(process.argv[2] ?? '{}');
const say = (line: unknown) => process.stdout.write(`${JSON.stringify(line)}\n`);

const controller = await startWidgetController({
  ...options,
  kubeconfigPath: process.env.KUBECONFIG ?? '',
  log: createLogger({ level: 'info', encoding: 'json', destination: process.stderr }),
  onRun: (run) => say({ run }),
});
process.once('SIGTERM', () => {
  // Told by `ended` below.
  controller.stop().catch(() => undefined);
});
// Frozen from within: SIGSTOP from without may fall between the last look at the lease and the first byte of a request, where no program can notice.
process.on('SIGUSR2', () => {
  say({ freezing: true });
  process.kill(process.pid, 'SIGSTOP');
});
try {
  await controller.ended;
  say({ ended: 'stopped' });
} catch (error) {
  say({ ended: String(error) });
  process.exitCode = 1;
}
