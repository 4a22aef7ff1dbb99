import type { Row } from './measure.ts';
import { leaseRequests, workRequests } from './request-count.ts';

const COLUMNS = [
  'phase',
  'seconds',
  'requests',
  'per Kustomization',
  'leases',
  'CPU-s',
  'peak RSS MiB',
  'latency ms (median / max)',
] as const;

/** The table as Markdown: the same text serves a terminal and a document. */
export function renderTable(rows: readonly Row[]): string {
  const cells = rows.map((row) => {
    const requests = workRequests(row.requests);
    return [
      row.phase,
      row.seconds.toFixed(2),
      String(requests),
      (requests / row.count).toFixed(2),
      String(leaseRequests(row.requests)),
      row.usage.map(({ name, cpuSeconds }) => `${short(name)} ${cpuSeconds.toFixed(2)}`).join(', '),
      row.usage.map(({ name, peakRssMiB }) => `${short(name)} ${peakRssMiB.toFixed(0)}`).join(', '),
      row.latenciesMs === undefined ? '' : renderLatencies(row.latenciesMs),
    ];
  });
  const widths = COLUMNS.map((title, column) => Math.max(title.length, ...cells.map((line) => line[column]?.length ?? 0)));
  const render = (line: readonly string[]) => `| ${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [render(COLUMNS), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...cells.map(render)].join('\n');
}

/** Where the requests of a phase went, most frequent first. */
export function renderRequests(row: Row): string {
  const sorted = [...row.requests].sort(([, a], [, b]) => b - a);
  return `${row.phase}: ${sorted.map(([name, count]) => `${count} ${name}`).join(', ') || 'no requests'}`;
}

/** Everything measured, for another program to read. */
export function renderJson(rows: readonly Row[]): string {
  return JSON.stringify(
    rows.map((row) => ({ ...row, requests: Object.fromEntries(row.requests) })),
    null,
    2,
  );
}

function renderLatencies(values: readonly number[]): string {
  const sorted = [...values].sort((a, b) => a - b);
  return `${(sorted[Math.floor(sorted.length / 2)] ?? Number.NaN).toFixed(0)} / ${(sorted.at(-1) ?? Number.NaN).toFixed(0)}`;
}

const short = (name: string) => name.replace(/-controller$/, '');
