import { COLLECTION_STYLE, EVENT_ID, type Event, getScalarValue, SCALAR_STYLE, type ScalarEvent } from 'js-yaml';
import { readWithBracketLines } from './bracket-lines.ts';
import { CommentReader } from './comment-reader.ts';
import { eventsOf } from './events.ts';
import type { YamlMapping, YamlNode, YamlScalar, YamlScalarStyle, YamlSequence } from './node.ts';
import { invalid } from './read.ts';
import { readPlain } from './schema.ts';

const STYLES: Readonly<Record<number, YamlScalarStyle>> = {
  [SCALAR_STYLE.PLAIN]: 'plain',
  [SCALAR_STYLE.SINGLE_QUOTED]: 'single',
  [SCALAR_STYLE.DOUBLE_QUOTED]: 'double',
  [SCALAR_STYLE.LITERAL_BLOCK]: 'literal',
  [SCALAR_STYLE.FOLDED_BLOCK]: 'folded',
};

/**
 * The documents of a text as go-yaml 3 sees them, for whoever is to change a value and keep the rest, with comments, as it is written; undefined for an empty
 * one. Comments within brackets are not kept. Throws `InvalidYaml`.
 */
export function readYamlNodes(text: string): readonly (YamlNode | undefined)[] {
  try {
    return readWithBracketLines(text, documentsOf);
  } catch (error) {
    throw invalid(error);
  }
}

function documentsOf(text: string): readonly (YamlNode | undefined)[] {
  const events = eventsOf(text);
  const starts = events.flatMap(({ type }, index) => (type === EVENT_ID.DOCUMENT ? [index] : []));
  let cursor = 0;
  return starts.map((start, index) => {
    const reader = new NodeReader(text, cursor);
    const root = reader.read(events.slice(start, starts[index + 1]));
    cursor = reader.end;
    return root;
  });
}

interface Frame {
  readonly node: YamlSequence | YamlMapping;
  key: YamlNode | undefined;
}

class NodeReader {
  readonly #text: string;
  readonly #comments: CommentReader;
  readonly #frames: Frame[] = [];
  #root: YamlNode | undefined;

  constructor(text: string, start: number) {
    this.#text = text;
    this.#comments = new CommentReader(text, start);
  }

  /** Where the last value ends. */
  get end(): number {
    return this.#comments.cursor;
  }

  read(events: readonly Event[]): YamlNode | undefined {
    for (const event of events) this.#take(event);
    this.#comments.end();
    return this.#root;
  }

  #take(event: Event): void {
    switch (event.type) {
      case EVENT_ID.DOCUMENT:
        return;
      case EVENT_ID.SCALAR:
        this.#add(this.#scalar(event), { start: startOf(event), end: event.valueEnd });
        return;
      case EVENT_ID.ALIAS:
        this.#add(
          { kind: 'alias', anchor: this.#slice(event.anchorStart, event.anchorEnd) },
          { start: event.anchorStart - 1, end: event.anchorEnd },
        );
        return;
      case EVENT_ID.SEQUENCE:
        this.#open({ kind: 'sequence', ...this.#collection(event, '!!seq'), items: [] }, event.start);
        return;
      case EVENT_ID.MAPPING:
        this.#open({ kind: 'mapping', ...this.#collection(event, '!!map'), entries: [] }, event.start);
        return;
      default: {
        const frame = this.#frames.pop();
        if (frame !== undefined) this.#comments.close(frame.node);
      }
    }
  }

  #open(node: YamlSequence | YamlMapping, start: number): void {
    this.#place(node);
    this.#comments.open(node, { start, isItem: this.#frames.at(-1)?.node.kind === 'sequence' });
    this.#frames.push({ node, key: undefined });
  }

  #add(node: YamlNode, range: { readonly start: number; readonly end: number }): void {
    this.#comments.token(node, { ...range, isItem: this.#frames.at(-1)?.node.kind === 'sequence' });
    this.#place(node);
  }

  #place(node: YamlNode): void {
    const frame = this.#frames.at(-1);
    if (frame === undefined) this.#root = node;
    else if (frame.node.kind === 'sequence') frame.node.items.push(node);
    else if (frame.key === undefined) frame.key = node;
    else {
      frame.node.entries.push({ key: frame.key, value: node });
      frame.key = undefined;
    }
  }

  #slice(start: number, end: number): string {
    return this.#text.slice(start, end);
  }

  #scalar(event: ScalarEvent): YamlScalar {
    const text = getScalarValue(this.#text, event);
    const style = STYLES[event.style] ?? 'plain';
    const implied = style === 'plain' ? readPlain(text).tag : '!!str';
    return { kind: 'scalar', text, style, ...this.#properties(event, implied) };
  }

  #collection(event: Properties & { readonly style: number }, implied: string) {
    return { isFlow: event.style === COLLECTION_STYLE.FLOW, ...this.#properties(event, implied) };
  }

  #properties({ anchorStart, anchorEnd, tagStart, tagEnd }: Properties, implied: string) {
    const written = tagStart < 0 ? '' : this.#slice(tagStart, tagEnd);
    return {
      // `!` alone says that it is text.
      ...(written === '' ? { tag: implied } : written === '!' ? { tag: '!!str' } : { tag: written, isTagged: true }),
      ...(anchorStart < 0 ? {} : { anchor: this.#slice(anchorStart, anchorEnd) }),
    };
  }
}

interface Properties {
  readonly anchorStart: number;
  readonly anchorEnd: number;
  readonly tagStart: number;
  readonly tagEnd: number;
}

/** Where the first of anchor, tag and value begins; below zero for a value that is not there. */
function startOf({ valueStart, anchorStart, tagStart }: ScalarEvent): number {
  const starts = [valueStart, anchorStart - 1, tagStart].filter((start) => start >= 0);
  return starts.length === 0 ? -1 : Math.min(...starts);
}
