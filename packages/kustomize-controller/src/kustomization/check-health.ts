import { formatDuration } from '@gotk/apimachinery';
import type { ApplyReport } from '@gotk/ssa';
import { asksForHealth, awaitHealth, passed } from './health.ts';
import { eventMetadata, type KnownProgress, ownerName, type ReconcileDeps } from './progress.ts';
import { timeoutMs } from './timing.ts';
import { untilDrift } from './until-drift.ts';

/** How long health took to come, in milliseconds; undefined when nobody asked for it. */
export async function checkHealth(
  objects: ApplyReport['objects'],
  { kustomization, source, ctx }: KnownProgress,
  deps: ReconcileDeps,
): Promise<number | undefined> {
  if (!asksForHealth(kustomization)) return undefined;
  const { clock } = ctx;
  const started = clock.monotonic();
  ctx.progress(`Running health checks for revision ${source.revision} with a timeout of ${formatDuration(timeoutMs(kustomization.spec))}`);
  using untouched = untilDrift(ownerName(kustomization), objects, { ...deps, signal: ctx.signal });
  await ctx.waitForStrangers(() => awaitHealth(kustomization, objects, { ...deps, ctx, signal: untouched.signal }));
  const tookMs = clock.monotonic() - started;
  const { status } = kustomization;
  const wasHealthy = status?.conditions?.some(({ type, status }) => type === 'Healthy' && status === 'True') === true;
  if (!wasHealthy || status?.lastAppliedRevision !== source.revision)
    ctx.event({ severity: 'info', reason: 'Progressing', message: passed(tookMs), metadata: eventMetadata(source) });
  return tookMs;
}
