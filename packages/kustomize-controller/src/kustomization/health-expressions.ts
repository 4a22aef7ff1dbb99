import { type Kustomization, Reason } from '@gotk/api';
import { type GroupVersionKind, gvkOf, isRecord, parseApiVersion, type Unstructured } from '@gotk/apimachinery';
import type { Verdict } from '@gotk/kstatus';
import { compileCel, EvaluationFailed, InvalidExpression } from '@gotk/kstatus/cel';
import { type CelEvaluator, Stalled } from '@gotk/runtime';
import { type HealthRules, kstatusRules, Unhealthy } from '@gotk/ssa';

type Check = NonNullable<Kustomization['spec']['healthCheckExprs']>[number];

/** In the order in which they are asked (flux2, RFC 0009); the first that is true tells. */
const STATUSES = { inProgress: 'InProgress', failed: 'Failed', current: 'Current' } as const;
const FIELDS = ['inProgress', 'failed', 'current'] as const;

const groupOf = ({ apiVersion }: Check): string => parseApiVersion(apiVersion).group;
const shown = (check: Check): string => (check.kind ? `kind '${check.kind}'` : `all kinds of '${groupOf(check)}'`);

/** Why the spec's `healthCheckExprs` can never be used; undefined when they can. Says which expression, and of which kind. */
export function checkHealthExpressions({ spec }: Kustomization): Stalled | undefined {
  const known = new Set<string>();
  for (const [index, check] of (spec.healthCheckExprs ?? []).entries()) {
    const at = `spec.healthCheckExprs[${index}]`;
    const id = `${groupOf(check)}/${check.kind ?? ''}`;
    if (known.has(id)) return invalid(`${at}: there are expressions for ${shown(check)} already`);
    known.add(id);
    for (const field of FIELDS) {
      const expression = check[field];
      if (!expression) continue;
      try {
        compileCel(expression, { variables: 'any', result: 'bool' });
      } catch (error) {
        if (!(error instanceof InvalidExpression)) throw error;
        return invalid(`${at}.${field} for ${shown(check)}: ${error.message}`);
      }
    }
  }
  return undefined;
}

const invalid = (message: string): Stalled => new Stalled({ reason: Reason.InvalidCELExpression, message });

/** kstatus, but for the kinds that the spec has expressions for: those of a kind before those of its whole group. */
export function healthRulesOf({ spec, metadata }: Kustomization, { cel }: { readonly cel: CelEvaluator }): HealthRules {
  const checks = spec.healthCheckExprs ?? [];
  if (checks.length === 0) return kstatusRules;
  const of = `${metadata.namespace}/${metadata.name}`;
  const checkFor = ({ group, kind }: GroupVersionKind): Check | undefined => {
    const ofGroup = checks.filter((check) => groupOf(check) === group);
    return ofGroup.find((check) => check.kind === kind) ?? ofGroup.find((check) => !check.kind);
  };
  return {
    isStateless: (resource) => checkFor(resource) === undefined && kstatusRules.isStateless(resource),
    verdictOf(object, signal) {
      const check = checkFor(gvkOf(object));
      return check === undefined ? kstatusRules.verdictOf(object, signal) : evaluate(object, check, { cel, signal, of });
    },
  };
}

async function evaluate(
  object: Unstructured,
  check: Check,
  { cel, ...options }: { readonly cel: CelEvaluator; readonly signal: AbortSignal; readonly of: string },
): Promise<Verdict> {
  const { generation } = object.metadata;
  const observed = isRecord(object.status) ? object.status.observedGeneration : undefined;
  if (Number.isInteger(observed) && generation !== undefined && observed !== generation)
    return { status: 'InProgress', message: `generation ${generation} has not been observed, only ${observed}` };
  for (const field of FIELDS) {
    const expression = check[field];
    if (!expression) continue;
    const at = `spec.healthCheckExprs, '${field}' for ${shown(check)}`;
    try {
      if (await cel.bool(expression, { ...object }, { ...options, variables: 'any' }))
        return { status: STATUSES[field], message: `${at} is true` };
    } catch (error) {
      options.signal.throwIfAborted();
      const message = `${at}: ${error instanceof Error ? error.message : String(error)}`;
      // There may be no answer yet: objects are made without a status.
      if (error instanceof EvaluationFailed) return { status: 'InProgress', message };
      throw new Unhealthy(`health check failed: ${message}`, { cause: error });
    }
  }
  return { status: 'InProgress', message: `no expression of spec.healthCheckExprs for ${shown(check)} is true` };
}
