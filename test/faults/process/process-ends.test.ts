import { setTimeout as delay } from 'node:timers/promises';
import { seededRandom } from '@gotk/testkit';
import { describe, expect, inject, test } from 'vitest';
import { type Bed, createBed } from '../subject.ts';
import { auditedRequests, createdTwice } from './audit-log.ts';
import { names, updateInsistently } from './insistent-user.ts';
import { leaseOf } from './lease.ts';
import type {} from './provided.ts';
import { type SubjectProcess, startSubjectProcess } from './subject-process.ts';

const kubeconfigPath = inject('kubeconfigPath');
const GRACE_MS = 3_000;

const start = ({ namespace }: Bed, options: { readonly elected?: boolean } = {}): SubjectProcess =>
  startSubjectProcess({
    kubeconfigPath,
    namespace,
    manager: {
      graceMs: GRACE_MS,
      ...(options.elected ? { election: { namespace, leaseDurationMs: 15_000, renewDeadlineMs: 10_000, retryPeriodMs: 2_000 } } : {}),
    },
  });
const requestsOf = ({ namespace }: Bed) => auditedRequests(inject('auditLog'), { namespace, userAgent: 'widget-controller' });

describe('a controller', () => {
  test('ends with 0 at SIGTERM in the middle of work, gives its lease back, and the next one finishes the work', async ({ annotate }) => {
    await using bed = await createBed({ kubeconfigPath });
    await using first = start(bed, { elected: true });
    await first.untilLogged('controllers start');
    const creating = bed.createWidgets(50);
    await first.untilRuns(10);

    const askedAt = performance.now();
    first.send('SIGTERM');
    expect(await first.exit()).toBe(0);
    const endedMs = performance.now() - askedAt;
    expect(endedMs).toBeLessThan(GRACE_MS + 2_000);
    expect((await leaseOf(bed)).spec.holderIdentity).toBe('');
    await creating;
    expect(new Set(first.runs).size).toBeLessThan(50);

    await using second = start(bed, { elected: true });
    await second.untilLogged('elected leader');
    const convergedMs = await bed.converged();
    await annotate(`ended ${Math.round(endedMs)} ms after SIGTERM; its successor was done after ${Math.round(convergedMs)} ms`);
    expect(createdTwice(await requestsOf(bed))).toEqual([]);
  });

  test.for([1, 2, 3])(
    'killed again and again while it installs 50 widgets leaves nothing behind and does nothing twice (seed %i)',
    async (seed, { annotate }) => {
      const random = seededRandom(seed);
      await using bed = await createBed({ kubeconfigPath });
      const creating = bed.createWidgets(50);
      const deaths: number[] = [];
      for (let kill = 0; kill < 3; kill++) {
        await using controller = start(bed);
        const runs = 1 + Math.floor(random() * 15);
        await controller.untilRuns(runs);
        await delay(random() * 20);
        controller.send('SIGKILL');
        expect(await controller.exit()).toBe('SIGKILL');
        deaths.push(controller.runs.length);
        // Somebody changes and deletes meanwhile: the next process must see it although it was not there.
        if (kill === 1) {
          await creating;
          await bed.deleteWidgets(['web-0', 'web-1', 'web-2']);
          await updateInsistently(bed, names('web', 50).slice(3), { content: 'second', parts: 3 });
        }
      }
      await using last = start(bed);
      await last.untilLogged('controllers start');
      const convergedMs = await bed.converged();
      await annotate(`killed after ${deaths.join(', ')} runs; the last process was done after ${Math.round(convergedMs)} ms`);
      expect(await bed.widgets()).toHaveLength(47);
      expect(createdTwice(await requestsOf(bed))).toEqual([]);
      expect(last.log).not.toMatch(/unhandled|uncaught/i);
    },
  );
});
