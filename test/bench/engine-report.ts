import { median } from './bars.ts';

/** What a process measured that did the same work again and again. */
export interface EngineReport {
  /** Milliseconds of each round. */
  readonly wallMs: readonly number[];
  /** Processor time of all threads in each round: what a busy machine cannot stretch. */
  readonly cpuMs: readonly number[];
  /** Of the process. */
  readonly peakMiB: number;
}

/** Of an engine in the columns of a table, from left to right; ratios are those to the last one. */
export interface EngineColumn {
  readonly title: string;
  readonly report: EngineReport;
}

export function renderEngineReport(columns: readonly EngineColumn[]): string {
  const last = columns.at(-1);
  const line = (title: string, measure: (report: EngineReport) => number, unit: string): string => {
    const reference = last === undefined ? Number.NaN : measure(last.report);
    const cells = columns.map(({ report }) => {
      const value = measure(report);
      const ratio = report === last?.report ? '' : ` (${(value / reference).toFixed(2)})`;
      return `${value.toFixed(0)} ${unit}${ratio}`.padStart(WIDTH);
    });
    return `| ${title.padEnd(WIDTH)} | ${cells.join(' | ')} |`;
  };
  const rule = '-'.repeat(WIDTH);
  return [
    `| ${[''.padEnd(WIDTH), ...columns.map(({ title }) => title.padStart(WIDTH))].join(' | ')} |`,
    `| ${[rule, ...columns.map(() => rule)].join(' | ')} |`,
    line('median', ({ wallMs }) => median(wallMs), 'ms'),
    line('processor time, median', ({ cpuMs }) => median(cpuMs), 'ms'),
    line('the first time', ({ wallMs }) => wallMs[0] ?? Number.NaN, 'ms'),
    line('peak memory', ({ peakMiB }) => peakMiB, 'MiB'),
  ].join('\n');
}

const WIDTH = 22;
