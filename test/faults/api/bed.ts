import { setTimeout as delay } from 'node:timers/promises';
import { isRecord, type Resource } from '@gotk/apimachinery';
import { heapAfterCollection } from '@gotk/apimachinery/garbage';
import { loadConnection } from '@gotk/kube/kubeconfig';
import { createLogger } from '@gotk/runtime';
import {
  checkInvariants,
  type Expectations,
  type FaultProxy,
  type RequestRecord,
  startFaultProxy,
  watchLoop,
  watchUnhandled,
} from '@gotk/testkit';
import { expect, inject } from 'vitest';
import { type Subject, type SubjectOptions, startSubject, whatIsWrong } from '../subject.ts';
import { isReady, UID_LABEL, WIDGET_LABEL } from '../widget.ts';

declare module 'vitest' {
  interface ProvidedContext {
    readonly kubeconfigPath: string;
  }
}

export interface BedOptions extends Omit<SubjectOptions, 'kubeconfigPath' | 'controllerKubeconfigPath' | 'log'> {
  readonly seed?: number;
}

export interface SettleOptions {
  /** How often each ConfigMap may have been changed: once for each thing that was wanted of it. */
  readonly changes: number | ((name: string) => number);
  readonly mayDelete?: Expectations['mayDelete'];
  /** The fault ended then (wall clock); default: now. */
  readonly faultEndedMs?: number;
  readonly limitMs?: number;
  readonly loopLimits?: Expectations['loopLimits'];
}

/** The subject behind a fault proxy; whoever uses the subject as its user goes past the proxy. */
export interface FaultBed extends Subject {
  readonly proxy: FaultProxy;
  /** What the controller logged, a line each as `make up` would show it. */
  readonly log: readonly string[];
  /** What the controller has asked for so far. */
  requests(): readonly RequestRecord[];
  /**
   * Waits until all is as wanted, then looks on for a while in which nothing should happen, and checks every invariant over the whole test.
   * Resolves with a row for the table of faults.
   */
  settle(options: SettleOptions): Promise<string>;
}

/** What one fault may leave under way: an event, a run that finds nothing to do, a repetition after a back-off. */
const CALM_MS = 700;
const LONGEST_CALMING_MS = 10_000;
/** Of widgets and of ConfigMaps. */
const WATCHES = 2;
const QUIET_MS = 1_000;
/** Server, proxy, test and controller share this process, and the machine is shared as well: a blocked loop is far beyond. */
const MAX_LOOP_DELAY_MS = 500;

/** A secret for tests to put where it may slip out. */
export const CANARY = 'canary-7f3a9c-password';

export async function faultBed({ seed = 1, ...options }: BedOptions = {}): Promise<FaultBed> {
  const kubeconfigPath = inject('kubeconfigPath');
  const log = textLog();
  const stack = new AsyncDisposableStack();
  try {
    const unhandled = stack.use(watchUnhandled(process));
    const connection = await loadConnection({ kubeconfigPath });
    const token = (await connection.token?.()) ?? CANARY;
    const proxy = stack.use(await startFaultProxy({ connection, seed }));
    const controllerKubeconfigPath = proxy.kubeconfigPath;
    const subject = stack.use(await startSubject({ ...options, kubeconfigPath, controllerKubeconfigPath, log: log.logger }));
    const beforeBytes = await heapAfterCollection();
    const loop = stack.use(watchLoop());
    const requests = () => proxy.trace.records;

    return {
      ...subject,
      proxy,
      log: log.lines,
      requests,
      async settle({ changes, mayDelete = () => false, faultEndedMs = Date.now(), limitMs, loopLimits }) {
        let stillWrong: unknown;
        const timeoutMs = (limitMs ?? 30_000) + 5_000;
        await subject.converged({ timeoutMs }).catch((error: unknown) => {
          stillWrong = error;
        });
        const convergedMs = stillWrong === undefined ? Date.now() : undefined;
        const spent = { requests: requests().length, runs: subject.runLog.length };
        await calm(proxy);
        const fromMs = Date.now();
        await delay(QUIET_MS);
        const quiet = { fromMs, toMs: Date.now() };

        const memory = { beforeBytes, afterBytes: await heapAfterCollection() };
        const [present, live] = [await subject.widgets(), await subject.configMaps()];
        const violations = checkInvariants(
          {
            requests: requests(),
            runs: subject.runLog,
            forgotten: proxy.trace.forgotten,
            claims: present.map((widget) => ({
              name: widget.metadata.name,
              generation: widget.metadata.generation,
              observedGeneration: widget.status?.observedGeneration,
              ready: isReady(widget),
              wrong: whatIsWrong(
                [widget],
                live.filter(({ metadata }) => metadata.labels?.[WIDGET_LABEL] === widget.metadata.name),
              )[0],
            })),
            made: live.map(({ metadata }) => ({ name: metadata.name, ownerUid: metadata.labels?.[UID_LABEL] })),
            owners: new Set(present.map(({ metadata }) => metadata.uid ?? '')),
            loop,
            memory,
            texts: { log: log.lines.join('\n'), widgets: JSON.stringify(present), events: await eventsIn(subject) },
            unhandled: unhandled.errors,
          },
          {
            stable: { faultEndedMs, convergedMs, quiet, ...(limitMs === undefined ? {} : { limitMs }) },
            mayDelete,
            effects: { resources: ['configmaps'], allowed: ({ name }) => (typeof changes === 'number' ? changes : changes(name)) },
            maxLoopDelayMs: MAX_LOOP_DELAY_MS,
            canaries: [token, CANARY],
            ...(loopLimits === undefined ? {} : { loopLimits }),
          },
        );
        expect([...(isRecord(stillWrong) ? [String(stillWrong)] : []), ...violations]).toEqual([]);
        const tookMs = (convergedMs ?? 0) - faultEndedMs;
        const heapMiB = ((memory.afterBytes - beforeBytes) / 2 ** 20).toFixed(1);
        return `converged ${tookMs} ms after the fault; ${spent.requests} requests, ${spent.runs} runs of ${present.length} widgets; heap ${heapMiB} MiB more`;
      },
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

/** Resolves when the controller watches again and has asked nothing for a while: what is as wanted may have to reach it first. Whoever never rests is not waited for. */
async function calm({ trace, openWatches }: FaultProxy): Promise<void> {
  const deadlineMs = Date.now() + LONGEST_CALMING_MS;
  for (let count = -1; Date.now() < deadlineMs; count = trace.records.length) {
    if (count === trace.records.length && openWatches() >= WATCHES) return;
    await delay(CALM_MS);
  }
}

const events: Resource = { group: '', version: 'v1', kind: 'Event', plural: 'events', namespaced: true };

async function eventsIn({ client, namespace }: Subject): Promise<string> {
  return JSON.stringify((await client.list(events, { namespace, signal: AbortSignal.timeout(10_000) })).items);
}

/** The runtime's own logger: what it writes is what would be read. */
function textLog() {
  const lines: string[] = [];
  const logger = createLogger({ level: 'debug', encoding: 'json', destination: { write: (line) => void lines.push(line) } });
  return { lines, logger };
}
