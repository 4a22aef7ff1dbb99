// `make bench`: seconds, CPU, memory and API requests of the controllers on the embedded control plane, one table for each number of Kustomizations.
//
//   node test/bench/main.ts [--n 100,500,1000] [--idle 120] [--drifts 20] [--chain 10] [--per-source 50] [--json] [--requests]
//
// All share one source, unless it is said how many do.
//
// Next to somebody else's controllers, in the same seat one after the other, and the ratio of the two:
//
//   … --other kustomize-controller=/path/to/program [--other source-controller=/path/to/program]
//
// With an API server that each of their requests takes a while to get to, as one that has machines of its own:
//
//   … --far 20
//
// Controllers that run already, on a cluster whose audit log has their requests and no others:
//
//   … --pid kustomize-controller=1234 [--pid source-controller=1235] --kubeconfig FILE --audit-log FILE
import { parseArgs } from 'node:util';
import { NoControlPlane } from '@gotk/testkit';
import { verdicts } from './bars.ts';
import type { Row } from './measure.ts';
import { runScenarios, type ScenarioOptions } from './scenarios.ts';
import { type Sitter, takeSeat } from './seat.ts';
import { renderComparison, renderRequests, renderTable, renderVerdicts, rowsAsData } from './table.ts';
import { sourcesOf } from './workload.ts';

const { values } = parseArgs({
  options: {
    n: { type: 'string', default: '100' },
    idle: { type: 'string', default: '120' },
    drifts: { type: 'string', default: '20' },
    chain: { type: 'string', default: '10' },
    'per-source': { type: 'string' },
    json: { type: 'boolean', default: false },
    requests: { type: 'boolean', default: false },
    other: { type: 'string', multiple: true, default: [] },
    far: { type: 'string', default: '0' },
    pid: { type: 'string', multiple: true, default: [] },
    kubeconfig: { type: 'string' },
    'audit-log': { type: 'string' },
  },
});

/** `name=value`, each. */
const pairs = (texts: readonly string[]): readonly (readonly [string, string])[] =>
  texts.map((text) => [text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1)] as const);

/** All phases, or those before one that failed: what was measured is worth its time. */
async function run(sitter: Sitter, options: ScenarioOptions): Promise<readonly Row[]> {
  await using stack = new AsyncDisposableStack();
  const seat = await takeSeat(sitter, stack);
  const rows: Row[] = [];
  try {
    for await (const row of runScenarios(seat, options)) {
      rows.push(row);
      console.error(`${row.phase}: ${row.seconds.toFixed(2)} s`);
      if (values.requests) console.error(`  ${renderRequests(row)}`);
    }
  } catch (error) {
    console.error(error);
    process.exitCode = 1;
  }
  return rows;
}

async function bench(): Promise<void> {
  const others = Object.fromEntries(pairs(values.other));
  const { kubeconfig: kubeconfigPath, 'audit-log': auditLog } = values;
  const processes = pairs(values.pid).map(([name, pid]) => ({ name, pid: Number(pid) }));
  const farMs = Number(values.far);
  const sitter: Sitter =
    kubeconfigPath === undefined || auditLog === undefined
      ? { kind: 'started', programs: {}, farMs }
      : { kind: 'attached', kubeconfigPath, auditLog, processes };
  const results: unknown[] = [];
  for (const count of values.n.split(',').map(Number)) {
    const perSource = values['per-source'] === undefined ? count : Number(values['per-source']);
    const options = {
      count,
      perSource,
      idleSeconds: Number(values.idle),
      drifts: Number(values.drifts),
      chainLength: Number(values.chain),
    };
    const rows = await run(sitter, options);
    const bars = verdicts(rows, { count, sources: sourcesOf(options).length });
    const otherRows = values.other.length === 0 ? undefined : await run({ kind: 'started', programs: others, farMs }, options);
    results.push({ n: count, rows: rowsAsData(rows), bars, ...(otherRows === undefined ? {} : { other: rowsAsData(otherRows) }) });
    if (values.json) continue;
    console.log(`N = ${count}\n\n${renderTable(rows)}\n\n${renderVerdicts(bars)}\n`);
    if (otherRows !== undefined) console.log(`other\n\n${renderTable(otherRows)}\n\n${renderComparison(rows, otherRows)}\n`);
  }
  if (values.json) console.log(JSON.stringify(results, undefined, 2));
}

try {
  await bench();
} catch (error) {
  console.error(error instanceof NoControlPlane ? error.message : error);
  process.exitCode = 1;
}
