import type { Kustomization } from '@gotk/api';
import { formatDuration, parseApiVersion } from '@gotk/apimachinery';
import type { InformerSet, KubeClient } from '@gotk/kube';
import { NoMatch } from '@gotk/kube';
import type { CelEvaluator, ConditionUpdate, ReconcileContext } from '@gotk/runtime';
import {
  type ApplyReport,
  type HealthTarget,
  idOf,
  type Ledger,
  type ObjectReference,
  Unhealthy,
  untilHealthy,
  verdictOfGone,
} from '@gotk/ssa';
import { healthRulesOf } from './health-expressions.ts';
import { POLICY } from './policy.ts';
import { timeoutMs } from './timing.ts';

export interface HealthDeps {
  readonly client: KubeClient;
  readonly informers: InformerSet;
  readonly byNamespace: boolean;
  readonly ledger: Ledger;
  readonly cel: CelEvaluator;
  /** The first object that has failed ends the wait. */
  readonly failFast: boolean;
}

export const asksForHealth = ({ spec }: Kustomization): boolean => spec.wait === true || (spec.healthChecks?.length ?? 0) > 0;

/** Waits until what the spec names is healthy: every applied object, or the ones in `healthChecks`. Throws `Unhealthy`. */
export async function awaitHealth(
  kustomization: Kustomization,
  objects: ApplyReport['objects'],
  {
    client,
    informers,
    byNamespace,
    ledger,
    cel,
    failFast,
    ctx,
    signal,
  }: HealthDeps & { readonly ctx: ReconcileContext; readonly signal: AbortSignal },
): Promise<void> {
  const { spec, metadata } = kustomization;
  const asked = spec.wait === true ? objects.filter(({ applied }) => applied) : await named(spec.healthChecks ?? [], { client, signal });
  const targets = asked.filter(({ reference }) => !isItself(kustomization, reference));
  const expiring = new Set(objects.filter(({ expires }) => expires).map(({ reference }) => idOf(reference)));
  // Applied objects carry our labels: one watch a kind finds them all.
  const labelSelector =
    spec.wait === true
      ? `kustomize.toolkit.fluxcd.io/name=${metadata.name},kustomize.toolkit.fluxcd.io/namespace=${metadata.namespace}`
      : undefined;
  await untilHealthy(targets, {
    client,
    informers,
    byNamespace,
    failFast,
    rules: healthRulesOf(kustomization, { cel }),
    clock: ctx.clock,
    signal,
    timeoutMs: timeoutMs(spec),
    verdictOfGone: ({ reference }, last) =>
      expiring.has(idOf(reference)) ? verdictOfGone(last, ledger.ended(idOf(reference))) : undefined,
    ...(labelSelector === undefined ? {} : { labelSelector }),
  });
}

/** A Kustomization that applies itself becomes ready when its health checks have ended, and not before. */
const isItself = ({ metadata }: Kustomization, { group, kind, namespace, name }: ObjectReference): boolean =>
  group === POLICY.group && kind === 'Kustomization' && namespace === metadata.namespace && name === metadata.name;

async function named(
  checks: NonNullable<Kustomization['spec']['healthChecks']>,
  { client, signal }: { readonly client: KubeClient; readonly signal: AbortSignal },
): Promise<readonly HealthTarget[]> {
  const targets: HealthTarget[] = [];
  for (const { apiVersion = 'v1', kind, name, namespace } of checks) {
    const gvk = { ...parseApiVersion(apiVersion), kind };
    try {
      const resource = await client.mapper.resourceFor(gvk, { signal });
      targets.push({ resource, reference: { ...gvk, name, namespace: resource.namespaced ? (namespace ?? '') : '' } });
    } catch (error) {
      throw error instanceof NoMatch ? new Unhealthy(`health check failed: ${error.message}`, { cause: error }) : error;
    }
  }
  return targets;
}

/** The Healthy condition of a Kustomization that asks for health. One that was healthy stays so in the same words, so that a mere look changes nothing. */
export function healthy({ status }: Kustomization, tookMs: number): readonly ConditionUpdate[] {
  const known = status?.conditions?.find(({ type }) => type === 'Healthy');
  const message = known?.status === 'True' ? known.message : passed(tookMs);
  return [{ type: 'Healthy', status: 'True', reason: 'Succeeded', message }];
}

export const unhealthy = (message: string): readonly ConditionUpdate[] => [
  { type: 'Healthy', status: 'False', reason: 'HealthCheckFailed', message },
];

export const passed = (tookMs: number): string => `Health check passed in ${formatDuration(Math.round(tookMs))}`;
