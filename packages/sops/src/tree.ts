/** Text, as bytes: what was encrypted need not be UTF-8. */
export interface TextLeaf {
  readonly kind: 'text';
  readonly bytes: Buffer;
}

export interface Comment {
  readonly kind: 'comment';
  readonly text: string;
  /** Behind a value, on its line. */
  readonly isInline: boolean;
}

/** A value that holds no others. `time` is as RFC 3339 has it. */
export type Leaf =
  | TextLeaf
  | Comment
  | { readonly kind: 'int'; readonly value: bigint }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'time'; readonly text: string }
  | { readonly kind: 'bytes'; readonly bytes: Buffer };

export interface List {
  readonly kind: 'list';
  readonly items: readonly Node[];
}

export interface Entry {
  readonly key: string;
  readonly value: Node;
}

/** A key with its value, or a comment between two of them. */
export type Item = Entry | Comment;

export interface Branch {
  readonly kind: 'branch';
  readonly items: readonly Item[];
}

export type Node = Leaf | List | Branch | { readonly kind: 'null' };

/** A file as SOPS sees it: each document, in the order of its keys. */
export type Tree = readonly Branch[];

export const textLeaf = (text: string): TextLeaf => ({ kind: 'text', bytes: Buffer.from(text) });
export const comment = (text: string, { isInline = false } = {}): Comment => ({ kind: 'comment', text, isInline });
export const isComment = (item: Item): item is Comment => 'kind' in item;
export const entriesOf = ({ items }: Branch): readonly Entry[] => items.filter((item): item is Entry => !isComment(item));
