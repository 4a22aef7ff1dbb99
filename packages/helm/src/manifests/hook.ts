import { compareText } from '@gotk/apimachinery';
import type { ManifestHead } from './head.ts';

/** When a hook runs. */
export const HookEvent = {
  PreInstall: 'pre-install',
  PostInstall: 'post-install',
  PreDelete: 'pre-delete',
  PostDelete: 'post-delete',
  PreUpgrade: 'pre-upgrade',
  PostUpgrade: 'post-upgrade',
  PreRollback: 'pre-rollback',
  PostRollback: 'post-rollback',
  Test: 'test',
} as const;
export type HookEvent = (typeof HookEvent)[keyof typeof HookEvent];

/** How the last run of a hook went. */
export type HookPhase = '' | 'Unknown' | 'Running' | 'Succeeded' | 'Failed';

export interface HookExecution {
  /** RFC 3339. */
  readonly startedAt?: string;
  readonly completedAt?: string;
  readonly phase: HookPhase;
}

/** An object of a chart that is no part of the release, and comes and goes at certain events. */
export interface Hook {
  readonly name: string;
  readonly kind: string;
  /** Of the template. */
  readonly path: string;
  readonly manifest: string;
  readonly events: readonly HookEvent[];
  readonly weight: number;
  /** As they were written, unknown ones too: Helm knows `before-hook-creation`, `hook-succeeded` and `hook-failed`. */
  readonly deletePolicies: readonly string[];
  /** Helm knows `hook-succeeded` and `hook-failed`. */
  readonly outputLogPolicies: readonly string[];
  readonly lastRun: HookExecution;
}

const HOOK = 'helm.sh/hook';
const WEIGHT = 'helm.sh/hook-weight';
const DELETE_POLICY = 'helm.sh/hook-delete-policy';
const OUTPUT_LOG_POLICY = 'helm.sh/hook-output-log-policy';

// The name that Helm 2 had for a test.
const EVENTS = new Map<string, HookEvent>([
  ...Object.values(HookEvent).map((event) => [event, event] as const),
  ['test-success', HookEvent.Test],
]);

/** What the annotations make of a document: `undefined` when it is no hook, `unknown` when one of its events is none. */
export function hookOf(
  head: ManifestHead,
  { path, content }: { readonly path: string; readonly content: string },
): Hook | 'unknown' | undefined {
  const { annotations, name, kind } = head;
  if (!Object.hasOwn(annotations, HOOK)) return undefined;
  const events = listed(annotations, HOOK).map((event) => EVENTS.get(event));
  if (!events.every((event) => event !== undefined)) return 'unknown';
  return {
    name,
    kind,
    path,
    manifest: content,
    events,
    weight: weightOf(head),
    deletePolicies: listed(annotations, DELETE_POLICY),
    outputLogPolicies: listed(annotations, OUTPUT_LOG_POLICY),
    lastRun: { phase: '' },
  };
}

function listed(annotations: Readonly<Record<string, string>>, name: string): readonly string[] {
  if (!Object.hasOwn(annotations, name)) return [];
  return (annotations[name] ?? '').split(',').map((item) => item.trim().toLowerCase());
}

/** Whatever is no whole number weighs nothing. */
export function weightOf({ annotations }: Pick<ManifestHead, 'annotations'>): number {
  const text = Object.hasOwn(annotations, WEIGHT) ? (annotations[WEIGHT] ?? '') : '';
  const weight = /^[-+]?[0-9]+$/.test(text) ? Number(text) : 0;
  return Number.isSafeInteger(weight) ? weight : 0;
}

/** The hooks of an event in the order in which they run: by weight, then by name. */
export function hooksAt(event: HookEvent, hooks: readonly Hook[]): readonly Hook[] {
  return hooks.filter(({ events }) => events.includes(event)).sort((a, b) => a.weight - b.weight || compareText(a.name, b.name));
}

/** Whether a hook is deleted at that moment. Resource definitions never are: all objects of their kinds would go with them. */
export function isDeletedAt({ kind, deletePolicies }: Hook, moment: 'before-hook-creation' | 'hook-succeeded' | 'hook-failed'): boolean {
  if (kind === 'CustomResourceDefinition') return false;
  return deletePolicies.length === 0 ? moment === 'before-hook-creation' : deletePolicies.includes(moment);
}
