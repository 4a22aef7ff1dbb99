/** How a scalar is written. */
export type YamlScalarStyle = 'plain' | 'single' | 'double' | 'literal' | 'folded';

/** The comments around a value. */
export interface YamlComments {
  /** Lines above it; an empty one parts two comments. */
  readonly head: string[];
  /** Behind it, on its line. */
  line: string;
  /** Lines behind it, when it is the last item of a collection. */
  readonly foot: string[];
}

interface Presentation {
  readonly anchor?: string;
  /** Whether the tag is written, too. */
  readonly isTagged?: boolean;
  comments?: YamlComments;
}

export interface YamlScalar extends Presentation {
  readonly kind: 'scalar';
  readonly text: string;
  /** `!!str`, `!!int`, …; undefined means whatever the text means where it stands without quotes. */
  readonly tag: string | undefined;
  readonly style: YamlScalarStyle;
}

interface Collection extends Presentation {
  readonly tag: string;
  readonly isFlow: boolean;
}

export interface YamlSequence extends Collection {
  readonly kind: 'sequence';
  readonly items: YamlNode[];
}

export interface YamlEntry {
  readonly key: YamlNode;
  value: YamlNode;
}

export interface YamlMapping extends Collection {
  readonly kind: 'mapping';
  readonly entries: YamlEntry[];
}

export interface YamlAlias extends Presentation {
  readonly kind: 'alias';
  readonly anchor: string;
}

/** A value of a YAML document with the way it is written. Items and entries may be changed in place. */
export type YamlNode = YamlScalar | YamlSequence | YamlMapping | YamlAlias;
