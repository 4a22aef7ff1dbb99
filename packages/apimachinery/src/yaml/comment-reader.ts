import type { YamlComments, YamlMapping, YamlNode, YamlSequence } from './node.ts';

/** Where a value stands in the text. */
interface Position {
  readonly start: number;
  /** Of a sequence: its comments are above the dash. */
  readonly isItem: boolean;
}

interface Container {
  readonly node: YamlSequence | YamlMapping;
  readonly column: number;
}

/** Comment lines without an empty one between them. */
interface Block {
  readonly column: number;
  readonly lines: string[];
  readonly isBlankBefore: boolean;
  isBlankBehind: boolean;
}

/**
 * Finds the comments between the tokens of a document, and gives each to the value that go-yaml prints it with: the one before it on its line, the one that
 * follows, or the collection that it ends by its indentation. Told of everything in the order of the text.
 */
export class CommentReader {
  readonly #text: string;
  readonly #open: Container[] = [];
  #closed: Container[] = [];
  #opened: { readonly node: YamlNode; readonly isItem: boolean }[] = [];
  #last: YamlNode | undefined;
  #cursor: number;

  constructor(text: string, start: number) {
    this.#text = text;
    this.#cursor = start;
  }

  /** Where the last token ends. */
  get cursor(): number {
    return this.#cursor;
  }

  open(node: YamlSequence | YamlMapping, { start, isItem }: Position): void {
    this.#open.push({ node, column: start - (this.#text.lastIndexOf('\n', start - 1) + 1) });
    this.#opened.push({ node, isItem });
  }

  close(node: YamlSequence | YamlMapping): void {
    const container = this.#open.pop();
    if (container !== undefined && container.node === node) this.#closed.push(container);
  }

  token(node: YamlNode, { start, end, isItem }: Position & { readonly end: number }): void {
    // What is not there has no place for a comment.
    if (start < 0) return;
    const isWithinBrackets = this.#open.some(
      (container) => container.node.isFlow && !this.#opened.some((one) => one.node === container.node),
    );
    if (!isWithinBrackets) this.#give(node, { start, isItem });
    this.#last = node;
    // A block scalar takes the end of its last line with it.
    this.#cursor = this.#text[end - 1] === '\n' ? end - 1 : end;
    this.#closed = [];
    this.#opened = [];
  }

  #give(node: YamlNode, { start, isItem }: Position): void {
    const gap = this.#text.slice(this.#cursor, start);
    const { line, blocks } = readGap(gap, this.#cursor === 0);
    if (line !== '') {
      const isBlockScalar = node.kind === 'scalar' && (node.style === 'literal' || node.style === 'folded');
      const bracketed = this.#closed.findLast((container) => container.node.isFlow)?.node;
      const owner = isBlockScalar ? node : (bracketed ?? this.#last);
      if (owner !== undefined) commentsOf(owner).line = line;
    }
    const owner = [...this.#opened, { node, isItem }].find((one) => one.isItem)?.node ?? node;
    const { head } = commentsOf(owner);
    blocks.forEach((block, index) => {
      const container = this.#endedAt(block.column);
      if (container !== undefined) {
        footOf(container).push(...block.lines);
        return;
      }
      const isOfLast = block.isBlankBehind && (this.#cursor === 0 || (index === 0 && !block.isBlankBefore));
      const isApart = block.isBlankBehind && (isOfLast || index < blocks.length - 1);
      head.push(...block.lines, ...(isApart ? [''] : []));
    });
  }

  /** The rest of the text. */
  end(): void {
    const rest = this.#text.slice(this.#cursor).split(/\n(?=(?:---|\.\.\.)(?:\s|$))/)[0] ?? '';
    const { line, blocks } = readGap(`${rest}\n`, this.#cursor === 0);
    const bracketed = this.#closed.findLast((container) => container.node.isFlow)?.node;
    const owner = bracketed ?? this.#last;
    if (line !== '' && owner !== undefined) commentsOf(owner).line = line;
    for (const block of blocks) {
      const outermost = this.#closed.at(-1);
      const container = this.#endedAt(block.column) ?? outermost;
      if (container === undefined) continue;
      const isApart = block.isBlankBefore && container === outermost;
      footOf(container).push(...(isApart ? [''] : []), ...block.lines);
    }
  }

  #endedAt(column: number): Container | undefined {
    return this.#closed.find((container) => !container.node.isFlow && container.column <= column);
  }
}

function commentsOf(node: YamlNode): YamlComments {
  node.comments ??= { head: [], line: '', foot: [] };
  return node.comments;
}

/** What ends a collection is behind its last item, also when another one is added. */
function footOf({ node }: Container): string[] {
  const last = node.kind === 'sequence' ? node.items.at(-1) : node.entries.at(-1)?.key;
  return commentsOf(last ?? node).foot;
}

function readGap(gap: string, isFirst: boolean): { readonly line: string; readonly blocks: readonly Block[] } {
  const [first = '', ...others] = gap.split('\n');
  const lines = isFirst ? [first, ...others] : others;
  const line = isFirst ? '' : (/(?:^|\s)(#.*)$/.exec(first)?.[1]?.trimEnd() ?? '');
  const blocks: Block[] = [];
  let block: Block | undefined;
  let isBlank = false;
  for (const each of lines.slice(0, -1)) {
    const comment = /^\s*(?:-\s+)*(#.*)$/.exec(each)?.[1];
    if (comment === undefined) {
      isBlank = each.trim() === '';
      if (block !== undefined && isBlank) block.isBlankBehind = true;
      block = undefined;
      continue;
    }
    const column = each.search(/\S/);
    if (block?.column !== column) {
      block = { column, lines: [], isBlankBefore: isBlank, isBlankBehind: false };
      blocks.push(block);
    }
    block.lines.push(comment.replace(/\r$/, ''));
    isBlank = false;
  }
  return { line, blocks };
}
