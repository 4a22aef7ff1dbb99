import { compareText } from '@gotk/apimachinery';
import type { RenderedFiles } from './sort-manifests.ts';

const NOTES = 'NOTES.txt';

export interface SplitNotes {
  readonly notes: string;
  /** Without the notes of any chart: they are no objects. */
  readonly files: RenderedFiles;
}

export interface NotesOptions {
  /** The release's. */
  readonly chart: string;
  /** `--render-subchart-notes`: those of the charts in it too, by their paths. Helm has them in no order. */
  readonly withSubcharts: boolean;
}

/** Takes the notes out of rendered templates. */
export function splitNotes(files: RenderedFiles, { chart, withSubcharts }: NotesOptions): SplitNotes {
  const isNotes = (path: string): boolean => path.endsWith(NOTES);
  const own = `${chart}/templates/${NOTES}`;
  const wanted = [...files.keys()].filter((path) => (withSubcharts ? isNotes(path) : path === own)).sort(compareText);
  const notes = wanted.reduce((text, path) => `${text}${text === '' ? '' : '\n'}${files.get(path)}`, '');
  return { notes, files: new Map([...files].filter(([path]) => !isNotes(path))) };
}
