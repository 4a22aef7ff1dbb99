import type { PhaseRow } from './measure.ts';
import { workRequests } from './request-count.ts';

/** A phase, and what it asked of the servers that sources come from. */
export interface SourceRow extends PhaseRow {
  readonly serverRequests: number;
}

const COLUMNS = ['phase', 'seconds', 'source server', 'each', 'API server', 'each', 'CPU-s', 'peak RSS MiB'] as const;

/** As Markdown. */
export function renderSourceTable(rows: readonly SourceRow[]): string {
  const cells = rows.map((row) => {
    const requests = workRequests(row.requests);
    return [
      row.phase,
      row.seconds.toFixed(2),
      String(row.serverRequests),
      (row.serverRequests / row.count).toFixed(2),
      String(requests),
      (requests / row.count).toFixed(2),
      row.usage.map(({ cpuSeconds }) => cpuSeconds.toFixed(2)).join(', '),
      row.usage.map(({ peakRssMiB }) => peakRssMiB.toFixed(0)).join(', '),
    ];
  });
  const widths = COLUMNS.map((title, column) => Math.max(title.length, ...cells.map((line) => line[column]?.length ?? 0)));
  const render = (line: readonly string[]) => `| ${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [render(COLUMNS), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...cells.map(render)].join('\n');
}
