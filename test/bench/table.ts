import { median, type Verdict } from './bars.ts';
import type { Row } from './measure.ts';
import { leaseRequests, workRequests } from './request-count.ts';

const COLUMNS = [
  'phase',
  'seconds',
  'requests',
  'per Kustomization',
  'leases',
  'CPU-s',
  'server CPU-s',
  'peak RSS MiB',
  'wait ms (median / max)',
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
      row.serverCpuSeconds?.toFixed(1) ?? '',
      row.usage.map(({ name, peakRssMiB }) => `${short(name)} ${peakRssMiB.toFixed(0)}`).join(', '),
      row.latenciesMs === undefined ? '' : renderLatencies(row.latenciesMs),
    ];
  });
  return markdown(COLUMNS, cells);
}

function markdown(columns: readonly string[], cells: readonly (readonly string[])[]): string {
  const widths = columns.map((title, column) => Math.max(title.length, ...cells.map((line) => line[column]?.length ?? 0)));
  const render = (line: readonly string[]) => `| ${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [render(columns), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...cells.map(render)].join('\n');
}

/** What was promised, and what came of it. */
export function renderVerdicts(verdicts: readonly Verdict[]): string {
  const cells = verdicts.map(({ bar, limit, measured, isMet }) => [bar, `${limit}`, measured.toFixed(2), isMet ? 'yes' : 'NO']);
  return markdown(['bar', 'at most', 'measured', 'met'], cells);
}

/** Ours as a fraction of theirs, phase by phase, of the applier where it is about a process: what feeds both is the same. */
export function renderComparison(ours: readonly Row[], theirs: readonly Row[]): string {
  const cells = ours.flatMap((row) => {
    const other = theirs.find(({ kind }) => kind === row.kind);
    if (other === undefined) return [];
    const of = (figure: (row: Row) => number) =>
      `${figure(row).toFixed(1)} / ${figure(other).toFixed(1)} = ${(figure(row) / figure(other)).toFixed(2)}`;
    const applier = (row: Row) => row.usage.find(({ name }) => name === 'kustomize-controller');
    return [
      [
        row.phase,
        of(({ seconds }) => seconds),
        of((it) => applier(it)?.cpuSeconds ?? Number.NaN),
        of((it) => it.serverCpuSeconds ?? Number.NaN),
        of((it) => applier(it)?.peakRssMiB ?? Number.NaN),
        of((it) => workRequests(it.requests)),
      ],
    ];
  });
  return markdown(['ours / theirs', 'seconds', 'CPU-s', 'server CPU-s', 'peak RSS MiB', 'requests'], cells);
}

/** Where the requests of a phase went, most frequent first. */
export function renderRequests(row: Row): string {
  const sorted = [...row.requests].sort(([, a], [, b]) => b - a);
  return `${row.phase}: ${sorted.map(([name, count]) => `${count} ${name}`).join(', ') || 'no requests'}`;
}

/** Everything measured, for another program to read. */
export const rowsAsData = (rows: readonly Row[]): readonly unknown[] =>
  rows.map((row) => ({ ...row, requests: Object.fromEntries(row.requests) }));

const renderLatencies = (values: readonly number[]): string => `${median(values).toFixed(0)} / ${Math.max(...values).toFixed(0)}`;

const short = (name: string) => name.replace(/-controller$/, '');
